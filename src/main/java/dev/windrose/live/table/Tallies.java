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

    /** The combined counts of the other nodes. */
    private record Elsewhere(
            Map<RuleId, RuleCounts> rules,
            Map<RuleId, Long> usage,
            Map<String, Map<String, Long>> chosen,
            Map<String, Map<String, Long>> traffic) {

        static final Elsewhere NOTHING = new Elsewhere(Map.of(), Map.of(), Map.of(), Map.of());
    }

    /** The clients' demand, as last measured; empty while no region has a capacity. */
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

    /** The number of the rule's decisions on all nodes, as far as they have reported. */
    public RuleCounts counts(RuleId rule) {
        return counters.counts(rule).plus(elsewhere.rules().getOrDefault(rule, RuleCounts.NONE));
    }

    /** The number of decisions by the geographic rule on all nodes, as far as they have reported. */
    public long usage(RuleId geographicRule) {
        return counters.usage(geographicRule) + elsewhere.usage().getOrDefault(geographicRule, 0L);
    }

    /** Client-reported outcomes on this node since its start, for targets that have any. */
    public Map<RuleId, Map<RegionId, Outliers.Outcomes>> outcomes() {
        return counters.outcomes();
    }

    /** Decisions of this node for a region since its start, of all rules. */
    public long decisionsFor(RegionId region) {
        return counters.decisionsFor(region);
    }

    /** Where clients were sent since the start of the nodes, on all of them as far as they have reported. */
    public List<TrafficFlow> flows() {
        List<TrafficFlow> flows = new ArrayList<>();
        sums(traffic.byArea(), elsewhere.traffic())
                .forEach((area, regions) ->
                        regions.forEach((region, count) -> flows.add(new TrafficFlow(area, region, count))));
        return flows;
    }

    /** How often each geographic rule chose each region since the start of the nodes, as far as they have reported. */
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

    /** The clients' demand for each target, over all nodes; empty while no region has a capacity. */
    public Demand demand() {
        return wanted.everywhere();
    }

    /**
     * The demand of this node's clients for each target, in requests per second; empty while no region has a capacity.
     */
    Map<RuleId, Map<RegionId, Double>> demandHere() {
        return wanted.here();
    }

    /** Load and outcomes of each region on this node; empty while no region has a capacity. */
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

    /** Records the counts of the other nodes. */
    void countedElsewhere(
            Map<RuleId, RuleCounts> rules,
            Map<RuleId, Long> usage,
            Map<String, Map<String, Long>> chosen,
            Map<String, Map<String, Long>> flows) {
        elsewhere = new Elsewhere(Map.copyOf(rules), Map.copyOf(usage), Map.copyOf(chosen), Map.copyOf(flows));
    }

    /** Drops this node's counts of removed rules. */
    void retain(Collection<RuleId> rules, Collection<RuleId> geographicRules) {
        counters.retain(rules, geographicRules);
        traffic.retain(geographicRules);
    }

    /** This node's own counts, for the other nodes. */
    Counters counters() {
        return counters;
    }

    /** Where this node itself has sent clients, for the other nodes. */
    TrafficCounts traffic() {
        return traffic;
    }
}
