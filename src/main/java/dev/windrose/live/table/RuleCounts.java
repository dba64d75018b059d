package dev.windrose.live.table;

/**
 * How often a rule decided.
 *
 * @param total decisions answered
 * @param failed of those, the ones whose client reported a failure
 */
public record RuleCounts(long total, long failed) {

    public static final RuleCounts NONE = new RuleCounts(0, 0);

    RuleCounts plus(RuleCounts other) {
        return new RuleCounts(total + other.total, failed + other.failed);
    }
}
