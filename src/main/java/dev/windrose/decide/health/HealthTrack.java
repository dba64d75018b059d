package dev.windrose.decide.health;

import dev.windrose.model.HealthCheck;
import dev.windrose.model.HealthStatus;

/**
 * One observer's judgement of one target after a series of readings. Immutable.
 *
 * @param belief the current status, and the evidence for another one
 * @param latencyMs moving average of successful readings, in ms; NaN before the first
 * @param readings how many of the last {@link #WINDOW} there were
 * @param failures bit i is set when the reading i places ago failed
 * @param judged how many of the newest readings count for the success rate: those since the last outage
 * @param bad unhealthy readings that still count
 * @param calm consecutive readings, the newest included, that were not unhealthy
 * @param last the status of the newest reading alone; {@link HealthStatus#UNKNOWN} before the first
 */
public record HealthTrack(
        Belief belief,
        double latencyMs,
        int readings,
        long failures,
        int judged,
        int bad,
        int calm,
        HealthStatus last) {

    /*
     * A good first reading determines the status, because nothing contradicts it. A bad one does not: a node that has
     * just started is slow itself. From then on `fall` consecutive worse readings lower the status and `rise`
     * consecutive better ones raise it (Belief). `fall` unhealthy ones lower it even when better ones are in between,
     * unless `settle` consecutive better ones cleared them. Source: the three anti-flap thresholds of gdnsd.
     *
     * A target that fails now and then may never collect `fall` failures, so its failures among the last 64 readings
     * are judged as well, once they are statistically significant (RateSignificance), and never the first one. Missing
     * readings count as good up to half of the window, or two failures would condemn a target with ten readings. What
     * took a target out has been judged already, and so has every run of `fall` failures: what lies before its end no
     * longer counts, or a target would stay out for 64 readings after its recovery instead of `rise`.
     *
     * A target that flaps continuously is held down by damping until it has been stable for a while. What counts is
     * each failed reading after a good one, whether or not it changed the status, and each change from healthy to
     * degraded; while it is held for that, each slow reading after a fast one as well (Belief).
     */

    /** Number of readings that are remembered. */
    public static final int WINDOW = 64;

    private static final int ENOUGH = WINDOW / 2;
    private static final int FAILURES_THAT_MAY_BE_CHANCE = 1;
    private static final double LATENCY_WEIGHT = 0.3;

    public static final HealthTrack NEW = new HealthTrack(Belief.NONE, Double.NaN, 0, 0, 0, 0, 0, HealthStatus.UNKNOWN);

    /** {@link HealthStatus#UNKNOWN} before the first reading. */
    public HealthStatus status() {
        return belief.status();
    }

    public FlapDamping damping() {
        return belief.damping();
    }

    /** Share of successes among the remembered readings, 0 to 1; 1 when there are none. */
    public double successRate() {
        return readings == 0 ? 1 : 1 - (double) Long.bitCount(failures) / readings;
    }

    /**
     * This track after one more reading.
     *
     * @param nowMs when it was made, on any clock that only goes forward
     */
    public HealthTrack after(Reading reading, HealthCheck check, long nowMs) {
        HealthCheck.Turns turns = check.turns();
        double latency = !reading.success()
                ? latencyMs
                : Double.isNaN(latencyMs)
                        ? reading.latencyMs()
                        : latencyMs + LATENCY_WEIGHT * (reading.latencyMs() - latencyMs);
        boolean isBad = reading.status() == HealthStatus.UNHEALTHY;
        int still = isBad ? 0 : calm + 1;
        long failed = (failures << 1) | (reading.success() ? 0 : 1);
        boolean outage = Long.numberOfTrailingZeros(~failed) >= Math.min(turns.fall(), WINDOW);
        boolean worsens = isBad && last != HealthStatus.UNHEALTHY && last != HealthStatus.UNKNOWN;
        FlapDamping damped = worsens
                ? damping().changed(nowMs, turns.dampingHalfLife())
                : damping().at(nowMs, turns.dampingHalfLife());
        HealthTrack next = new HealthTrack(
                belief.with(damped),
                latency,
                Math.min(WINDOW, readings + 1),
                failed,
                outage ? 0 : Math.min(WINDOW, judged + 1),
                isBad ? bad + 1 : still >= turns.settle() ? 0 : bad,
                still,
                reading.status());
        Belief believed = status() != HealthStatus.UNHEALTHY && next.bad >= turns.fall()
                ? next.belief.is(HealthStatus.UNHEALTHY)
                : next.belief.afterReading(
                        Belief.worse(reading.status(), next.byRate(check)), reading.marginal(), isBad, turns, nowMs);
        return next.believing(believed);
    }

    private HealthTrack believing(Belief next) {
        boolean out = next.status() == HealthStatus.UNHEALTHY && status() != HealthStatus.UNHEALTHY;
        boolean up = Belief.rank(next.status()) < Belief.rank(status());
        return new HealthTrack(next, latencyMs, readings, failures, out ? 0 : judged, out || up ? 0 : bad, calm, last);
    }

    /** The cause of the status after a reading: the reading's own cause, or that of earlier readings. */
    public String cause(Reading reading, HealthCheck check) {
        boolean told =
                reading.status() != HealthStatus.HEALTHY && !reading.cause().isEmpty();
        if (told || status() == HealthStatus.HEALTHY || status() == HealthStatus.UNKNOWN) {
            return reading.cause();
        }
        if (byRate(check) != HealthStatus.HEALTHY) {
            return "success rate: " + Math.round(1000 * successRate()) / 10.0 + " % of the last " + readings
                    + " checks (expected: above " + 100 * check.levels().healthySuccessRate() + " %)";
        }
        if (damping().held()) {
            return "damped: it changed too often recently (expected: no change for about 1.5 times "
                    + "damping_half_life_ms, " + check.turns().dampingHalfLife().toMillis() + ")";
        }
        return reading.marginal() && status() == HealthStatus.DEGRADED
                ? "recovering: latency " + Math.round(reading.latencyMs()) + " ms is close to the threshold (expected: "
                        + "below 90 % of it, or below it for "
                        + 10 * check.turns().rise() + " checks in a row)"
                : "recovering: too few successful checks so far (expected: rise, "
                        + check.turns().rise() + " in a row)";
    }

    private HealthStatus byRate(HealthCheck check) {
        long counted = judged == WINDOW ? failures : failures & ((1L << judged) - 1);
        int failed = Long.bitCount(counted);
        return failed <= FAILURES_THAT_MAY_BE_CHANCE
                ? HealthStatus.HEALTHY
                : RateSignificance.grade(failed, Math.max(judged, ENOUGH), check.levels(), status());
    }
}
