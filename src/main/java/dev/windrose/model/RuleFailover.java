package dev.windrose.model;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How the traffic of a rule leaves its targets and comes back.
 *
 * @param enabled whether health moves this rule's traffic; when off, health is only shown
 * @param safety what nobody may do to it
 * @param marks what the journal says of targets that everybody's traffic left, or came back to
 * @param views what it says of targets that the traffic of one region alone left, by target and that region
 */
public record RuleFailover(
        boolean enabled,
        FailoverPolicy policy,
        SafetyRules safety,
        Map<RegionId, FailoverMark> marks,
        Map<RegionId, Map<RegionId, FailoverMark>> views) {

    public RuleFailover {
        marks = Map.copyOf(marks);
        views = Map.copyOf(views);
    }

    /** Of which no region has a view of its own. */
    public RuleFailover(boolean enabled, FailoverPolicy policy, SafetyRules safety, Map<RegionId, FailoverMark> marks) {
        this(enabled, policy, safety, marks, Map.of());
    }

    /** With the default policy, and nothing ever left. */
    public static RuleFailover of(boolean enabled) {
        return new RuleFailover(enabled, FailoverPolicy.DEFAULT, SafetyRules.DEFAULT, Map.of());
    }

    /** Whether everybody's traffic left that target and has not come back. */
    public boolean left(RegionId target) {
        FailoverMark mark = marks.get(target);
        return mark != null && mark.out();
    }

    /** Whether the traffic of that region alone left that target and has not come back. */
    public boolean leftBy(RegionId target, RegionId observer) {
        FailoverMark mark = views.getOrDefault(target, Map.of()).get(observer);
        return mark != null && mark.out();
    }

    /** Whether that region's clients were called back, or came back, to the target at that time or later. */
    public boolean backSince(RegionId target, RegionId observer, long epochMs) {
        return backSince(marks.get(target), epochMs)
                || backSince(views.getOrDefault(target, Map.of()).get(observer), epochMs);
    }

    private static boolean backSince(@Nullable FailoverMark mark, long epochMs) {
        return mark != null && !mark.out() && mark.atEpochMs() >= epochMs;
    }
}
