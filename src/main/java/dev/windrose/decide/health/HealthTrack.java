package dev.windrose.decide.health;

import dev.windrose.model.HealthCheck;
import dev.windrose.model.HealthStatus;

/**
 * What one observer believes of one target after a run of readings. Immutable.
 *
 * @param status {@link HealthStatus#UNKNOWN} before the first reading
 * @param latencyMs moving average of successful readings, in ms; NaN before the first
 * @param readings how many of the last {@link #WINDOW} there were
 * @param failures bit i is set when the reading i places ago failed
 * @param judged how many of the newest readings the success rate is judged by: those since the last outage
 * @param streak readings in a row that speak for another status, all for a better or all for a worse one
 * @param better whether the streak speaks for a better status
 * @param candidate the status that the streak speaks for: of those in it, the one nearest to what is believed now
 * @param bad unhealthy readings that are not forgotten yet
 * @param calm readings in a row, the newest included, that were not unhealthy
 * @param last what the newest reading alone said; {@link HealthStatus#UNKNOWN} before the first
 * @param damping how often it changed from good to bad lately
 */
public record HealthTrack(
        HealthStatus status,
        double latencyMs,
        int readings,
        long failures,
        int judged,
        int streak,
        boolean better,
        HealthStatus candidate,
        int bad,
        int calm,
        HealthStatus last,
        FlapDamping damping) {

    /*
     * A good first reading settles the status, because nothing speaks against it. A bad one does not: a node that has
     * just started is slow itself. From then on `fall` readings in a row that are worse take the status down and `rise`
     * in a row that are better bring it up. `fall` unhealthy ones take it down even when they are parted by better ones,
     * unless `settle` of these in a row made them forgotten. Source: the three anti-flap thresholds of gdnsd.
     *
     * A target that fails now and then may never collect `fall` failures, so its failures among the last 64 readings are
     * judged as well, from the second one on. Readings that were not made yet count as good, or two failures would
     * condemn a target that was looked at ten times. What took a target out has been judged already, and so has every run
     * of `fall` failures: what lies before its end no longer counts, or a target would stay out for 64 readings after it
     * is well again instead of `rise`.
     *
     * A target that goes up and down all the time is held down by its damping until it has been still for a while.
     */

    /** Readings that are remembered. */
    public static final int WINDOW = 64;

    private static final int FAILURES_THAT_MAY_BE_CHANCE = 1;
    private static final double LATENCY_WEIGHT = 0.3;

    public static final HealthTrack NEW = new HealthTrack(
            HealthStatus.UNKNOWN,
            Double.NaN,
            0,
            0,
            0,
            0,
            false,
            HealthStatus.UNKNOWN,
            0,
            0,
            HealthStatus.UNKNOWN,
            FlapDamping.NONE);

    /** Share of successes among the readings that are remembered, 0 to 1; 1 when there is none. */
    public double successRate() {
        return readings == 0 ? 1 : 1 - (double) Long.bitCount(failures) / readings;
    }

    /**
     * This track after one more reading.
     *
     * @param nowMs when it was made, on any clock that only goes forward
     */
    public HealthTrack after(Reading reading, HealthCheck check, long nowMs) {
        double latency = !reading.success()
                ? latencyMs
                : Double.isNaN(latencyMs)
                        ? reading.latencyMs()
                        : latencyMs + LATENCY_WEIGHT * (reading.latencyMs() - latencyMs);
        boolean isBad = reading.status() == HealthStatus.UNHEALTHY;
        boolean worsens = isBad && last != HealthStatus.UNHEALTHY && last != HealthStatus.UNKNOWN;
        int still = isBad ? 0 : calm + 1;
        long failed = (failures << 1) | (reading.success() ? 0 : 1);
        boolean outage =
                Long.numberOfTrailingZeros(~failed) >= Math.min(check.turns().fall(), WINDOW);
        FlapDamping damped = worsens
                ? damping.changed(nowMs, check.turns().dampingHalfLife())
                : damping.at(nowMs, check.turns().dampingHalfLife());
        HealthTrack next = new HealthTrack(
                status,
                latency,
                Math.min(WINDOW, readings + 1),
                failed,
                outage ? 0 : Math.min(WINDOW, judged + 1),
                streak,
                better,
                candidate,
                isBad ? bad + 1 : still >= check.turns().settle() ? 0 : bad,
                still,
                reading.status(),
                damped);
        return next.judged(worse(reading.status(), next.byRate(check)), check.turns());
    }

    /** Why the status is what it is after a reading: the reading's own cause, or what the readings before it say. */
    public String cause(Reading reading, HealthCheck check) {
        boolean told =
                reading.status() != HealthStatus.HEALTHY && !reading.cause().isEmpty();
        if (told || status == HealthStatus.HEALTHY || status == HealthStatus.UNKNOWN) {
            return reading.cause();
        }
        return byRate(check) == HealthStatus.HEALTHY
                ? "recovering: good checks are too few yet (expected: rise, "
                        + check.turns().rise() + " in a row)"
                : "success rate: " + Math.round(1000 * successRate()) / 10.0 + " % of the last " + readings
                        + " checks (expected: above " + 100 * check.levels().healthySuccessRate() + " %)";
    }

    private HealthStatus byRate(HealthCheck check) {
        long counted = judged == WINDOW ? failures : failures & ((1L << judged) - 1);
        int bad = Long.bitCount(counted);
        double rate = 1 - (double) bad / WINDOW;
        if (bad <= FAILURES_THAT_MAY_BE_CHANCE || rate > check.levels().healthySuccessRate()) {
            return HealthStatus.HEALTHY;
        }
        return rate > check.levels().degradedSuccessRate() ? HealthStatus.DEGRADED : HealthStatus.UNHEALTHY;
    }

    private HealthTrack judged(HealthStatus grade, HealthCheck.Turns turns) {
        if (status == HealthStatus.UNKNOWN && grade == HealthStatus.HEALTHY) {
            return believing(grade);
        }
        if (status != HealthStatus.UNHEALTHY && bad >= turns.fall()) {
            return believing(HealthStatus.UNHEALTHY);
        }
        if (grade == status) {
            return speaking(0, false, status);
        }
        boolean up = rank(grade) < rank(status);
        boolean continues = streak > 0 && up == better;
        HealthStatus nearest = !continues ? grade : up ? worse(grade, candidate) : milder(grade, candidate);
        int length = continues ? streak + 1 : 1;
        boolean enough = length >= (up ? turns.rise() : turns.fall()) && !(up && damping.held());
        return enough ? believing(nearest) : speaking(length, up, nearest);
    }

    private HealthTrack believing(HealthStatus to) {
        boolean worse = rank(to) > rank(status);
        int counting = to == HealthStatus.UNHEALTHY ? 0 : judged;
        int remembered = worse && to != HealthStatus.UNHEALTHY ? bad : 0;
        return new HealthTrack(
                to, latencyMs, readings, failures, counting, 0, false, to, remembered, calm, last, damping);
    }

    private HealthTrack speaking(int length, boolean up, HealthStatus nearest) {
        return new HealthTrack(
                status, latencyMs, readings, failures, judged, length, up, nearest, bad, calm, last, damping);
    }

    private static HealthStatus worse(HealthStatus a, HealthStatus b) {
        return rank(a) >= rank(b) ? a : b;
    }

    private static HealthStatus milder(HealthStatus a, HealthStatus b) {
        return rank(a) <= rank(b) ? a : b;
    }

    private static int rank(HealthStatus status) {
        return switch (status) {
            case HEALTHY, UNKNOWN -> 0;
            case DEGRADED -> 1;
            case UNHEALTHY, DRAINING -> 2;
        };
    }
}
