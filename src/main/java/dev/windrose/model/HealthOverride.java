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
 * @param sessionMs time for which clients with an affinity key stay at a target that is draining; 0 for no longer than the
 *     others
 */
public record HealthOverride(
        HealthStatus status,
        String owner,
        String approver,
        String reason,
        long sinceEpochMs,
        long untilEpochMs,
        long rampMs,
        long sessionMs) {

    private static final int STEPS = 10;

    /** Of one person alone. */
    public HealthOverride(
            HealthStatus status, String owner, String reason, long sinceEpochMs, long untilEpochMs, long rampMs) {
        this(status, owner, "", reason, sinceEpochMs, untilEpochMs, rampMs, 0);
    }

    /** What it leaves the target; shares go in tenths. */
    public Drain drain(long nowEpochMs) {
        if (status != HealthStatus.DRAINING || !inForce(nowEpochMs)) {
            return Drain.NONE;
        }
        long since = Math.max(0, nowEpochMs - sinceEpochMs);
        long gone = rampMs <= 0 ? STEPS : since * STEPS / rampMs + 1;
        double share = (STEPS - Math.min(STEPS, gone)) / (double) STEPS;
        return new Drain(share, since < sessionMs ? 1 : share);
    }

    public boolean inForce(long nowEpochMs) {
        return nowEpochMs < untilEpochMs;
    }
}
