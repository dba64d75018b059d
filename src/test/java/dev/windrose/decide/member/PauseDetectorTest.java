package dev.windrose.decide.member;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PauseDetectorTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final PauseDetector standstill = new PauseDetector(Duration.ofSeconds(9), 0);

    @Test
    void aProcessThatBeatsIsNotSuspect() {
        for (long second = 1; second < 100; second += 8) {
            standstill.beat(second * SECOND);
            assertThat(standstill.suspect(second * SECOND)).isFalse();
        }
    }

    @Test
    void whoeverAsksFirstAfterAStandstillIsTold() {
        assertThat(standstill.suspect(9 * SECOND)).isFalse();
        assertThat(standstill.suspect(19 * SECOND)).as("before the next beat").isTrue();
        assertThat(standstill.longest()).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void itStaysSuspectUntilSomebodyHasFoundOut() {
        standstill.beat(20 * SECOND);
        standstill.beat(21 * SECOND);
        assertThat(standstill.suspect(22 * SECOND)).isTrue();
        standstill.settle(standstill.times());
        assertThat(standstill.suspect(23 * SECOND)).isFalse();
    }

    @Test
    void whatWasFoundOutSaysNothingOfALaterStandstill() {
        standstill.beat(20 * SECOND);
        long asked = standstill.times();
        standstill.beat(40 * SECOND);
        standstill.settle(asked);
        assertThat(standstill.suspect(41 * SECOND)).isTrue();
    }
}
