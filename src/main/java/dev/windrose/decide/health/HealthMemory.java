package dev.windrose.decide.health;

import dev.windrose.decide.failover.FailbackProgress;
import dev.windrose.model.HealthStatus;
import dev.windrose.model.RegionId;
import dev.windrose.model.RuleId;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * State carried from one assessment to the next, so that a value at a threshold does not make traffic oscillate.
 * Immutable; omits everything in its normal state.
 *
 * @param majorities the checks that a majority last saw as not healthy, and the status that it saw
 * @param rules the state of the targets of each rule
 */
public record HealthMemory(Map<String, HealthStatus> majorities, Map<RuleId, OfRule> rules) {

    /**
     * The state of the targets of one rule.
     *
     * @param graded status of each by client-reported outcomes
     * @param outliers status of each by outcomes relative to its peers
     * @param ejected those that are ejected because they fail their clients more often than their peers
     * @param outages those that recently did not serve
     */
    record OfRule(
            Map<RegionId, Belief> graded,
            Map<RegionId, Belief> outliers,
            Set<RegionId> ejected,
            Map<RegionId, FailbackProgress.Outage> outages) {

        static final OfRule NOTHING = new OfRule(Map.of(), Map.of(), Set.of(), Map.of());

        OfRule {
            graded = Collections.unmodifiableMap(graded);
            outliers = Collections.unmodifiableMap(outliers);
            ejected = Collections.unmodifiableSet(ejected);
            outages = Collections.unmodifiableMap(outages);
        }

        boolean isNothing() {
            return graded.isEmpty() && outliers.isEmpty() && ejected.isEmpty() && outages.isEmpty();
        }
    }

    /** Before the first assessment. */
    public static final HealthMemory NOTHING = new HealthMemory(Map.of(), Map.of());

    public HealthMemory {
        majorities = Collections.unmodifiableMap(majorities);
        rules = Collections.unmodifiableMap(rules);
    }

    OfRule of(RuleId rule) {
        return rules.getOrDefault(rule, OfRule.NOTHING);
    }

    HealthStatus majority(String checkId) {
        return majorities.getOrDefault(checkId, HealthStatus.UNKNOWN);
    }

    /** Without entries that are no longer watched: a rule that is defined again starts fresh. */
    public HealthMemory retaining(Watchlist watchlist) {
        Map<String, HealthStatus> watchedChecks = new HashMap<>(majorities);
        watchedChecks.keySet().retainAll(watchlist.plan().checks().keySet());
        Map<RuleId, OfRule> watchedRules = new HashMap<>(rules);
        watchedRules.keySet().retainAll(watchlist.rules().keySet());
        return new HealthMemory(watchedChecks, watchedRules);
    }
}
