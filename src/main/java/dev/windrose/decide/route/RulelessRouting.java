package dev.windrose.decide.route;

import dev.windrose.model.Algorithm;
import dev.windrose.model.Fallback;
import dev.windrose.model.GeographicRule;
import dev.windrose.model.HealthCheck;
import dev.windrose.model.HealthView;
import dev.windrose.model.Region;
import dev.windrose.model.RegionId;
import dev.windrose.model.Rule;
import dev.windrose.model.RuleFailover;
import dev.windrose.model.RuleHealth;
import dev.windrose.model.RuleId;
import dev.windrose.model.RuleStatus;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Decides for clients that name no rule: by the geographic rules that are not tied to a rule, in order of priority,
 * then by the nearest healthy region. It acts as an implicit rule whose targets are all known regions.
 */
public final class RulelessRouting {

    /** The name under which its decisions are counted. No rule can have this name. */
    public static final RuleId ID = new RuleId("0.without-rule");

    /** It has no checks: it uses the health of regions as a whole. */
    private static final HealthCheck UNUSED = new HealthCheck(
            new HealthCheck.Question(HealthCheck.Type.TCP, "/", 0, "", 200, 299, null, 0),
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            new HealthCheck.Turns(1, 1, 1, Duration.ZERO),
            new HealthCheck.Levels(1, 1, 1, 1));

    /** The rule, or null when no region is known. Of more regions than a rule may have targets the first by name. */
    static @Nullable Rule rule(
            Collection<Rule> rules, Collection<GeographicRule> geographicRules, Collection<Region> regions) {
        Set<RegionId> all = new TreeSet<>();
        regions.forEach(region -> all.add(region.id()));
        rules.forEach(rule -> all.addAll(rule.targets()));
        geographicRules.forEach(rule -> all.addAll(rule.targets()));
        List<RegionId> targets = all.stream().limit(Rule.MAX_TARGETS).toList();
        if (targets.isEmpty()) {
            return null;
        }
        Map<RegionId, Double> weights = new HashMap<>();
        targets.forEach(target -> weights.put(target, 1.0 / targets.size()));
        return new Rule(
                ID,
                "without a rule",
                Algorithm.GEOGRAPHIC,
                targets,
                weights,
                Map.of(),
                RuleHealth.of(UNUSED),
                RuleFailover.of(true),
                false,
                Fallback.OPEN,
                RuleStatus.ACTIVE);
    }

    /** The health of the regions, for a rule without checks of its own. */
    static HealthView health(HealthView known) {
        return (rule, region) -> known.region(region);
    }

    private RulelessRouting() {}
}
