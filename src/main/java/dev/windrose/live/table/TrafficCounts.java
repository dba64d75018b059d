package dev.windrose.live.table;

import dev.windrose.decide.geo.Areas;
import dev.windrose.decide.geo.PlaceKey;
import dev.windrose.decide.route.Choice;
import dev.windrose.model.Client;
import dev.windrose.model.Coordinate;
import dev.windrose.model.RegionId;
import dev.windrose.model.RuleId;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Where this node has sent clients since its start: of each area to each region, and by each geographic rule. Counting
 * is lock-free, and allocates only for the first occurrence.
 */
final class TrafficCounts {

    /** The area of clients that name none, or an unknown one: arbitrary text from outside is not stored. */
    static final String UNKNOWN = "unknown";

    private final Map<String, Map<RegionId, LongAdder>> byArea = new ConcurrentHashMap<>();
    private final Map<String, Map<RegionId, LongAdder>> byGeographicRule = new ConcurrentHashMap<>();
    private volatile Set<String> places = Set.of();

    /** The areas and regions known from now on; counts of others are dropped. */
    void knows(Set<String> known) {
        places = known;
        byArea.keySet().removeIf(area -> !area.equals(UNKNOWN) && !known.contains(area));
    }

    void count(Client client, Choice choice) {
        RegionId region = choice.region();
        if (region != null) {
            add(byArea, area(client), region);
            if (choice.geographicRule() != null) {
                add(byGeographicRule, choice.geographicRule().value(), region);
            }
        }
    }

    private String area(Client client) {
        if (!client.known() && client.network() == PlaceKey.NONE) {
            return UNKNOWN;
        }
        String area = client.area();
        Coordinate at = client.coordinate();
        @Nullable String found = area == null && at != null ? Areas.nearest(at) : area;
        return found != null && places.contains(found) ? found : UNKNOWN;
    }

    private static void add(Map<String, Map<RegionId, LongAdder>> counts, String name, RegionId region) {
        Map<RegionId, LongAdder> regions = counts.get(name);
        if (regions == null) {
            regions = counts.computeIfAbsent(name, first -> new ConcurrentHashMap<>());
        }
        LongAdder adder = regions.get(region);
        if (adder == null) {
            adder = regions.computeIfAbsent(region, first -> new LongAdder());
        }
        adder.increment();
    }

    Map<String, Map<String, Long>> byArea() {
        return sums(byArea);
    }

    Map<String, Map<String, Long>> byGeographicRule() {
        return sums(byGeographicRule);
    }

    /** Drops the counts of removed geographic rules. */
    void retain(Collection<RuleId> geographicRules) {
        byGeographicRule.keySet().removeIf(rule -> !geographicRules.contains(new RuleId(rule)));
    }

    private static Map<String, Map<String, Long>> sums(Map<String, Map<RegionId, LongAdder>> counts) {
        Map<String, Map<String, Long>> sums = new HashMap<>();
        counts.forEach((name, regions) -> {
            Map<String, Long> byRegion = new HashMap<>();
            regions.forEach((region, adder) -> byRegion.put(region.value(), adder.sum()));
            sums.put(name, byRegion);
        });
        return sums;
    }
}
