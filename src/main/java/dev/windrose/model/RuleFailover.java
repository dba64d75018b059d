package dev.windrose.model;

import java.util.Map;

/**
 * How the traffic of a rule leaves its targets and comes back.
 *
 * @param enabled whether health moves this rule's traffic; when off, health is only shown
 * @param safety what nobody may do to it
 * @param marks what the journal says of targets that were left, or came back
 */
public record RuleFailover(
        boolean enabled, FailoverPolicy policy, SafetyRules safety, Map<RegionId, FailoverMark> marks) {

    public RuleFailover {
        marks = Map.copyOf(marks);
    }

    /** With the default policy, and nothing ever left. */
    public static RuleFailover of(boolean enabled) {
        return new RuleFailover(enabled, FailoverPolicy.DEFAULT, SafetyRules.DEFAULT, Map.of());
    }

    /** Whether traffic left that target and has not come back. */
    public boolean left(RegionId target) {
        FailoverMark mark = marks.get(target);
        return mark != null && mark.out();
    }
}
