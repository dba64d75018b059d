package dev.windrose.decide.whatif;

import dev.windrose.decide.definition.Catalog;
import dev.windrose.decide.definition.DefinitionState;
import dev.windrose.decide.route.Demand;
import dev.windrose.model.Authority;
import dev.windrose.model.DefinitionKey;
import dev.windrose.model.HealthStatus;
import dev.windrose.model.HealthView;
import dev.windrose.model.Region;
import dev.windrose.model.RegionId;
import dev.windrose.model.Rule;
import dev.windrose.model.RuleId;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Everything that a table is compiled from. Immutable, as far as its parts are.
 *
 * @param regions the registered regions with their effective capacities, which may be lower than the declared ones
 * @param demand requests per second of every rule's clients for each target
 */
public record Scenario(Catalog catalog, Collection<Region> regions, HealthView health, Demand demand) {

    public Scenario {
        regions = List.copyOf(regions);
    }

    /** The same with these regions in these states, whatever their measurements are. */
    public Scenario with(Map<RegionId, HealthStatus> outages) {
        HealthView now = health;
        return outages.isEmpty()
                ? this
                : new Scenario(
                        catalog,
                        regions,
                        (rule, target) -> {
                            HealthStatus said = outages.get(target);
                            return said == null
                                    ? now.of(rule, target)
                                    : now.of(rule, target).is(said, Authority.OVERRIDE);
                        },
                        demand);
    }

    /** The same after these edits. An edit of a region makes its declared capacity effective. */
    public Scenario edited(Map<DefinitionKey, DefinitionState> states) {
        Catalog then = catalog.with(states);
        boolean places = states.keySet().stream().anyMatch(key -> key.kind() == DefinitionKey.Kind.REGION);
        return new Scenario(then, places ? then.regions().values() : regions, health, demand);
    }

    /**
     * The same with a given demand for some rules. What was measured for a target stays; an unmeasured target gets its
     * part of the rule's rate by weight.
     *
     * @param rates requests per second
     */
    public Scenario expecting(Map<RuleId, Double> rates) {
        Demand now = demand;
        return new Scenario(catalog, regions, health, (rule, target) -> {
            Rule of = catalog.rules().get(rule);
            double measured = now.rate(rule, target);
            return measured > 0 || of == null
                    ? measured
                    : rates.getOrDefault(rule, 0.0) * of.weights().getOrDefault(target, 0.0);
        });
    }

    /** Requests per second of all clients of each rule; 0 when nothing was measured. */
    public Map<RuleId, Double> rates() {
        Map<RuleId, Double> rates = new HashMap<>();
        for (Rule rule : catalog.rules().values()) {
            double rate = 0;
            for (RegionId target : rule.targets()) {
                rate += demand.rate(rule.id(), target);
            }
            rates.put(rule.id(), rate);
        }
        return rates;
    }

    /** Requests per second that each region can take; unlimited regions are absent. */
    public Map<RegionId, Double> capacities() {
        Map<RegionId, Double> capacities = new HashMap<>();
        for (Region region : regions) {
            if (region.capacity() > 0) {
                capacities.put(region.id(), region.capacity());
            }
        }
        return capacities;
    }
}
