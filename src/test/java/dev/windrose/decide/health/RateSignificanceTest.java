package dev.windrose.decide.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.Forall;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RateSignificanceTest {

    @ParameterizedTest
    @CsvSource({
        "0,   0,      0.99, false, false",
        "1,   25,     0.99, false, false",
        "2,   25,     0.99, false, false",
        "2,   25,     0.99, true,  true", // not enough to leave, too many to return
        "3,   25,     0.99, false, true",
        "3,   64,     0.99, false, false",
        "4,   64,     0.99, false, true",
        "2,   64,     0.99, true,  false",
        "8,   64,     0.95, false, false",
        "9,   64,     0.95, false, true",
        "50,  100,    0.5,  false, false",
        "70,  100,    0.5,  false, true",
        "101, 10000,  0.99, false, false",
        "150, 10000,  0.99, false, true",
        "1,   1,      1,    false, true", // of a threshold of all, any failure
        "9,   9,      0,    false, false", // nothing is below none
    })
    void aRateIsBelowItsThresholdWhenItsWholeIntervalIs(
            long failures, long readings, double threshold, boolean already, boolean below) {
        assertThat(RateSignificance.below(failures, readings, threshold, already))
                .isEqualTo(below);
    }

    @Test
    void aTargetExactlyAtItsThresholdIsSeldomCalledBelow() {
        int[] called = new int[1];
        int[] windows = new int[1];
        Forall.cases(random -> {
            for (int i = 0; i < 100; i++) {
                int failures = 0;
                for (int reading = 0; reading < HealthTrack.WINDOW; reading++) {
                    failures += random.nextDouble() < 0.01 ? 1 : 0;
                }
                windows[0]++;
                called[0] += RateSignificance.below(failures, HealthTrack.WINDOW, 0.99, false) ? 1 : 0;
            }
        });
        assertThat((double) called[0] / windows[0]).isLessThan(0.01);
    }

    @Test
    void moreFailuresOrAStricterThresholdNeverMakeItBetterAndWhatLeftStaysLongerThanItLeaves() {
        Forall.cases(random -> {
            long readings = 1 + random.nextInt(1000);
            long failures = random.nextInt((int) readings);
            double threshold = random.nextDouble();
            boolean below = RateSignificance.below(failures, readings, threshold, false);
            if (below) {
                assertThat(RateSignificance.below(failures + 1, readings, threshold, false))
                        .isTrue();
                assertThat(RateSignificance.below(failures, readings, (1 + threshold) / 2, false))
                        .isTrue();
                assertThat(RateSignificance.below(failures, readings, threshold, true))
                        .isTrue();
            }
        });
    }
}
