package dev.windrose.decide.route;

import dev.windrose.decide.geo.Latencies;
import dev.windrose.model.Algorithm;
import dev.windrose.model.GeographicRule;
import dev.windrose.model.HealthView;
import dev.windrose.model.Region;
import dev.windrose.model.RegionId;
import dev.windrose.model.Rule;
import dev.windrose.model.RuleId;
import dev.windrose.model.RuleStatus;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Compiles definitions and health into tables. Recompiles only the rules for which something changed. For one thread at
 * a time.
 */
public final class TableCompiler {

    /**
     * The counter of work sent to a target. The same target of the same rule keeps its counter for the life of the
     * node.
     */
    public interface Loads {
        TargetLoad of(RuleId rule, RegionId target);
    }

    /**
     * Share of a region's capacity that is filled before clients are redirected: demand is measured over some seconds,
     * and changes within them.
     */
    private static final double FILL = 0.95;

    private static final Comparator<GeographicRule> BY_PRIORITY =
            Comparator.comparingInt(GeographicRule::priority).thenComparing(GeographicRule::id);

    private final RegionId self;
    private final int ttlSeconds;
    private final Loads loads;
    private final Latencies latencies;
    private final double explore;
    private final KeyTables keyTables = new KeyTables();
    private @Nullable PlaceDistances atlas = null;

    /** A compiler for one node without round trips other than those of its own checks. */
    public TableCompiler(RegionId self, int ttlSeconds, Loads loads) {
        this(self, ttlSeconds, loads, Latencies.NONE, 0);
    }

    /**
     * A compiler for one node.
     *
     * @param self the region of the node
     * @param ttlSeconds how long clients may cache an answer in normal operation, 1 to 3600
     * @param latencies read by the tables as they decide
     * @param explore share of clients that try another region than the nearest, for rules that do not set it; 0 to 0.5
     */
    public TableCompiler(RegionId self, int ttlSeconds, Loads loads, Latencies latencies, double explore) {
        if (ttlSeconds < 1 || ttlSeconds > 3600) {
            throw new IllegalArgumentException("ttlSeconds: " + ttlSeconds + " (expected: 1 to 3600)");
        }
        this.self = self;
        this.ttlSeconds = ttlSeconds;
        this.loads = loads;
        this.latencies = latencies;
        this.explore = explore;
    }

    /**
     * The table that follows {@code previous}.
     *
     * @param demand the clients' demand for each target, over all nodes
     * @param nowMs on a monotonic clock, the same one for all tables
     */
    public RoutingTable compile(
            RoutingTable previous,
            Collection<Rule> rules,
            Collection<GeographicRule> geographicRules,
            Collection<Region> regions,
            HealthView health,
            Demand demand,
            long nowMs) {
        keyTables.sweep();
        Prepared prepared = prepared(rules, geographicRules, regions, health, demand);
        RuleCompiler.Common common = common(prepared);
        Map<String, CompiledRule> compiled = new HashMap<>();
        for (RuleSources sources : prepared.sources()) {
            String name = sources.rule().id().value();
            compiled.put(name, compiled(sources, previous.rule(name), common, nowMs));
        }
        RuleSources all = prepared.withoutRule();
        return new RoutingTable(
                previous.version() + 1,
                Map.copyOf(compiled),
                prepared.places().known(),
                all == null ? null : compiled(all, previous.withoutRule(), common, nowMs));
    }

    private static CompiledRule compiled(
            RuleSources sources, @Nullable CompiledRule before, RuleCompiler.Common common, long nowMs) {
        return before != null && before.heldBack() == 0 && sources.sameAs((RuleSources) before.madeFrom())
                ? before
                : new RuleCompiler(sources, common).compile(before, nowMs);
    }

    /**
     * The intended shares of all targets, by active rule: what a table of these inputs would do. A rule without a
     * target known to serve has none. Where clients choose by place or by load, the weights stand for their choices.
     */
    public Map<RuleId, Map<RegionId, Double>> intended(
            Collection<Rule> rules,
            Collection<GeographicRule> geographicRules,
            Collection<Region> regions,
            HealthView health,
            Demand demand) {
        Prepared prepared = prepared(rules, geographicRules, regions, health, demand);
        Map<RuleId, Map<RegionId, Double>> intended = new HashMap<>();
        for (RuleSources sources : prepared.sources()) {
            intended.put(sources.rule().id(), new RuleCompiler(sources, common(prepared)).served());
        }
        return intended;
    }

    private RuleCompiler.Common common(Prepared prepared) {
        return new RuleCompiler.Common(prepared.places(), loads, latencies, keyTables, ttlSeconds, explore);
    }

    private record Prepared(
            PlaceDistances places,
            List<RuleSources> sources,
            @Nullable RuleSources withoutRule) {}

    private Prepared prepared(
            Collection<Rule> rules,
            Collection<GeographicRule> geographicRules,
            Collection<Region> regions,
            HealthView health,
            Demand demand) {
        List<GeographicRule> inForce = geographicRules.stream()
                .filter(rule -> rule.status() == RuleStatus.ACTIVE)
                .sorted(BY_PRIORITY)
                .toList();
        Map<RegionId, Region> registered = new HashMap<>();
        Map<RegionId, Double> capacities = new HashMap<>();
        for (Region region : regions) {
            registered.put(region.id(), region);
            if (region.capacity() > 0) {
                capacities.put(region.id(), region.capacity() * FILL);
            }
        }
        PlaceDistances places = atlas(regions, inForce, rules);
        List<RuleSources> active = new ArrayList<>();
        for (Rule rule : rules) {
            if (rule.status() == RuleStatus.ACTIVE) {
                List<GeographicRule> applying = inForce.isEmpty()
                        ? inForce
                        : inForce.stream().filter(geo -> applies(geo, rule)).toList();
                active.add(RuleSources.of(rule, applying, places, registered, health));
            }
        }
        Map<RuleId, Shares> settled = capacities.isEmpty() ? Map.of() : settled(active, places, capacities, demand);
        return new Prepared(
                places,
                active.stream()
                        .map(each -> each.with(settled.get(each.rule().id())))
                        .toList(),
                withoutRule(rules, inForce, regions, places, registered, health));
    }

    private static @Nullable RuleSources withoutRule(
            Collection<Rule> rules,
            List<GeographicRule> inForce,
            Collection<Region> regions,
            PlaceDistances places,
            Map<RegionId, Region> registered,
            HealthView health) {
        Rule all = RulelessRouting.rule(rules, inForce, regions);
        return all == null
                ? null
                : RuleSources.of(
                        all,
                        inForce.stream().filter(rule -> rule.rule() == null).toList(),
                        places,
                        registered,
                        RulelessRouting.health(health));
    }

    /** Determines redirects, for the rules with a target whose region has a capacity. */
    private static Map<RuleId, Shares> settled(
            List<RuleSources> active, PlaceDistances places, Map<RegionId, Double> capacities, Demand demand) {
        List<Spillover.Claim> claims = new ArrayList<>();
        for (RuleSources sources : active) {
            if (sources.rule().targets().stream().anyMatch(capacities::containsKey)) {
                claims.add(claim(sources, places, demand));
            }
        }
        return Spillover.settle(claims, capacities);
    }

    private static Spillover.Claim claim(RuleSources sources, PlaceDistances places, Demand demand) {
        Rule rule = sources.rule();
        Candidacy candidacy = Candidacy.of(rule, sources.health(), sources.reachable());
        List<Spillover.Wish> wishes = new ArrayList<>();
        for (int i = 0; i < rule.targets().size(); i++) {
            RegionId region = rule.targets().get(i);
            List<RegionId> others = new ArrayList<>(rule.targets());
            others.remove(region);
            if (rule.algorithm() != Algorithm.PRIORITY) {
                others.sort(Comparator.comparingDouble(other -> places.distance(region, other)));
            }
            wishes.add(new Spillover.Wish(
                    region,
                    (candidacy.candidates() >>> i & 1) != 0,
                    candidacy.kept()[i],
                    rule.weights().getOrDefault(region, 0.0),
                    demand.rate(rule.id(), region),
                    others));
        }
        boolean concentrates = rule.algorithm() == Algorithm.PRIORITY
                || rule.algorithm() == Algorithm.GEOGRAPHIC
                || !sources.geographicRules().isEmpty();
        return new Spillover.Claim(
                rule.id(), wishes, concentrates, rule.failover().policy().whenFull());
    }

    /** The same instance while no place changed: rules recognise by one comparison that they need no recompilation. */
    private PlaceDistances atlas(Collection<Region> regions, List<GeographicRule> inForce, Collection<Rule> rules) {
        PlaceDistances before = atlas;
        PlaceDistances now = new PlaceDistances(regions, inForce, rules, self);
        if (before != null && before.places().equals(now.places())) {
            before.startOver();
            return before;
        }
        atlas = now;
        return now;
    }

    /**
     * A geographic rule for all rules is a step of the geographic algorithm; one that names a rule applies whatever its
     * algorithm.
     */
    private static boolean applies(GeographicRule geographicRule, Rule rule) {
        RuleId only = geographicRule.rule();
        return only == null ? rule.algorithm() == Algorithm.GEOGRAPHIC : only.equals(rule.id());
    }
}
