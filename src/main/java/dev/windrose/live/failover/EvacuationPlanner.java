package dev.windrose.live.failover;

import dev.windrose.decide.failover.EvacuationPlan;
import dev.windrose.decide.route.Demand;
import dev.windrose.decide.route.TableCompiler;
import dev.windrose.decide.route.TargetLoad;
import dev.windrose.live.table.Catalog;
import dev.windrose.live.table.Director;
import dev.windrose.model.Authority;
import dev.windrose.model.HealthStatus;
import dev.windrose.model.HealthView;
import dev.windrose.model.Region;
import dev.windrose.model.RegionId;
import dev.windrose.model.Rule;
import dev.windrose.model.RuleId;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** Computes what the emptying of a region would do, from what this node knows at the moment. Safe for all threads. */
public final class EvacuationPlanner {

    private static final int TTL_SECONDS = 30;

    private final RegionId self;
    private final Director director;
    private final Supplier<? extends HealthView> health;

    /** @param health what is believed now */
    public EvacuationPlanner(RegionId self, Director director, Supplier<? extends HealthView> health) {
        this.self = self;
        this.director = director;
        this.health = health;
    }

    public EvacuationPlan plan(RegionId region) {
        Catalog catalog = director.catalog();
        HealthView now = health.get();
        Demand demand = director.tallies().demand();
        HealthView then = (rule, target) -> target.equals(region)
                ? now.of(rule, target).is(HealthStatus.DRAINING, Authority.OVERRIDE)
                : now.of(rule, target);
        return EvacuationPlan.of(
                region,
                intended(catalog, now, demand),
                intended(catalog, then, demand),
                rates(catalog.rules().values(), demand),
                capacities(director.regions()),
                bound(catalog, region, then));
    }

    private static Set<RuleId> bound(Catalog catalog, RegionId region, HealthView then) {
        Set<RuleId> bound = new HashSet<>();
        for (Rule rule : catalog.rules().values()) {
            Set<RegionId> reachable = rule.reachable(catalog.regions());
            String place = rule.geography()
                    .residency()
                    .emptied(
                            region,
                            other -> reachable.contains(other)
                                    && then.of(rule.id(), other).status().serves());
            if (place != null) {
                bound.add(rule.id());
            }
        }
        return bound;
    }

    private Map<RuleId, Map<RegionId, Double>> intended(Catalog catalog, HealthView view, Demand demand) {
        return new TableCompiler(self, TTL_SECONDS, (rule, target) -> TargetLoad.IDLE)
                .intended(
                        catalog.rules().values(), catalog.geographicRules().values(), director.regions(), view, demand);
    }

    private static Map<RuleId, Double> rates(Collection<Rule> rules, Demand demand) {
        Map<RuleId, Double> rates = new HashMap<>();
        for (Rule rule : rules) {
            double rate = 0;
            for (RegionId target : rule.targets()) {
                rate += demand.rate(rule.id(), target);
            }
            rates.put(rule.id(), rate);
        }
        return rates;
    }

    private static Map<RegionId, Double> capacities(Collection<Region> regions) {
        Map<RegionId, Double> capacities = new HashMap<>();
        for (Region region : regions) {
            if (region.capacity() > 0) {
                capacities.put(region.id(), region.capacity());
            }
        }
        return capacities;
    }
}
