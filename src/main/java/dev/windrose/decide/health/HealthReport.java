package dev.windrose.decide.health;

import dev.windrose.model.HealthStatus;
import dev.windrose.model.RegionId;

/**
 * An external report on a region's health.
 *
 * @param responseTimeMs at least 0; NaN when not given
 * @param successRate 0 to 1; NaN when not given
 * @param activeConnections at least 0
 * @param ageMs age of the observation when the report was received; 0 for a new one
 */
public record HealthReport(
        RegionId region,
        HealthStatus status,
        double responseTimeMs,
        double successRate,
        long activeConnections,
        long ageMs) {

    /** For a current observation. */
    public HealthReport(
            RegionId region, HealthStatus status, double responseTimeMs, double successRate, long activeConnections) {
        this(region, status, responseTimeMs, successRate, activeConnections, 0);
    }
}
