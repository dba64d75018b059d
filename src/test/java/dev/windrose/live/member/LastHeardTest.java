package dev.windrose.live.member;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LastHeardTest {

    @ParameterizedTest(name = "heard at {0} ms, asked at {1} ms: {2}")
    @CsvSource(
            nullValues = "-",
            value = {
                "-,    0,     true", // there was no time yet to hear of it
                "-,    9999,  true",
                "-,    10000, false",
                "5000, 14999, true",
                "5000, 15000, false",
            })
    void aNodeThatWasHeardOfLatelyIsThere(Long heardMs, long askedMs, boolean there) {
        LastHeard lastHeard = new LastHeard(Duration.ofSeconds(10), 0);
        if (heardMs != null) {
            lastHeard.heard("a:1", heardMs * 1_000_000);
        }
        lastHeard.heard("b:1", askedMs * 1_000_000);

        assertThat(lastHeard.lately("a:1", askedMs * 1_000_000)).isEqualTo(there);
    }
}
