package dev.windrose.front.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.live.access.Authenticator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Requests that were made to do harm: refused by a status of the client's, while the node answers others and needs no memory. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostileRequestsTest {

    private static final int ROUNDS = Integer.getInteger("windrose.hostile.rounds", 2);
    private static final String POST = "POST /api/v1/rules/create HTTP/1.1\r\nHost: x\r\n";
    private static final String JSON = POST + "Content-Type: application/json\r\n";
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

    private int answered(String request) throws IOException {
        try (Raw raw = new Raw(api.port(), "127.0.0.1")) {
            try {
                raw.send(request);
            } catch (IOException e) {
                // Refused before all was sent.
            }
            return raw.status();
        }
    }

    private static String body(String text) {
        return "Content-Length: " + text.length() + "\r\n\r\n" + text;
    }

    private static long heap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    @Test
    void theNodeTakesNoHarm() throws IOException {
        api.post("/api/v1/rules/create", RunningApi.RULE);
        long before = heap();
        long peak = 0;
        for (int i = 0; i < ROUNDS; i++) {
            bodies();
            heads();
            peak = Math.max(peak, heap() - before);
        }
        gigabytes();
        peak = Math.max(peak, heap() - before);

        assertThat(peak).isLessThan(HEAP_AT_MOST);
        assertThat(api.get("/api/v1/route/europe?rule_id=web").status()).isEqualTo(200);
        System.out.println("hostile requests: heap grew by at most " + (peak >> 10) + " KiB");
    }

    private void bodies() throws IOException {
        assertThat(answered(JSON + body("[".repeat(100_000)))).isEqualTo(422);
        assertThat(answered(JSON + body("{\"a\":".repeat(100_000)))).isEqualTo(422);
        assertThat(answered(JSON + body("{\"weights\":" + "9".repeat(1_000_000) + "}")))
                .isEqualTo(422);
        assertThat(answered(JSON + body("{\"weights\":1e" + "9".repeat(1_000) + "}")))
                .isEqualTo(422);
        assertThat(answered(JSON + body("{\"" + "n".repeat(100_000) + "\":1}"))).isEqualTo(422);
        assertThat(answered(JSON + "Content-Encoding: gzip\r\n" + body(bomb()))).isIn(415, 422);
        assertThat(answered(JSON + "Content-Length: 5\r\nContent-Length: 6\r\n\r\n{}   "))
                .isEqualTo(400);
        assertThat(answered(JSON + "Content-Length: 99999999999999999999\r\n\r\n{}"))
                .isEqualTo(400);
        assertThat(answered(JSON + "Content-Length: -1\r\n\r\n{}")).isEqualTo(400);
        assertThat(answered(JSON + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"))
                .isEqualTo(400);
        assertThat(answered(JSON + "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n"))
                .isEqualTo(400);
        assertThat(answered(JSON + "Transfer-Encoding: chunked\r\n\r\n7fffffffffffffff\r\n{}"))
                .isBetween(400, 499);
        assertThat(answered(JSON + "Transfer-Encoding: gzip, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"))
                .isBetween(400, 499);
        assertThat(answered(POST + "Content-Type: text/xml\r\n" + body("<a/>"))).isEqualTo(415);
    }

    private static String bomb() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream zip = new GZIPOutputStream(bytes)) {
            for (int i = 0; i < 1000; i++) {
                zip.write(new byte[100_000]);
            }
        }
        return bytes.toString(java.nio.charset.StandardCharsets.ISO_8859_1);
    }

    private void heads() throws IOException {
        assertThat(answered("GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + "a".repeat(100_000) + "\r\n\r\n"))
                .isIn(400, 431);
        assertThat(answered("GET / HTTP/1.1\r\nHost: x\r\n" + "X-A: b\r\n".repeat(10_000) + "\r\n"))
                .isIn(400, 431);
        assertThat(answered("GET /" + "a".repeat(100_000) + " HTTP/1.1\r\nHost: x\r\n\r\n"))
                .isIn(400, 414);
        assertThat(answered("GET / HTTP/1.1\r\n\r\n")).isEqualTo(400);
        assertThat(answered("GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n")).isEqualTo(400);
        assertThat(answered("GET / HTTP/1.1\r\nHost : x\r\n\r\n")).isEqualTo(400);
        assertThat(answered("GET / HTTP/9.9\r\nHost: x\r\n\r\n")).isEqualTo(400);
        assertThat(answered("\0\0\0\0\r\n\r\n")).isIn(0, 400);
        assertThat(answered("A".repeat(5000) + " / HTTP/1.1\r\n\r\n")).isBetween(400, 499);
        assertThat(answered("GET /%00%ff%2e%2e/x HTTP/1.1\r\nHost: x\r\n\r\n")).isBetween(400, 499);
        assertThat(answered("GET /api/v1/rules?%zz HTTP/1.1\r\nHost: x\r\n\r\n"))
                .isEqualTo(400);
    }

    /** Answered early, the connection would end, and a line be logged for each. */
    @Test
    void aBodyThatNobodyWantsIsReadBeforeThePlainAnswer() throws IOException {
        api.post("/api/v1/rules/create", RunningApi.RULE);
        for (String path : List.of("/health/live", "/api/v1/route/europe?rule_id=web")) {
            try (Raw raw = new Raw(api.port(), "127.0.0.1")) {
                raw.send("GET " + path + " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n");
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
        String many = "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n".repeat(3000);
        try (Raw raw = new Raw(api.port(), "127.0.0.1")) {
            raw.send(many);
            for (int i = 0; i < 3000; i++) {
                assertThat(raw.head()).contains("HTTP/1.1 200");
            }
        }
    }

    private void gigabytes() throws IOException {
        long announced = sent(JSON + "Content-Length: " + GIGABYTE + "\r\n\r\n", new byte[64 * 1024]);
        byte[] chunk =
                ("10000\r\n" + "x".repeat(0x10000) + "\r\n").getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        long chunked = sent(JSON + "Transfer-Encoding: chunked\r\n\r\n", chunk);

        assertThat(List.of(announced, chunked))
                .allSatisfy(bytes -> assertThat(bytes).isLessThan(GIGABYTE / 4));
    }

    /** How much of a body without end was taken before the connection ended; the answer must say that it is too much. */
    private long sent(String head, byte[] part) throws IOException {
        long sent = 0;
        try (Raw raw = new Raw(api.port(), "127.0.0.1")) {
            raw.send(head);
            Thread reader = new Thread(() -> assertThat(raw.status()).isIn(413, 0));
            reader.start();
            try {
                while (sent < GIGABYTE) {
                    raw.send(part);
                    sent += part.length;
                }
            } catch (IOException e) {
                // The node has hung up.
            }
        }
        return sent;
    }
}
