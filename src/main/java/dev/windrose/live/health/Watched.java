package dev.windrose.live.health;

import dev.windrose.decide.health.CheckPlan;
import dev.windrose.model.Region;
import dev.windrose.model.RegionId;
import dev.windrose.model.Rule;
import dev.windrose.model.RuleId;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** The rules and regions that are watched, and what has to be checked for them. */
record Watched(Map<RuleId, Rule> rules, Map<RegionId, Region> regions, CheckPlan plan) {

    static final Watched NOTHING = new Watched(Map.of(), Map.of(), CheckPlan.NOTHING);

    /**
     * Everything that is watched from one region.
     *
     * @param atMost targets that may be checked
     */
    static Watched of(Collection<Rule> rules, Collection<Region> regions, RegionId self, int atMost) {
        Map<RuleId, Rule> byId = new TreeMap<>();
        rules.forEach(rule -> byId.put(rule.id(), rule));
        Map<RegionId, Region> registered = new HashMap<>();
        regions.forEach(region -> registered.put(region.id(), region));
        return new Watched(byId, registered, CheckPlan.of(rules, regions, self, atMost));
    }
}
