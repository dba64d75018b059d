package dev.windrose.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.Forall;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackoffTest {

    private static final Backoff BACKOFF =
            new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(30), 0.3, Duration.ofMinutes(1));

    @ParameterizedTest(name = "{0} failures before, entropy {1} -> {2} ms")
    @CsvSource({"0, 0, 1000", "1, 0, 2000", "4, 0, 16000", "5, 0, 30000", "1000000, 0, 30000", "0, 1, 700"})
    void doublesUpToItsLimit(int failures, double entropy, long expectedMs) {
        assertThat(BACKOFF.after(failures, entropy)).isEqualTo(Duration.ofMillis(expectedMs));
    }

    @Test
    void neverWaitsLongerThanItsLimitNorShorterThanTheJitterAllows() {
        Forall.cases(random -> {
            Duration wait = BACKOFF.after(random.nextInt(100), random.nextDouble());
            assertThat(wait).isBetween(Duration.ofMillis(700), Duration.ofSeconds(30));
        });
    }
}
