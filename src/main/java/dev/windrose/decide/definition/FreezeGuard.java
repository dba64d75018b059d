package dev.windrose.decide.definition;

import dev.windrose.model.Algorithm;
import dev.windrose.model.GeographicRule;
import dev.windrose.model.Rule;
import dev.windrose.model.RuleId;
import java.util.Collection;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The freeze windows that a rule's safety rules can declare: during one, nobody may change the rule. */
public final class FreezeGuard {

    /**
     * Whether the edit has to wait. During a freeze nothing may be changed except the safety rules themselves; failover
     * of broken targets continues.
     *
     * @param fields the wire names of the fields written
     */
    public static boolean forbids(DefinitionState state, Change.Kind kind, Set<String> fields, long nowMs) {
        boolean may = kind == Change.Kind.FAILED_OVER || fields.equals(Set.of(Fields.SAFETY));
        return !may && inForce(state, nowMs);
    }

    private static boolean inForce(DefinitionState state, long nowMs) {
        String safety = state.text(Fields.SAFETY);
        if (safety == null || safety.isEmpty()) {
            return false;
        }
        try {
            return PolicyText.safety(safety).frozen(nowMs);
        } catch (IllegalArgumentException e) {
            // Written by a later version; unreadable windows forbid nothing.
            return false;
        }
    }

    /** A frozen rule whose clients the geographic rule moves; null when there is none. */
    public static @Nullable RuleId moved(GeographicRule by, Collection<Rule> rules, long nowMs) {
        RuleId only = by.rule();
        for (Rule rule : rules) {
            boolean moved = only == null ? rule.algorithm() == Algorithm.GEOGRAPHIC : only.equals(rule.id());
            if (moved && rule.failover().safety().frozen(nowMs)) {
                return rule.id();
            }
        }
        return null;
    }

    private FreezeGuard() {}
}
