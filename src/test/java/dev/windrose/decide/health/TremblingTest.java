package dev.windrose.decide.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.Forall;
import dev.windrose.model.HealthCheck;
import dev.windrose.model.HealthStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Targets that stay close to a threshold for half an hour. Being moved twice a minute is the most that clients of a target
 * have to bear.
 */
class TremblingTest {

    private static final int MINUTES = 30;

    /** What one target does: the reading it gives. */
    private interface Target {
        Reading next(HealthCheck check, Random random, long nowMs);
    }

    private static HealthCheck check(int everySeconds, int rise, int fall) {
        return Checks.http(Duration.ofSeconds(everySeconds), Duration.ofMillis(500), rise, fall);
    }

    /** What a target does, and the least of fall and rise with which it is asked. */
    private enum Kind {
        LATENCY_AT_THE_THRESHOLD(1),
        LATENCY_WITHIN_THE_GAP_AND_BEYOND(1),
        LATENCY_AT_VERY_SLOW(1),
        FAST_AND_SLOW_IN_TURNS(1),
        LATENCY_IN_WAVES(1),
        LATENCY_THAT_JUMPS_AND_STAYS(1),
        TWO_CERTIFICATES_BEHIND_ONE_NAME(1),
        // With a fall of 1 every lost check is an outage, because the rule says so.
        SUCCESS_RATE_AT_HEALTHY(2),
        SUCCESS_RATE_AT_DEGRADED(2),
        FAILURES_AND_SLOW_ANSWERS(2),
        FAILURES_IN_SHORT_RUNS(2);

        final int leastTurns;

        Kind(int leastTurns) {
            this.leastTurns = leastTurns;
        }

        Target target(Random random) {
            double spread = 0.02 + random.nextDouble();
            int up = 1 + random.nextInt(this == FAILURES_IN_SHORT_RUNS ? 8 : 60);
            int down = 1 + random.nextInt(this == FAILURES_IN_SHORT_RUNS ? 8 : 60);
            int[] turn = {0};
            double[] level = {1};
            return switch (this) {
                case LATENCY_AT_THE_THRESHOLD ->
                    (check, r, now) -> slow(check, 100 * (1 + spread * (r.nextDouble() - 0.5)));
                case LATENCY_WITHIN_THE_GAP_AND_BEYOND -> (check, r, now) -> slow(check, 85 + 20 * r.nextDouble());
                case LATENCY_AT_VERY_SLOW ->
                    (check, r, now) -> slow(check, 200 * (1 + spread * (r.nextDouble() - 0.5)));
                case FAST_AND_SLOW_IN_TURNS -> (check, r, now) -> slow(check, turn[0]++ % (up + down) < up ? 50 : 500);
                case LATENCY_IN_WAVES ->
                    (check, r, now) -> slow(check, 100 + 60 * Math.sin(now / (1000.0 * up)) + 10 * r.nextGaussian());
                case LATENCY_THAT_JUMPS_AND_STAYS ->
                    (check, r, now) -> {
                        level[0] = r.nextInt(8) == 0 ? 0.5 + r.nextDouble() : level[0];
                        return slow(check, 100 * level[0]);
                    };
                case TWO_CERTIFICATES_BEHIND_ONE_NAME ->
                    (check, r, now) -> r.nextDouble() < spread
                            ? new Reading(HealthStatus.DEGRADED, true, 5, "certificate: expires soon")
                            : slow(check, 5);
                case SUCCESS_RATE_AT_HEALTHY ->
                    (check, r, now) -> r.nextDouble() < 0.01 + 0.06 * spread ? failed() : slow(check, 5);
                case SUCCESS_RATE_AT_DEGRADED ->
                    (check, r, now) -> r.nextDouble() < 0.05 + 0.2 * spread ? failed() : slow(check, 5);
                case FAILURES_AND_SLOW_ANSWERS ->
                    (check, r, now) -> switch (r.nextInt(3)) {
                        case 0 -> failed();
                        case 1 -> slow(check, 150);
                        default -> slow(check, 5);
                    };
                case FAILURES_IN_SHORT_RUNS ->
                    (check, r, now) -> turn[0]++ % (up + down) < up ? slow(check, 5) : failed();
            };
        }
    }

    private static Reading slow(HealthCheck check, double ms) {
        return Reading.answered(check, Math.max(0, ms), 0);
    }

    private static Reading failed() {
        return Reading.failed(3, "connection refused");
    }

    private static List<Long> changes(HealthCheck check, Target target, Random random) {
        List<Long> changes = new ArrayList<>();
        HealthTrack track = HealthTrack.NEW.after(slow(check, 5), check, 0);
        long every = check.interval().toMillis();
        for (long now = every; now <= MINUTES * 60_000L; now += every) {
            HealthStatus before = track.status();
            track = track.after(target.next(check, random, now), check, now);
            if (track.status() != before) {
                changes.add(now);
            }
        }
        return changes;
    }

    private static int busiestMinute(List<Long> changes) {
        int busiest = 0;
        for (int i = 0; i < changes.size(); i++) {
            int within = 0;
            for (int j = i; j < changes.size() && changes.get(j) - changes.get(i) < 60_000; j++) {
                within++;
            }
            busiest = Math.max(busiest, within);
        }
        return busiest;
    }

    @ParameterizedTest(name = "{0}, a check every {1} s")
    @MethodSource("all")
    void noTargetIsMovedMoreOftenThanTwiceAMinute(Kind kind, int everySeconds) {
        Forall.cases(random -> {
            int fall = kind.leastTurns + random.nextInt(4);
            int rise = kind.leastTurns + random.nextInt(4);
            List<Long> changes = changes(check(everySeconds, rise, fall), kind.target(random), random);

            assertThat((double) changes.size() / MINUTES).isLessThanOrEqualTo(2);
            if (kind.leastTurns == 1) {
                assertThat(busiestMinute(changes)).isLessThanOrEqualTo(2);
            }
        });
    }

    static List<Arguments> all() {
        List<Arguments> all = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            for (int everySeconds : new int[] {1, 10, 30}) {
                all.add(Arguments.of(kind, everySeconds));
            }
        }
        return all;
    }

    @Test
    void whatDiesIsOutAfterFallChecksWhateverItDidBefore() {
        Forall.cases(random -> {
            Kind kind = Kind.values()[random.nextInt(Kind.values().length)];
            HealthCheck check = check(1, 1 + random.nextInt(5), 1 + random.nextInt(5));
            Target target = kind.target(random);
            HealthTrack track = HealthTrack.NEW.after(slow(check, 5), check, 0);
            long now = 0;
            for (int i = random.nextInt(300); i > 0; i--) {
                now += 1000;
                track = track.after(target.next(check, random, now), check, now);
            }
            for (int i = 0; i < check.turns().fall(); i++) {
                now += 1000;
                track = track.after(failed(), check, now);
            }
            assertThat(track.status()).isEqualTo(HealthStatus.UNHEALTHY);
        });
    }

    /** 100, 100, 500 and 500 ms, with 300 ms as the most of a healthy one: once degraded, and no way back before it is still. */
    @Test
    void fastAndSlowInTurnsIsDegradedOnceAndForAllUntilItIsStill() {
        HealthCheck check = check(1, 2, 2);
        HealthTrack track = HealthTrack.NEW;
        int changes = 0;
        long now = 0;
        for (; now < 600_000; now += 1000) {
            HealthStatus before = track.status();
            track = track.after(slow(check, now / 1000 % 4 < 2 ? 33 : 166), check, now);
            changes += before != track.status() ? 1 : 0;
        }
        assertThat(changes).isEqualTo(2);
        assertThat(track.status()).isEqualTo(HealthStatus.DEGRADED);
        long still = now;
        for (; track.status() != HealthStatus.HEALTHY; now += 1000) {
            track = track.after(slow(check, 33), check, now);
        }
        assertThat((now - still) / 1000).isBetween(55L, 65L);
    }

    /** A target that keeps below its threshold by less than the gap is not left for ever. */
    @Test
    void whatSettlesWithinTheGapComesBackTenTimesAsSlowly() {
        HealthCheck check = check(10, 2, 2);
        HealthTrack track = HealthTrack.NEW;
        long now = 0;
        for (int i = 0; i < 4; i++, now += 10_000) {
            track = track.after(slow(check, i < 2 ? 50 : 120), check, now);
        }
        assertThat(track.status()).isEqualTo(HealthStatus.DEGRADED);
        int checks = 0;
        for (; track.status() != HealthStatus.HEALTHY; now += 10_000, checks++) {
            track = track.after(slow(check, 95), check, now);
        }
        assertThat(checks).isEqualTo(20);
    }

    /** Clients' outcomes at the threshold: the target gets none while it is out, and is tried again and again. */
    @Test
    void whatOnlyItsClientsTellOfIsMovedTwiceAMinuteAtMost() {
        HealthCheck.Turns turns = new HealthCheck.Turns(2, 2, 2, Duration.ofSeconds(60));
        Forall.cases(random -> {
            Belief belief = Belief.NONE;
            List<Long> changes = new ArrayList<>();
            double bad = random.nextDouble();
            for (long now = 0; now <= MINUTES * 60_000L; now += 5000) {
                HealthStatus before = belief.status();
                HealthStatus grade = before == HealthStatus.UNHEALTHY
                        ? HealthStatus.UNKNOWN
                        : random.nextDouble() < bad ? HealthStatus.UNHEALTHY : HealthStatus.HEALTHY;
                belief = belief.afterMany(grade, turns, now);
                if (Belief.rank(before) != Belief.rank(belief.status())) {
                    changes.add(now);
                }
            }
            assertThat(busiestMinute(changes)).isLessThanOrEqualTo(2);
        });
    }

    /** Reports of a region once a second, each of them the word of somebody who has judged by himself. */
    @Test
    void wordsThatContradictEachOtherMoveATargetTwiceAMinuteAtMost() {
        Forall.cases(random -> {
            Belief belief = Belief.NONE;
            int changes = 0;
            HealthStatus[] words = {HealthStatus.HEALTHY, HealthStatus.DEGRADED, HealthStatus.UNHEALTHY};
            for (long now = 0; now <= MINUTES * 60_000L; now += 1000) {
                HealthStatus before = belief.status();
                belief = belief.afterWord(words[random.nextInt(3)], Duration.ofSeconds(20), now);
                changes += before != belief.status() ? 1 : 0;
            }
            assertThat((double) changes / MINUTES).isLessThanOrEqualTo(2);
        });
    }

    @Test
    void theFirstWordsForTheWorseAndForTheBetterAreBelievedAtOnce() {
        Duration halfLife = Duration.ofSeconds(20);
        Belief belief = Belief.NONE.afterWord(HealthStatus.HEALTHY, halfLife, 0);
        for (HealthStatus word : List.of(HealthStatus.UNHEALTHY, HealthStatus.HEALTHY)) {
            belief = belief.afterWord(word, halfLife, 1000);
            assertThat(belief.status()).isEqualTo(word);
        }
        assertThat(Belief.NONE.afterWord(HealthStatus.DEGRADED, halfLife, 0).status())
                .isEqualTo(HealthStatus.DEGRADED);
    }
}
