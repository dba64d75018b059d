package dev.windrose.decide.health;

import dev.windrose.model.Region;
import dev.windrose.model.RegionId;
import dev.windrose.model.Rule;
import dev.windrose.model.RuleId;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** The rules and regions that one region watches, and the checks they need. */
public record Watchlist(Map<RuleId, Rule> rules, Map<RegionId, Region> regions, CheckPlan plan) {

    public static final Watchlist EMPTY = new Watchlist(Map.of(), Map.of(), CheckPlan.NOTHING);

    public Watchlist {
        rules = Collections.unmodifiableMap(rules);
        regions = Collections.unmodifiableMap(regions);
    }

    /**
     * Everything that is watched from one region.
     *
     * @param atMost targets that may be checked
     */
    public static Watchlist of(Collection<Rule> rules, Collection<Region> regions, RegionId self, int atMost) {
        Map<RuleId, Rule> byId = new TreeMap<>();
        rules.forEach(rule -> byId.put(rule.id(), rule));
        Map<RegionId, Region> registered = new HashMap<>();
        regions.forEach(region -> registered.put(region.id(), region));
        return new Watchlist(byId, registered, CheckPlan.of(rules, regions, self, atMost));
    }
}
