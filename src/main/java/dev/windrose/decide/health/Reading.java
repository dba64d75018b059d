package dev.windrose.decide.health;

import dev.windrose.model.HealthCheck;
import dev.windrose.model.HealthStatus;

/**
 * The result of one check of a target.
 *
 * @param status of this reading alone, never {@link HealthStatus#UNKNOWN}
 * @param success whether the target answered as expected, however slowly
 * @param latencyMs time until the answer, at least 0; for a failure, time until it was detected
 * @param cause why it is not healthy; for a healthy reading, an anomaly, or empty
 * @param marginal whether it is healthy by less than {@link #GAP}: it neither counts against a healthy target nor
 *     counts fully towards the recovery of another
 */
public record Reading(HealthStatus status, boolean success, double latencyMs, String cause, boolean marginal) {

    /**
     * Hysteresis gap as a share of the threshold: a target leaves healthy at the threshold, and returns below it by
     * this much.
     */
    public static final double GAP = 0.1;

    public Reading {
        cause = cause.isBlank() && status != HealthStatus.HEALTHY ? "cause unknown" : CauseText.printable(cause);
    }

    /** A reading outside of the gap. */
    public Reading(HealthStatus status, boolean success, double latencyMs, String cause) {
        this(status, success, latencyMs, cause, false);
    }

    /** The same with another cause. */
    public Reading because(String other) {
        return new Reading(status, success, latencyMs, other, marginal);
    }

    /** A target that did not answer as expected, or not in time. */
    public static Reading failed(double latencyMs, String cause) {
        return new Reading(HealthStatus.UNHEALTHY, false, latencyMs, cause);
    }

    /**
     * A target that answered as expected: healthy when it was fast enough, else degraded, however slow it was (decision
     * 18).
     *
     * @param allowanceMs round trip to it that is allowed for distance, at least 0: distance is not ill health
     */
    public static Reading answered(HealthCheck check, double latencyMs, double allowanceMs) {
        double own = latencyMs - allowanceMs;
        double healthyMs = check.levels().healthyLatencyMs();
        if (own < healthyMs) {
            return new Reading(HealthStatus.HEALTHY, true, latencyMs, "", own >= (1 - GAP) * healthyMs);
        }
        return new Reading(
                HealthStatus.DEGRADED,
                true,
                latencyMs,
                (own < check.levels().degradedLatencyMs() ? "latency: " : "latency, very slow: ")
                        + Math.round(latencyMs) + " ms (expected: below "
                        + Math.round(healthyMs + allowanceMs) + " ms)");
    }
}
