package dev.windrose.decide.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.Forall;
import dev.windrose.model.HealthStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReadingTest {

    @ParameterizedTest
    @CsvSource({
        "  0,     0, HEALTHY",
        " 99.9,   0, HEALTHY",
        "100,     0, DEGRADED",
        "199.9,   0, DEGRADED",
        "200,     0, DEGRADED", // slow alone is never down,
        "290,   200, HEALTHY",
        "310,   200, DEGRADED",
        "827,     0, DEGRADED",
        "9999,  200, DEGRADED",
        " 20,   200, HEALTHY",
    })
    void isGradedByTheLatencyBeyondWhatTheWayTakes(double latencyMs, double allowanceMs, HealthStatus expected) {
        Reading reading = Reading.answered(Checks.HTTP, latencyMs, allowanceMs);

        assertThat(reading.status()).isEqualTo(expected);
        assertThat(reading.success()).isTrue();
        assertThat(reading.latencyMs()).isEqualTo(latencyMs);
    }

    @ParameterizedTest
    @CsvSource({
        " 89.9,   0, false",
        " 90,     0, true",
        " 99.9,   0, true",
        "100,     0, false",
        "289,   200, false",
        "291,   200, true",
    })
    void tellsWhetherItIsCloseToTheThreshold(double latencyMs, double allowanceMs, boolean marginal) {
        assertThat(Reading.answered(Checks.HTTP, latencyMs, allowanceMs).marginal())
                .isEqualTo(marginal);
    }

    @Test
    void saysWhyItIsNotHealthy() {
        assertThat(Reading.answered(Checks.HTTP, 310, 200).cause())
                .isEqualTo("latency: 310 ms (expected: below 300 ms)");
        assertThat(Reading.answered(Checks.HTTP, 827, 0).cause())
                .isEqualTo("latency, very slow: 827 ms (expected: below 100 ms)");
        assertThat(Reading.failed(3, "connection refused").cause()).isEqualTo("connection refused");
        assertThat(Reading.answered(Checks.HTTP, 3, 0).cause()).isEmpty();
    }

    @Test
    void isNoWorseWhenTheWayIsLonger() {
        Forall.cases(random -> {
            double latency = random.nextDouble() * 500;
            double near = random.nextDouble() * 300;
            double far = near + random.nextDouble() * 300;
            assertThat(Reading.answered(Checks.HTTP, latency, far).status())
                    .isLessThanOrEqualTo(
                            Reading.answered(Checks.HTTP, latency, near).status());
        });
    }
}
