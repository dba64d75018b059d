package dev.windrose.model;

import java.time.Duration;
import java.util.List;

/**
 * What nobody may do to the traffic of a rule, whether a person, a health check or an optimiser.
 *
 * @param minRegions targets that stay in service however many are drained, 1 to {@link Rule#MAX_TARGETS}; a target
 *     that does not work is not in service and is not kept by this
 * @param maxMovedPerMinute share of the rule's traffic that may change its target within any minute, above 0 to 1; 1 for no
 *     limit. It binds failovers too: what it holds back stays at a target that may be dead
 * @param freezes times in which nobody may change the rule, at most {@link #MAX_FREEZES}; health still moves its traffic
 *     away from trouble
 */
public record SafetyRules(int minRegions, double maxMovedPerMinute, List<Freeze> freezes) {

    public static final int MAX_FREEZES = 10;

    /** The minute of {@link #maxMovedPerMinute}. */
    public static final Duration WINDOW = Duration.ofMinutes(1);

    /** Of a rule that says nothing. */
    public static final SafetyRules DEFAULT = new SafetyRules(1, 1, List.of());

    /** From an instant (included) until another (not included), as wall clock. */
    public record Freeze(long fromEpochMs, long untilEpochMs) {}

    public SafetyRules {
        freezes = List.copyOf(freezes);
    }

    public boolean frozen(long nowEpochMs) {
        for (Freeze freeze : freezes) {
            if (freeze.fromEpochMs() <= nowEpochMs && nowEpochMs < freeze.untilEpochMs()) {
                return true;
            }
        }
        return false;
    }

    public boolean limitsMoves() {
        return maxMovedPerMinute < 1;
    }
}
