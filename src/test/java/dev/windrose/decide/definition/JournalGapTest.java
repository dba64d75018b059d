package dev.windrose.decide.definition;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JournalGapTest {

    private final JournalGap gap = new JournalGap(Duration.ofNanos(10));

    @ParameterizedTest(name = "seen at {0} ns and {1} ns: {2}")
    @CsvSource({
        "0, 0, false",
        "0, 10, false", // as long as the timeout, not longer
        "0, 11, true",
        "-5, 5, false", // nanoTime may be negative
        "-5, 6, true",
        "9223372036854775800, -9223372036854775806, false", // and may wrap around
        "9223372036854775800, -9223372036854775805, true",
    })
    void isGivenUpAfterTheTimeout(long firstSeen, long seenAgain, boolean givenUp) {
        assertThat(gap.isGivenUp(7, firstSeen)).isFalse();
        assertThat(gap.isGivenUp(7, seenAgain)).isEqualTo(givenUp);
    }

    @Test
    void aGapThatIsPartlyFilledIsAnotherGap() {
        assertThat(gap.isGivenUp(7, 100)).isFalse();
        assertThat(gap.isGivenUp(8, 111)).isFalse();
        assertThat(gap.isGivenUp(8, 121)).isFalse();
        assertThat(gap.isGivenUp(8, 122)).isTrue();
    }
}
