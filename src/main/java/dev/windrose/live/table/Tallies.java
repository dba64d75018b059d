package dev.windrose.live.table;

import dev.windrose.decide.health.Outliers;
import dev.windrose.decide.optimise.TrafficFlow;
import dev.windrose.decide.route.Demand;
import dev.windrose.model.RegionId;
import dev.windrose.model.RuleId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Counts of decisions and their outcomes: this node's, and those received from the others. Safe for all threads.
 *
 * <p>The {@link Director} counts. The keeper of the table and the boards, each on its own thread, store here what they
 * measured and received. Everything that shows totals reads it.
 */
public final class Tallies {

    /** What the other nodes have counted together. */
    private record Elsewhere(
            Map<RuleId, RuleCounts> rules,
            Map<RuleId, Long> usage,
            Map<String, Map<String, Long>> chosen,
            Map<String, Map<String, Long>> traffic) {

        static final Elsewhere NOTHING = new Elsewhere(Map.of(), Map.of(), Map.of(), Map.of());
    }

    /** What clients want, as measured last; nothing while no region has a capacity. */
    private record Wanted(
            Demand everywhere,
            Map<RuleId, Map<RegionId, Double>> here,
            Map<RegionId, DemandBoard.RegionLoad> regionLoadsHere) {

        static final Wanted NOTHING = new Wanted(Demand.NONE, Map.of(), Map.of());
    }

    private final Counters counters;
    private final TrafficCounts traffic = new TrafficCounts();
    private volatile Elsewhere elsewhere = Elsewhere.NOTHING;
    private volatile Wanted wanted = Wanted.NOTHING;

    Tallies(Counters counters) {
        this.counters = counters;
    }

    /** How often the rule decided on all nodes, as far as they have told. */
    public RuleCounts counts(RuleId rule) {
        return counters.counts(rule).plus(elsewhere.rules().getOrDefault(rule, RuleCounts.NONE));
    }

    /** How often the geographic rule settled a decision on all nodes, as far as they have told. */
    public long usage(RuleId geographicRule) {
        return counters.usage(geographicRule) + elsewhere.usage().getOrDefault(geographicRule, 0L);
    }

    /** What clients reported to this node since its start, of each target of which they reported anything. */
    public Map<RuleId, Map<RegionId, Outliers.Outcomes>> outcomes() {
        return counters.outcomes();
    }

    /** Decisions of this node for a region since its start, of all rules. */
    public long decisionsFor(RegionId region) {
        return counters.decisionsFor(region);
    }

    /** Where clients were sent since the start of the nodes, on all of them as far as they have told. */
    public List<TrafficFlow> flows() {
        List<TrafficFlow> flows = new ArrayList<>();
        sums(traffic.byArea(), elsewhere.traffic())
                .forEach((area, regions) ->
                        regions.forEach((region, count) -> flows.add(new TrafficFlow(area, region, count))));
        return flows;
    }

    /** How often each geographic rule chose each region since the start of the nodes, as far as they have told. */
    public Map<RuleId, Map<RegionId, Long>> chosen() {
        Map<RuleId, Map<RegionId, Long>> chosen = new HashMap<>();
        sums(traffic.byGeographicRule(), elsewhere.chosen())
                .forEach((rule, regions) -> chosen.put(new RuleId(rule), regions));
        return chosen;
    }

    private static Map<String, Map<RegionId, Long>> sums(
            Map<String, Map<String, Long>> here, Map<String, Map<String, Long>> there) {
        Map<String, Map<RegionId, Long>> sums = new HashMap<>();
        for (Map<String, Map<String, Long>> part : List.of(here, there)) {
            part.forEach((name, regions) ->
                    regions.forEach((region, count) -> sums.computeIfAbsent(name, first -> new HashMap<>())
                            .merge(new RegionId(region), count, Long::sum)));
        }
        return sums;
    }

    /** What clients want of each target, everywhere together; nothing where no region has a capacity. */
    public Demand demand() {
        return wanted.everywhere();
    }

    /** Requests per second that this node's clients want of each target; empty while no region has a capacity. */
    Map<RuleId, Map<RegionId, Double>> demandHere() {
        return wanted.here();
    }

    /** How this node's clients fare in each region; empty while no region has a capacity. */
    Map<RegionId, DemandBoard.RegionLoad> regionLoadsHere() {
        return wanted.regionLoadsHere();
    }

    void measured(
            Demand everywhere,
            Map<RuleId, Map<RegionId, Double>> here,
            Map<RegionId, DemandBoard.RegionLoad> regionLoads) {
        wanted = new Wanted(everywhere, here, regionLoads);
    }

    /** Nothing is measured, because no region has a capacity. */
    void notMeasured() {
        wanted = Wanted.NOTHING;
    }

    /** Takes note of what the other nodes have counted. */
    void countedElsewhere(
            Map<RuleId, RuleCounts> rules,
            Map<RuleId, Long> usage,
            Map<String, Map<String, Long>> chosen,
            Map<String, Map<String, Long>> flows) {
        elsewhere = new Elsewhere(Map.copyOf(rules), Map.copyOf(usage), Map.copyOf(chosen), Map.copyOf(flows));
    }

    /** Drops what this node counted for rules that were removed. */
    void retain(Collection<RuleId> rules, Collection<RuleId> geographicRules) {
        counters.retain(rules, geographicRules);
        traffic.retain(geographicRules);
    }

    /** What this node alone has counted, for the other nodes. */
    Counters counters() {
        return counters;
    }

    /** Where this node alone has sent clients, for the other nodes. */
    TrafficCounts traffic() {
        return traffic;
    }
}
