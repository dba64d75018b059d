package dev.windrose.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HealthOverrideTest {

    @ParameterizedTest(name = "ramp {0}, sessions {1}, after {2} -> {3}, {4}")
    @CsvSource({
        "0,   0,   0,   0,   0", // at once
        "100, 0,   0,   0.9, 0.9",
        "100, 0,   49,  0.5, 0.5",
        "100, 0,   90,  0,   0",
        "0,   300, 0,   0,   1", // nobody new, who is there stays
        "0,   300, 299, 0,   1",
        "0,   300, 300, 0,   0",
        "100, 50,  20,  0.7, 1", // sessions that are over before the ramp leave with the rest
        "100, 50,  60,  0.3, 0.3",
        "100, 300, 999, 1,   1", // expired
    })
    void leavesWhatItsTimesSay(long ramp, long sessions, long after, double share, double sessionShare) {
        HealthOverride drain = new HealthOverride(HealthStatus.DRAINING, "ada", "", "a try", 0, 900, ramp, sessions);
        assertThat(drain.drain(after)).isEqualTo(new Drain(share, sessionShare));
    }
}
