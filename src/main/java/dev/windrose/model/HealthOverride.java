package dev.windrose.model;

/**
 * What an operator says of a target, against everything that is measured.
 *
 * @param status healthy, degraded, unhealthy or draining
 * @param owner who says so
 * @param approver a second person who agrees, or empty; where settings ask for one, a region is not drained without
 * @param reason why
 * @param sinceEpochMs wall clock of when it was said
 * @param untilEpochMs wall clock of when it says nothing any more
 * @param rampMs time in which a target that is draining is emptied, in tenths; 0 for at once. Unused by the others
 */
public record HealthOverride(
        HealthStatus status,
        String owner,
        String approver,
        String reason,
        long sinceEpochMs,
        long untilEpochMs,
        long rampMs) {

    private static final int STEPS = 10;

    /** Of one person alone. */
    public HealthOverride(
            HealthStatus status, String owner, String reason, long sinceEpochMs, long untilEpochMs, long rampMs) {
        this(status, owner, "", reason, sinceEpochMs, untilEpochMs, rampMs);
    }

    /** Share of its clients that it leaves the target, 0 to 1 in tenths. */
    public double share(long nowEpochMs) {
        if (status != HealthStatus.DRAINING || !inForce(nowEpochMs)) {
            return 1;
        }
        long gone = rampMs <= 0 ? STEPS : Math.max(0, nowEpochMs - sinceEpochMs) * STEPS / rampMs + 1;
        return (STEPS - Math.min(STEPS, gone)) / (double) STEPS;
    }

    public boolean inForce(long nowEpochMs) {
        return nowEpochMs < untilEpochMs;
    }
}
