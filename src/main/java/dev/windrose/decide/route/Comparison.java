package dev.windrose.decide.route;

import dev.windrose.model.RegionId;
import dev.windrose.model.RuleId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * How the traffic of two tables differs: whose share moves, the load of each region, and which would exceed their
 * capacity. Computed from the shares that the compiler intends ({@link TableCompiler#intended}).
 *
 * @param rules all rules of either, by name
 * @param before requests per second by region in the first
 * @param after the same in the second
 * @param over the regions that the second brings above their capacity
 */
public record Comparison(
        List<OfRule> rules, Map<RegionId, Double> before, Map<RegionId, Double> after, List<RegionId> over) {

    /**
     * One rule.
     *
     * @param rate requests per second of all its clients; 0 when unknown
     * @param before share by target; empty when no target serves, or there is no such rule
     * @param moved share of the clients that go elsewhere, 0 to 1
     */
    public record OfRule(
            RuleId rule, double rate, Map<RegionId, Double> before, Map<RegionId, Double> after, double moved) {

        public OfRule {
            before = Map.copyOf(before);
            after = Map.copyOf(after);
        }
    }

    /** A region counts as full slightly below its capacity. */
    private static final double TOLERANCE = 1.0001;

    public Comparison {
        rules = List.copyOf(rules);
        before = Map.copyOf(before);
        after = Map.copyOf(after);
        over = List.copyOf(over);
    }

    /**
     * @param rates requests per second by rule
     * @param capacities requests per second that a region can take; missing: unlimited
     */
    public static Comparison of(
            Map<RuleId, Map<RegionId, Double>> before,
            Map<RuleId, Map<RegionId, Double>> after,
            Map<RuleId, Double> rates,
            Map<RegionId, Double> capacities) {
        Set<RuleId> names = new TreeSet<>(before.keySet());
        names.addAll(after.keySet());
        List<OfRule> rules = new ArrayList<>();
        Map<RegionId, Double> loadBefore = new HashMap<>();
        Map<RegionId, Double> loadAfter = new HashMap<>();
        for (RuleId name : names) {
            double rate = rates.getOrDefault(name, 0.0);
            Map<RegionId, Double> first = before.getOrDefault(name, Map.of());
            Map<RegionId, Double> second = after.getOrDefault(name, Map.of());
            first.forEach((target, share) -> loadBefore.merge(target, share * rate, Double::sum));
            second.forEach((target, share) -> loadAfter.merge(target, share * rate, Double::sum));
            rules.add(new OfRule(name, rate, first, second, moved(first, second)));
        }
        List<RegionId> over = new ArrayList<>();
        new TreeMap<>(loadAfter).forEach((region, load) -> {
            if (load > capacities.getOrDefault(region, Double.POSITIVE_INFINITY) * TOLERANCE) {
                over.add(region);
            }
        });
        return new Comparison(rules, loadBefore, loadAfter, over);
    }

    /** Share of all clients that go elsewhere, 0 to 1; every rule counts the same while no rate is known. */
    public double moved() {
        double all = rules.stream().mapToDouble(OfRule::rate).sum();
        return rules.stream()
                .mapToDouble(rule -> rule.moved() * (all > 0 ? rule.rate() / all : 1.0 / rules.size()))
                .sum();
    }

    /** Half the sum of all differences: what leaves one target arrives at another, and is counted once. */
    static double moved(Map<RegionId, Double> before, Map<RegionId, Double> after) {
        Set<RegionId> targets = new TreeSet<>(before.keySet());
        targets.addAll(after.keySet());
        double sum = 0;
        for (RegionId target : targets) {
            sum += Math.abs(before.getOrDefault(target, 0.0) - after.getOrDefault(target, 0.0));
        }
        boolean everybody = before.isEmpty() != after.isEmpty();
        return everybody ? 1 : Math.min(1, sum / 2);
    }
}
