package dev.windrose.decide.health;

import static dev.windrose.model.HealthStatus.DEGRADED;
import static dev.windrose.model.HealthStatus.HEALTHY;
import static dev.windrose.model.HealthStatus.UNHEALTHY;
import static dev.windrose.model.HealthStatus.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.windrose.Forall;
import dev.windrose.model.HealthCheck;
import dev.windrose.model.HealthStatus;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HealthTrackTest {

    private static final HealthCheck RISE_2_FALL_3 = Checks.http(2, 3);

    @Test
    void isUnknownBeforeTheFirstReading() {
        assertThat(HealthTrack.NEW.status()).isEqualTo(UNKNOWN);
        assertThat(HealthTrack.NEW.latencyMs()).isNaN();
    }

    /** Readings: + healthy, . healthy by less than the gap, ~ slow, x as slow as it gets, - failed. */
    @ParameterizedTest
    @CsvSource({
        "+,        HEALTHY",
        "~,        UNKNOWN",
        "-,        UNKNOWN",
        "xx,       UNKNOWN",
        "-+,       HEALTHY",
        "---,      UNHEALTHY",
        "xxx,      DEGRADED", // slow alone is never down
        ".,        HEALTHY",
        "~~~,      DEGRADED",
        "-~-,      DEGRADED",
        "+--,      HEALTHY",
        "+---,     UNHEALTHY",
        "+~~,      HEALTHY",
        "+~~~,     DEGRADED",
        "+~--,     DEGRADED",
        "+~-----,  UNHEALTHY",
        "+xxx,     DEGRADED",
        "+xxxxxxx, DEGRADED",
        "+~xx,     DEGRADED",
        "+--+,     HEALTHY", // two failures are no rate
        "+--+--+,  UNHEALTHY",
        "~~~..,    DEGRADED", // within the gap is a tenth of the way back
        "~~~++,    HEALTHY",
        "+......., HEALTHY",
        "---+,     UNHEALTHY",
        "---++,    HEALTHY",
        "---+-+,   UNHEALTHY",
        "---~~,    DEGRADED",
        "---~+,    DEGRADED",
        "---~+++,  HEALTHY",
    })
    void followsRunsOfReadings(String readings, HealthStatus expected) {
        assertThat(track(readings).status()).isEqualTo(expected);
    }

    @Test
    void comesBackAfterRiseReadingsHoweverLongItWasDown() {
        for (int down = 3; down < 200; down++) {
            HealthTrack track = track("+++" + "-".repeat(down));
            assertThat(track.status()).isEqualTo(UNHEALTHY);
            assertThat(after(track, "+").status()).isEqualTo(UNHEALTHY);
            assertThat(after(track, "++").status())
                    .as("after %d failures", down)
                    .isEqualTo(HEALTHY);
            assertThat(after(track, "++" + "+".repeat(100)).status()).isEqualTo(HEALTHY);
        }
    }

    @Test
    void staysDownWhileItFailsNowAndThen() {
        HealthTrack track = track("+++" + "-++".repeat(6));
        assertThat(track.status()).isEqualTo(UNHEALTHY);
        for (int i = 0; i < 30; i++) {
            track = after(track, "-++");
            assertThat(track.status()).isEqualTo(UNHEALTHY);
        }
        assertThat(after(track, "+".repeat(70)).status()).isEqualTo(HEALTHY);
    }

    /** The thresholds of gdnsd: up after 20, settled after 10, down after 10. */
    @Test
    void tenFailuresTakeItOutHoweverTheyAreInterleavedAndTwentySuccessesBringItBack() {
        HealthCheck gdnsd = Checks.undamped(20, 10, 10);
        HealthTrack track = read(HealthTrack.NEW, "+".repeat(30), gdnsd);
        track = read(track, "-+".repeat(9) + "-", gdnsd);
        assertThat(track.status()).isEqualTo(UNHEALTHY);
        assertThat(read(track, "+".repeat(19), gdnsd).status()).isEqualTo(UNHEALTHY);
        assertThat(read(track, "+".repeat(19) + "-" + "+".repeat(19), gdnsd).status())
                .isEqualTo(UNHEALTHY);
        assertThat(read(track, "+".repeat(20), gdnsd).status()).isEqualTo(HEALTHY);
    }

    @ParameterizedTest
    @CsvSource({
        "+-+-+-,    UNHEALTHY", // single good readings forgive nothing
        "+-++-++-,  HEALTHY", // a run of good ones does
        "+--++-,    HEALTHY",
        "+--+-,     UNHEALTHY",
    })
    void badReadingsAddUpUntilEnoughGoodOnesMadeThemForgotten(String readings, HealthStatus expected) {
        assertThat(track(readings).status()).isEqualTo(expected);
    }

    @Test
    void changesAtMostTwiceAMinuteHoweverItFlaps() {
        Forall.cases(random -> {
            // Up and down for 1 to 4 seconds at a time, looked at every second, for ten minutes.
            int up = 1 + random.nextInt(4);
            int down = 1 + random.nextInt(4);
            HealthTrack track = track("+".repeat(20));
            List<Integer> changes = new ArrayList<>();
            for (int second = 0; second < 600; second++) {
                HealthStatus before = track.status();
                track = after(track, second % (up + down) < up ? "+" : "-");
                if (track.status() != before) {
                    changes.add(second);
                }
            }
            // The first fall, a first return and the second fall may come close to each other: getting worse never
            // waits.
            for (int i = 3; i < changes.size(); i++) {
                assertThat(changes.get(i) - changes.get(i - 2)).isGreaterThan(20);
            }
            assertThat(changes.size()).isLessThanOrEqualTo(20);
        });
    }

    @Test
    void aLostCheckOrTwoOfTwentyFiveMoveNothing() {
        for (int first = 0; first < 24; first++) {
            for (int second = first; second < 25; second++) {
                StringBuilder readings = new StringBuilder("+".repeat(25));
                readings.setCharAt(first, '-');
                readings.setCharAt(second, '-');
                HealthTrack track = HealthTrack.NEW.after(healthy(RISE_2_FALL_3), RISE_2_FALL_3, 0);
                for (char reading : readings.toString().toCharArray()) {
                    track = after(track, String.valueOf(reading));
                    assertThat(track.status()).as("%s", readings).isEqualTo(HEALTHY);
                }
            }
        }
    }

    @Test
    void isDegradedByFailuresThatAreTooManyForChanceAndHealthyAgainWhenTheyAreLongAgo() {
        assertThat(track("+".repeat(64) + "-+++-+++-+++").status()).isEqualTo(HEALTHY);
        HealthTrack track = track("+".repeat(64) + "-+++-+++-+++-+++");
        assertThat(track.status()).isEqualTo(DEGRADED);
        assertThat(after(track, "+".repeat(66)).status()).isEqualTo(HEALTHY);
    }

    @Test
    void isNotTakenOutByTwoFailuresOfAYoungTarget() {
        assertThat(track("+-+-++++").status()).isNotEqualTo(UNHEALTHY);
    }

    @Test
    void countsTheSuccessesOfItsReadings() {
        assertThat(track("+++-").successRate()).isEqualTo(0.75);
        assertThat(track("-".repeat(100)).successRate()).isZero();
        assertThat(track("-".repeat(100) + "+".repeat(16)).successRate()).isEqualTo(0.25);
        assertThat(track("x~+").successRate()).isEqualTo(1);
    }

    @Test
    void movesItsLatencyTowardsTheReadingsAndFailuresLeaveItAlone() {
        HealthTrack track = HealthTrack.NEW.after(Reading.answered(RISE_2_FALL_3, 50, 0), RISE_2_FALL_3, 0);
        assertThat(track.latencyMs()).isEqualTo(50);
        track = track.after(Reading.failed(500, "no answer"), RISE_2_FALL_3, next(track));
        assertThat(track.latencyMs()).isEqualTo(50);
        for (int i = 0; i < 20; i++) {
            track = track.after(Reading.answered(RISE_2_FALL_3, 80, 0), RISE_2_FALL_3, next(track));
        }
        assertThat(track.latencyMs()).isCloseTo(80, within(0.1));
    }

    @Test
    void neverGoesDownWithoutFallBadReadingsUnlessItFailsOften() {
        Forall.cases(random -> {
            int fall = 2 + random.nextInt(5);
            HealthCheck check = Checks.http(1 + random.nextInt(4), fall);
            HealthTrack track = HealthTrack.NEW.after(healthy(check), check, 0);
            // A run that is one too short, then enough good readings to have left the window.
            for (int run = 0; run < 10; run++) {
                for (int i = 0; i < Math.min(fall - 1, 1 + random.nextInt(3)); i++) {
                    track = track.after(Reading.answered(check, 150 + random.nextInt(200), 0), check, next(track));
                    assertThat(track.status()).isEqualTo(HEALTHY);
                }
                track = track.after(healthy(check), check, next(track));
                track = track.after(healthy(check), check, next(track));
                assertThat(track.status()).isEqualTo(HEALTHY);
            }
        });
    }

    @Test
    void alwaysComesToBelieveWhatItReadsLongEnough() {
        Forall.cases(random -> {
            HealthCheck check = Checks.http(1 + random.nextInt(100), 1 + random.nextInt(100));
            HealthTrack track = HealthTrack.NEW;
            for (int i = 0; i < random.nextInt(300); i++) {
                track = track.after(any(random.nextInt(4), check), check, next(track));
            }
            Reading last = any(random.nextInt(4), check);
            for (int i = 0; i < HealthTrack.WINDOW + 200; i++) {
                track = track.after(last, check, next(track));
            }
            assertThat(track.status()).isEqualTo(last.status());
        });
    }

    @Test
    void changesAtMostOncePerRunOfItsLength() {
        Forall.cases(random -> {
            int rise = 1 + random.nextInt(5);
            int fall = 1 + random.nextInt(5);
            HealthCheck check = Checks.http(rise, fall);
            HealthTrack track = HealthTrack.NEW.after(any(random.nextInt(4), check), check, 0);
            List<Integer> changes = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                HealthStatus before = track.status();
                track = track.after(any(random.nextInt(4), check), check, next(track));
                // What is degraded already may get worse sooner: bad readings that made it so are not forgotten.
                if (track.status() != before && !(before == DEGRADED && track.status() == UNHEALTHY)) {
                    changes.add(i);
                }
            }
            for (int i = 1; i < changes.size(); i++) {
                assertThat(changes.get(i) - changes.get(i - 1)).isGreaterThanOrEqualTo(Math.min(rise, fall));
            }
        });
    }

    private static Reading healthy(HealthCheck check) {
        return Reading.answered(check, 20, 0);
    }

    private static Reading any(int kind, HealthCheck check) {
        return switch (kind) {
            case 0 -> Reading.answered(check, 20, 0);
            case 1 -> Reading.answered(check, 150, 0);
            case 2 -> Reading.answered(check, 900, 0);
            case 4 -> Reading.answered(check, 95, 0);
            default -> Reading.failed(3, "connection refused");
        };
    }

    /** A second after the reading before. */
    private static long next(HealthTrack track) {
        return track.damping().atMs() + 1000;
    }

    private static HealthTrack track(String readings) {
        return after(HealthTrack.NEW, readings);
    }

    private static HealthTrack after(HealthTrack before, String readings) {
        return read(before, readings, RISE_2_FALL_3);
    }

    private static HealthTrack read(HealthTrack before, String readings, HealthCheck check) {
        HealthTrack track = before;
        for (char c : readings.toCharArray()) {
            track = track.after(any("+~x-.".indexOf(c), check), check, next(track));
        }
        return track;
    }

    @Test
    void everyStatusThatIsNotHealthyHasACause() {
        Forall.cases(random -> {
            HealthTrack track = HealthTrack.NEW;
            for (int i = 0; i < 200; i++) {
                Reading reading = switch (random.nextInt(5)) {
                    case 0 -> Reading.failed(1, "refused");
                    case 1 -> new Reading(DEGRADED, true, 150, "slow");
                    case 2 -> new Reading(HEALTHY, true, 1, "answered at 10.0.0.2; not at 10.0.0.1: no answer");
                    default -> new Reading(HEALTHY, true, 1, "");
                };
                track = track.after(reading, RISE_2_FALL_3, i * 1000L);
                String cause = track.cause(reading, RISE_2_FALL_3);
                if (track.status() == DEGRADED || track.status() == UNHEALTHY) {
                    assertThat(cause).isNotBlank().doesNotStartWith("answered");
                }
                assertThat(track.status() == HEALTHY ? reading.cause() : cause).isEqualTo(cause);
            }
        });
    }
}
