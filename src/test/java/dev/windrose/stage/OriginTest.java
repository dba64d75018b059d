package dev.windrose.stage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OriginTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @Test
    void whatComesBeyondItsCapacityIsAnsweredWith503ButForHealthChecks() throws IOException {
        try (Origin origin = Origin.start("us-east-1", 0);
                Api control = new Api(origin.controlPort(), PATIENCE);
                Api api = new Api(origin.port(), PATIENCE)) {
            assertThat(control.call("POST", "/command", "{\"capacity\":10}").done())
                    .isTrue();
            int served = 0;
            int full = 0;
            for (int i = 0; i < 200; i++) {
                int status = api.get("/work").status();
                served += status == 200 ? 1 : 0;
                full += status == 503 ? 1 : 0;
                assertThat(api.get("/health").status()).isEqualTo(200);
            }
            assertThat(served).isPositive();
            assertThat(full).isPositive();
        }
    }

    @ParameterizedTest
    @CsvSource({"capacity, -1", "error_rate, 2", "latency_ms, 99999999", "status, 42"})
    void anImpossibleCommandIsRefusedAndChangesNothing(String key, String value) throws IOException {
        try (Origin origin = Origin.start("us-east-1", 0);
                Api control = new Api(origin.controlPort(), PATIENCE);
                Api api = new Api(origin.port(), PATIENCE)) {
            Api.Answer refused = control.call("POST", "/command", "{\"" + key + "\":" + value + "}");
            assertThat(refused.status()).isEqualTo(400);
            assertThat(refused.body().path("detail").asText()).startsWith(key + ": ");
            assertThat(api.get("/work").status()).isEqualTo(200);
        }
    }
}
