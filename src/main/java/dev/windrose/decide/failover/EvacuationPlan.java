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
     * The effect on one rule.
     *
     * @param rate measured requests per second of all its clients; 0 when unknown
     * @param before current share by target
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

    /** Whether the evacuation harms no clients. */
    public boolean safe() {
        return over.isEmpty() && unsafe.isEmpty();
    }

    /**
     * The plan for a comparison.
     *
     * @param comparison of the current state with the region empty
     * @param bound rules with clients that may be served nowhere else
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
