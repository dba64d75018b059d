package dev.windrose.decide.failover;

import dev.windrose.model.RegionId;
import dev.windrose.model.RuleId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What the emptying of a region does to the others: which rules move, how much each region carries before and after, and
 * who would be over. Computed from the shares that the table's own compiler intends, so it is what will happen.
 *
 * @param rules the rules that send clients to the region, by name
 * @param before requests per second by region as things are
 * @param after the same when the region is empty
 * @param over the regions that would be above their capacity
 * @param unsafe the rules whose traffic would not leave, because too few of their other targets serve
 */
public record EvacuationPlan(
        List<Move> rules,
        Map<RegionId, Double> before,
        Map<RegionId, Double> after,
        List<RegionId> over,
        List<RuleId> unsafe) {

    /**
     * What one rule does.
     *
     * @param rate requests per second of all its clients, as measured; 0 when nothing was
     * @param before share by target as things are
     * @param after the same when the region is empty
     */
    public record Move(RuleId rule, double rate, Map<RegionId, Double> before, Map<RegionId, Double> after) {
        public Move {
            before = Map.copyOf(before);
            after = Map.copyOf(after);
        }
    }

    /** A region is full a little before it is over. */
    private static final double TOLERANCE = 1.0001;

    public EvacuationPlan {
        rules = List.copyOf(rules);
        before = Map.copyOf(before);
        after = Map.copyOf(after);
        over = List.copyOf(over);
        unsafe = List.copyOf(unsafe);
    }

    /** Whether nobody comes to harm. */
    public boolean safe() {
        return over.isEmpty() && unsafe.isEmpty();
    }

    /**
     * @param before shares by rule and target as things are, of all rules
     * @param after the same when the region is empty
     * @param rates requests per second by rule
     * @param capacities requests per second that a region can take; one that is not there can take everything
     * @param bound rules with clients who may be served nowhere else
     */
    public static EvacuationPlan of(
            RegionId region,
            Map<RuleId, Map<RegionId, Double>> before,
            Map<RuleId, Map<RegionId, Double>> after,
            Map<RuleId, Double> rates,
            Map<RegionId, Double> capacities,
            Set<RuleId> bound) {
        List<Move> moves = new ArrayList<>();
        List<RuleId> unsafe = new ArrayList<>();
        Map<RegionId, Double> loadBefore = new HashMap<>();
        Map<RegionId, Double> loadAfter = new HashMap<>();
        new TreeMap<>(before).forEach((rule, shares) -> {
            double rate = rates.getOrDefault(rule, 0.0);
            Map<RegionId, Double> then = after.getOrDefault(rule, Map.of());
            add(loadBefore, shares, rate);
            add(loadAfter, then, rate);
            if (shares.getOrDefault(region, 0.0) > 0) {
                moves.add(new Move(rule, rate, shares, then));
                if (then.isEmpty() || then.getOrDefault(region, 0.0) > 0 || bound.contains(rule)) {
                    unsafe.add(rule);
                }
            }
        });
        List<RegionId> over = new ArrayList<>();
        new TreeMap<>(loadAfter).forEach((other, load) -> {
            double capacity = capacities.getOrDefault(other, Double.POSITIVE_INFINITY);
            if (!other.equals(region) && load > capacity * TOLERANCE) {
                over.add(other);
            }
        });
        return new EvacuationPlan(moves, loadBefore, loadAfter, over, unsafe);
    }

    private static void add(Map<RegionId, Double> loads, Map<RegionId, Double> shares, double rate) {
        shares.forEach((target, share) -> loads.merge(target, share * rate, Double::sum));
    }
}
