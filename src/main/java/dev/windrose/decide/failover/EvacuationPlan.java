package dev.windrose.decide.failover;

import dev.windrose.decide.route.Comparison;
import dev.windrose.model.RegionId;
import dev.windrose.model.RuleId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The effect of evacuating a region on the others: which rules move, the load of each region before and after, and
 * which regions would exceed their capacity. Computed from the shares that the table's own compiler intends, so it is
 * what will happen.
 *
 * @param rules the rules that send clients to the region, by name
 * @param before current requests per second by region
 * @param after the same when the region is empty
 * @param over the regions that would be above their capacity
 * @param unsafe the rules whose traffic would stay, because too few of their other targets serve
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
     * The plan that follows from what differs.
     *
     * @param comparison of things as they are with the region empty
     * @param bound rules with clients who may be served nowhere else
     */
    public static EvacuationPlan of(RegionId region, Comparison comparison, Set<RuleId> bound) {
        List<Move> moves = new ArrayList<>();
        List<RuleId> unsafe = new ArrayList<>();
        for (Comparison.OfRule rule : comparison.rules()) {
            Map<RegionId, Double> then = rule.after();
            if (rule.before().getOrDefault(region, 0.0) > 0) {
                moves.add(new Move(rule.rule(), rule.rate(), rule.before(), then));
                if (then.isEmpty() || then.getOrDefault(region, 0.0) > 0 || bound.contains(rule.rule())) {
                    unsafe.add(rule.rule());
                }
            }
        }
        List<RegionId> over = comparison.over().stream()
                .filter(other -> !other.equals(region))
                .toList();
        return new EvacuationPlan(moves, comparison.before(), comparison.after(), over, unsafe);
    }
}
