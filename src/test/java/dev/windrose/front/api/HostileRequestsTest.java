package dev.windrose.front.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.live.access.Authenticator;
import dev.windrose.stage.HostileRequests;
import dev.windrose.stage.HostileRequests.Hostile;
import dev.windrose.stage.Raw;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Requests that were made to do harm: refused by a status of the client's, while the node answers others and needs no memory. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostileRequestsTest {

    private static final int ROUNDS = Integer.getInteger("windrose.hostile.rounds", 2);
    private static final long HEAP_AT_MOST = 64L << 20;
    private static final long GIGABYTE = 1L << 30;

    private RunningApi api;

    @BeforeAll
    void start() {
        api = RunningApi.start(director -> Authenticator.DEV);
    }

    @AfterAll
    void stop() {
        api.close();
    }

    private static long heap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    @Test
    void theNodeTakesNoHarm() throws IOException, InterruptedException {
        api.post("/api/v1/rules/create", RunningApi.RULE);
        long before = heap();
        long peak = 0;
        for (int i = 0; i < ROUNDS; i++) {
            requests();
            peak = Math.max(peak, heap() - before);
        }
        assertThat(HostileRequests.gigabytes(api.port())).allSatisfy(ended -> {
            assertThat(ended.status()).isIn(413, 0);
            assertThat(ended.bytesSent()).isLessThan(GIGABYTE / 4);
        });
        peak = Math.max(peak, heap() - before);

        assertThat(peak).isLessThan(HEAP_AT_MOST);
        assertThat(api.get("/api/v1/route/europe?rule_id=web").status()).isEqualTo(200);
        System.out.println("hostile requests: heap grew by at most " + (peak >> 10) + " KiB");
    }

    private void requests() throws IOException {
        for (Hostile request : HostileRequests.all()) {
            assertThat(HostileRequests.answered(api.port(), request))
                    .as(request.name())
                    .isIn(request.statuses());
        }
    }

    @Test
    void whatIsHiddenBehindABadRequestIsNotTakenForOne() throws IOException {
        for (Hostile request : HostileRequests.hiding()) {
            assertThat(HostileRequests.answers(api.port(), request))
                    .as(request.name())
                    .isEqualTo(1);
        }
    }

    /** Answered early, the connection would end, and a line be logged for each. */
    @Test
    void aBodyThatNobodyWantsIsReadBeforeThePlainAnswer() throws IOException {
        api.post("/api/v1/rules/create", RunningApi.RULE);
        for (String path : List.of("/health/live", "/api/v1/route/europe?rule_id=web")) {
            try (Raw raw = new Raw(api.port(), "127.0.0.1")) {
                raw.send("GET " + path
                        + " HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n");
                raw.send("0\r\n\r\n");

                assertThat(raw.head()).contains("HTTP/1.1 200").doesNotContain("Connection: close");
            }
        }
    }

    /** What is too long for HTTP has a status of its own, and the problem says the same one. */
    @Test
    void aProblemHasTheStatusOfItsAnswer() {
        RunningApi.Answer refused = api.get("/" + "a".repeat(3000));

        assertThat(refused.status()).isEqualTo(414);
        assertThat(refused.at("/status").asInt()).isEqualTo(414);
    }

    /** A journal cannot keep half of a surrogate pair: the change would fail after it was taken for good. */
    @Test
    void halfOfACharacterIsNoText() {
        String rule = RunningApi.RULE.replace("\"Web\"", "\"Web \\ud83d\"");
        RunningApi.Answer refused = api.put("/api/v1/rules/half", rule.replace("\"rule_id\": \"web\",", ""));

        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.at("/detail").asText()).startsWith("name: ");
        assertThat(api.get("/api/v1/rules/half").status()).isEqualTo(404);
        assertThat(api.put(
                                "/api/v1/rules/whole",
                                rule.replace("\"rule_id\": \"web\",", "").replace("\\ud83d", "\\ud83d\\ude00"))
                        .status())
                .isEqualTo(201);
    }

    @Test
    void thousandsOfRequestsInOnePacketAreAnsweredOneAfterTheOther() throws IOException {
        String many = "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(3000);
        try (Raw raw = new Raw(api.port(), "127.0.0.1")) {
            raw.send(many);
            for (int i = 0; i < 3000; i++) {
                assertThat(raw.head()).contains("HTTP/1.1 200");
            }
        }
    }
}
