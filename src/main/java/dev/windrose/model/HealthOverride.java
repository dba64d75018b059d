package dev.windrose.model;

/**
 * What an operator says of a target, against everything that is measured.
 *
 * @param status healthy, degraded or unhealthy
 * @param owner who says so
 * @param reason why
 * @param sinceEpochMs wall clock of when it was said
 * @param untilEpochMs wall clock of when it says nothing any more
 */
public record HealthOverride(HealthStatus status, String owner, String reason, long sinceEpochMs, long untilEpochMs) {

    public boolean inForce(long nowEpochMs) {
        return nowEpochMs < untilEpochMs;
    }
}
