package dev.windrose.live.table;

/**
 * The number of a rule's decisions.
 *
 * @param total decisions answered
 * @param failed of those, the ones reported as failed by their clients
 */
public record RuleCounts(long total, long failed) {

    public static final RuleCounts NONE = new RuleCounts(0, 0);

    RuleCounts plus(RuleCounts other) {
        return new RuleCounts(total + other.total, failed + other.failed);
    }
}
