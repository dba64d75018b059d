package dev.windrose.decide.health;

import dev.windrose.model.HealthStatus;
import dev.windrose.model.RegionId;

/**
 * What somebody outside says of a region.
 *
 * @param responseTimeMs at least 0; NaN when not said
 * @param successRate 0 to 1; NaN when not said
 * @param activeConnections at least 0
 * @param ageMs how long ago it was seen, when the report came; 0 for news
 */
public record HealthReport(
        RegionId region,
        HealthStatus status,
        double responseTimeMs,
        double successRate,
        long activeConnections,
        long ageMs) {

    /** Of what is seen now. */
    public HealthReport(
            RegionId region, HealthStatus status, double responseTimeMs, double successRate, long activeConnections) {
        this(region, status, responseTimeMs, successRate, activeConnections, 0);
    }
}
