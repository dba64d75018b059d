package dev.windrose.front.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.stage.Raw;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A node that asks nobody for a key answers pages of this machine alone, over real sockets. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DevNodeTest {

    private RunningApi api;

    @BeforeAll
    void start() {
        api = RunningApi.start();
        api.post("/api/v1/rules/create", RunningApi.RULE);
    }

    @AfterAll
    void stop() {
        api.close();
    }

    private String answer(String request) throws IOException {
        byte[] buffer = new byte[16 * 1024];
        try (Raw raw = new Raw(api.port(), "127.0.0.1")) {
            raw.send(request.getBytes(StandardCharsets.US_ASCII));
            int read = raw.in().read(buffer);
            return new String(buffer, 0, Math.max(0, read), StandardCharsets.UTF_8);
        }
    }

    @ParameterizedTest(name = "{0} {1}, Host {2}, Origin {3}: {4}")
    @CsvSource(
            nullValues = "-",
            value = {
                "GET, /api/v1/rules, localhost, -, 200",
                "GET, /api/v1/rules, shop.localhost:8019, http://localhost:3000, 200",
                "GET, /api/v1/rules, [::1]:8019, -, 200",
                "GET, /api/v1/rules, evil.example, -, 403",
                "GET, /api/v1/rules, evil.example:8019, http://evil.example:8019, 403",
                "GET, /api/v1/rules, localhost, http://evil.example, 403",
                "GET, /api/v1/rules, localhost, null, 403",
                "GET, http://evil.example/api/v1/rules, evil.example, -, 403",
                "GET, /api/v1/route/europe?rule_id=web, evil.example, -, 403",
                "GET, /api/v1/route/europe?rule_id=web, localhost, http://evil.example, 403",
                "GET, /health/live, evil.example, -, 403",
                "GET, /api/v1/beacon.js, localhost, http://shop.example, 200",
                "GET, /api/v1/beacon/../rules, localhost, http://evil.example, 403",
                "GET, /api/v1/beacon%2F..%2Frules, localhost, http://evil.example, 403",
                "GET, /api/v1/beacon.js, evil.example, http://evil.example, 403"
            })
    void asksForNamesOfThisMachine(String method, String path, String host, String origin, int status)
            throws IOException {
        String text = answer(method + " " + path + " HTTP/1.1\r\nHost: " + host + "\r\n"
                + (origin == null ? "" : "Origin: " + origin + "\r\n") + "\r\n");

        assertThat(text).startsWith("HTTP/1.1 " + status);
        if (status == 403) {
            assertThat(text).contains("this node runs with --dev and authenticates nobody");
        }
    }

    @Test
    void aPageOfSomebodyElseChangesNothing() throws IOException {
        Object before = api.state();
        String body = "{\"name\":\"evil\"}";

        String text =
                answer("PATCH /api/v1/rules/web HTTP/1.1\r\nHost: evil.example\r\nContent-Type: application/json\r\n"
                        + "Content-Length: " + body.length() + "\r\n\r\n" + body);

        assertThat(text).startsWith("HTTP/1.1 403");
        assertThat(api.state()).isEqualTo(before);
    }
}
