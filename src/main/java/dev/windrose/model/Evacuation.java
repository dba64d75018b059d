package dev.windrose.model;

import java.util.Locale;

/**
 * The emptying of a whole region, as its journal tells it.
 *
 * @param rehearsal nothing is moved; it is watched and told as if it were
 * @param owner who wants it
 * @param approver a second person who agrees, or empty
 * @param reason why
 * @param sinceEpochMs wall clock of its start
 * @param rampMs time in which the region's share goes to nothing, in tenths; 0 for at once
 * @param untilEpochMs wall clock of when the region's traffic comes back by itself
 * @param maxErrorRate share of failed outcomes in the other regions above which it is aborted, 0 to 1
 * @param endedEpochMs wall clock of its end; 0 while it runs
 * @param tookMs from its start to the last decision for the region, where it was watched; -1 before
 * @param cause why it ended; empty while it runs
 */
public record Evacuation(
        Phase phase,
        boolean rehearsal,
        String owner,
        String approver,
        String reason,
        long sinceEpochMs,
        long rampMs,
        long untilEpochMs,
        double maxErrorRate,
        long endedEpochMs,
        long tookMs,
        String cause) {

    /** How far it is. */
    public enum Phase {
        /** The region is being emptied. */
        RUNNING,
        /** Nobody is sent there any more. */
        EMPTY,
        /** It would have done harm, or somebody else took the drain back: the traffic is back. */
        ABORTED,
        /** Whoever wanted it took it back: the traffic is back. */
        UNDONE;

        private final String wireName = name().toLowerCase(Locale.ROOT);

        public String wireName() {
            return wireName;
        }
    }

    public Evacuation ended(Phase how, long nowEpochMs, long took, String why) {
        return new Evacuation(
                how,
                rehearsal,
                owner,
                approver,
                reason,
                sinceEpochMs,
                rampMs,
                untilEpochMs,
                maxErrorRate,
                nowEpochMs,
                took,
                why);
    }

    /** What drains the region for it. */
    public HealthOverride override() {
        return new HealthOverride(
                HealthStatus.DRAINING, owner, approver, reason, sinceEpochMs, untilEpochMs, rampMs, 0);
    }
}
