package dev.windrose.decide.whatif;

import dev.windrose.decide.failover.EvacuationPlan;
import dev.windrose.decide.route.Comparison;
import dev.windrose.decide.route.RoutingTable;
import dev.windrose.decide.route.TableCompiler;
import dev.windrose.decide.route.TargetLoad;
import dev.windrose.model.HealthStatus;
import dev.windrose.model.HealthView;
import dev.windrose.model.RegionId;
import dev.windrose.model.Rule;
import dev.windrose.model.RuleId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The table under other circumstances, built by the same compiler as the table in force, so it is what would happen. It
 * serves no client. Safe for all threads.
 */
public final class WhatIf {

    /** The TTL; these tables give no answers, and no share depends on it. */
    private static final int TTL_SECONDS = 30;

    private final RegionId self;

    /** @param self the region of the deciding node */
    public WhatIf(RegionId self) {
        this.self = self;
    }

    private TableCompiler compiler() {
        return new TableCompiler(self, TTL_SECONDS, (rule, target) -> TargetLoad.IDLE);
    }

    /** The complete table, for routing sample clients. */
    public RoutingTable table(Scenario in) {
        return compiler()
                .compile(
                        RoutingTable.EMPTY,
                        in.catalog().rules().values(),
                        in.catalog().geographicRules().values(),
                        in.regions(),
                        in.health(),
                        in.demand(),
                        0);
    }

    /**
     * The difference in traffic between two scenarios. Shares are those of a table without spillover, so that overload
     * is visible.
     *
     * @param said given requests per second of some rules, instead of the measured ones
     */
    public Comparison compare(Scenario before, Scenario after, Map<RuleId, Double> said) {
        Map<RuleId, Double> rates = new HashMap<>(before.rates());
        rates.putAll(said);
        return Comparison.of(
                shares(before.expecting(rates)), shares(after.expecting(rates)), rates, after.capacities());
    }

    /** The effect of evacuating a region on the others. */
    public EvacuationPlan evacuation(Scenario now, RegionId region) {
        Scenario then = now.with(Map.of(region, HealthStatus.DRAINING));
        Comparison comparison = Comparison.of(shares(now), shares(then), now.rates(), now.capacities());
        return EvacuationPlan.of(region, comparison, bound(then, region));
    }

    /** Shares by rule and target. */
    private Map<RuleId, Map<RegionId, Double>> shares(Scenario in) {
        return compiler()
                .intended(
                        in.catalog().rules().values(),
                        in.catalog().geographicRules().values(),
                        in.regions(),
                        in.health(),
                        in.demand());
    }

    /** The rules with clients that, by residency, only the region may serve. */
    private static Set<RuleId> bound(Scenario then, RegionId region) {
        HealthView health = then.health();
        Set<RuleId> bound = new HashSet<>();
        for (Rule rule : then.catalog().rules().values()) {
            Set<RegionId> reachable = rule.reachable(then.catalog().regions());
            String place = rule.geography()
                    .residency()
                    .emptied(
                            region,
                            other -> reachable.contains(other)
                                    && health.of(rule.id(), other).status().serves());
            if (place != null) {
                bound.add(rule.id());
            }
        }
        return bound;
    }
}
