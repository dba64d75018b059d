package dev.windrose.decide.health;

import dev.windrose.model.HealthCheck;
import dev.windrose.model.HealthStatus;

/**
 * What one check of a target gave.
 *
 * @param status this reading alone, never {@link HealthStatus#UNKNOWN}
 * @param success whether the target answered as expected, however slowly
 * @param latencyMs time until the answer, at least 0; of a failure, time until it was known
 * @param cause why it is no good reading; of a healthy one what is odd all the same, and empty when nothing is
 */
public record Reading(HealthStatus status, boolean success, double latencyMs, String cause) {

    public Reading {
        cause = cause.isBlank() && status != HealthStatus.HEALTHY ? "no cause known" : Causes.printable(cause);
    }

    /** The same for another cause. */
    public Reading because(String other) {
        return new Reading(status, success, latencyMs, other);
    }

    /** A target that did not answer as expected. */
    public static Reading failed(double latencyMs, String cause) {
        return new Reading(HealthStatus.UNHEALTHY, false, latencyMs, cause);
    }

    /**
     * A target that answered.
     *
     * @param allowanceMs what the way there takes by itself, at least 0: distance is not sickness
     */
    public static Reading answered(HealthCheck check, double latencyMs, double allowanceMs) {
        double own = latencyMs - allowanceMs;
        if (own < check.levels().healthyLatencyMs()) {
            return new Reading(HealthStatus.HEALTHY, true, latencyMs, "");
        }
        String cause = "latency: " + Math.round(latencyMs) + " ms (expected: below "
                + Math.round(check.levels().healthyLatencyMs() + allowanceMs) + " ms)";
        return own < check.levels().degradedLatencyMs()
                ? new Reading(HealthStatus.DEGRADED, true, latencyMs, cause)
                : new Reading(HealthStatus.UNHEALTHY, true, latencyMs, cause);
    }
}
