package dev.windrose.decide.route;

import dev.windrose.model.Algorithm;
import dev.windrose.model.GeographicRule;
import dev.windrose.model.HealthView;
import dev.windrose.model.Region;
import dev.windrose.model.RegionId;
import dev.windrose.model.Rule;
import dev.windrose.model.RuleId;
import dev.windrose.model.RuleStatus;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes tables out of definitions and health. Compiles again only the rules for which something changed. For one thread
 * at a time.
 */
public final class TableCompiler {

    /** Where the work sent to a target is counted. The same target of the same rule has the same counter for ever. */
    public interface Loads {
        TargetLoad of(RuleId rule, RegionId target);
    }

    private static final Comparator<GeographicRule> BY_PRIORITY =
            Comparator.comparingInt(GeographicRule::priority).thenComparing(GeographicRule::id);

    private final RegionId self;
    private final int ttlSeconds;
    private final Loads loads;
    private @Nullable Atlas atlas = null;

    /**
     * A compiler for one node.
     *
     * @param self the region of the node
     * @param ttlSeconds how long clients may keep an answer while all is well, 1 to 3600
     */
    public TableCompiler(RegionId self, int ttlSeconds, Loads loads) {
        if (ttlSeconds < 1 || ttlSeconds > 3600) {
            throw new IllegalArgumentException("ttlSeconds: " + ttlSeconds + " (expected: 1 to 3600)");
        }
        this.self = self;
        this.ttlSeconds = ttlSeconds;
        this.loads = loads;
    }

    /** The table that follows {@code previous}. */
    public RoutingTable compile(
            RoutingTable previous,
            Collection<Rule> rules,
            Collection<GeographicRule> geographicRules,
            Collection<Region> regions,
            HealthView health) {
        List<GeographicRule> inForce = geographicRules.stream()
                .filter(rule -> rule.status() == RuleStatus.ACTIVE)
                .sorted(BY_PRIORITY)
                .toList();
        Map<RegionId, Region> registered = new HashMap<>();
        regions.forEach(region -> registered.put(region.id(), region));
        Atlas places = atlas(regions, inForce);
        Map<String, CompiledRule> compiled = new HashMap<>();
        for (Rule rule : rules) {
            if (rule.status() == RuleStatus.ACTIVE) {
                List<GeographicRule> applying =
                        inForce.stream().filter(geo -> applies(geo, rule)).toList();
                RuleSources sources = RuleSources.of(rule, applying, places, registered, health);
                CompiledRule before = previous.rule(rule.id().value());
                compiled.put(
                        rule.id().value(),
                        before != null && sources.sameAs((RuleSources) before.madeFrom())
                                ? before
                                : new RuleCompiler(sources, places, loads, ttlSeconds).compile());
            }
        }
        return new RoutingTable(previous.version() + 1, Map.copyOf(compiled));
    }

    /** The same one as last time when no place changed: rules tell by it in one comparison that they need no work. */
    private Atlas atlas(Collection<Region> regions, List<GeographicRule> inForce) {
        Atlas before = atlas;
        Atlas now = new Atlas(regions, inForce, self);
        if (before != null && before.places().equals(now.places())) {
            return before;
        }
        atlas = now;
        return now;
    }

    /** A rule for all rules is a step of the geographic algorithm; one that names a rule applies whatever its algorithm. */
    private static boolean applies(GeographicRule geographicRule, Rule rule) {
        RuleId only = geographicRule.rule();
        return only == null ? rule.algorithm() == Algorithm.GEOGRAPHIC : only.equals(rule.id());
    }
}
