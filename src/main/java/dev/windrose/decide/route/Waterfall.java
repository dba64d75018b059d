package dev.windrose.decide.route;

import dev.windrose.model.RegionId;
import dev.windrose.model.WhenFull;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Moves the load that regions cannot take to the nearest regions with spare capacity. */
public final class Waterfall {

    /*
     * Demand meets a region as flows, one for each rule that wants it. A region with more demand than capacity keeps
     * the same share of every flow, so that no rule is favoured by its name; flows that cannot move are served first.
     * The excess is offered to other regions, all flows at once, each to its nearest alternative first: an alternative
     * with more demand than spare capacity gives every flow the same share of it, and the remainder asks the next
     * nearest in the next round. So the outcome does not depend on the order of the flows, and no round asks a region
     * twice for the same flow. Source: waterfall by region of Google Cloud's load balancing.
     */

    /**
     * The demand of one rule for one region.
     *
     * @param rate requests per second that would go there, at least 0
     * @param alternatives where else it may go, nearest first, without the region itself
     */
    public record Flow(RegionId region, double rate, List<RegionId> alternatives, WhenFull whenFull) {
        public Flow {
            alternatives = List.copyOf(alternatives);
        }
    }

    /**
     * The result for one flow. Shares of its rate; all of them sum to 1.
     *
     * @param kept stays where it wants to go
     * @param moved goes to these regions
     * @param shed is refused
     */
    public record Part(double kept, Map<RegionId, Double> moved, double shed) {

        public static final Part ALL_KEPT = new Part(1, Map.of(), 0);

        public Part {
            moved = Map.copyOf(moved);
        }
    }

    private static final double NOTHING = 1e-9;

    private final List<Flow> flows;
    private final Map<RegionId, Double> room = new HashMap<>();
    private final double[] kept;
    private final double[] left;
    private final List<Map<RegionId, Double>> moved = new ArrayList<>();

    /**
     * The result for each flow, in their order.
     *
     * @param capacities requests per second that a region can take; missing: unlimited
     */
    public static List<Part> of(List<Flow> flows, Map<RegionId, Double> capacities) {
        return new Waterfall(flows, capacities).parts();
    }

    private Waterfall(List<Flow> flows, Map<RegionId, Double> capacities) {
        this.flows = flows;
        this.kept = new double[flows.size()];
        this.left = new double[flows.size()];
        keep(capacities);
        int longest = 0;
        for (Flow flow : flows) {
            moved.add(new TreeMap<>());
            longest = Math.max(longest, flow.alternatives().size());
        }
        for (int round = 0; round < longest; round++) {
            place(round);
        }
    }

    private void keep(Map<RegionId, Double> capacities) {
        Map<RegionId, Double> fixed = new HashMap<>();
        Map<RegionId, Double> movable = new HashMap<>();
        for (Flow flow : flows) {
            (flow.whenFull() == WhenFull.ISOLATE ? fixed : movable).merge(flow.region(), flow.rate(), Double::sum);
        }
        capacities.forEach((region, capacity) -> room.put(
                region, Math.max(0, capacity - fixed.getOrDefault(region, 0.0) - movable.getOrDefault(region, 0.0))));
        for (int i = 0; i < flows.size(); i++) {
            Flow flow = flows.get(i);
            Double capacity = capacities.get(flow.region());
            double asked = movable.getOrDefault(flow.region(), 0.0);
            double free = capacity == null ? asked : Math.max(0, capacity - fixed.getOrDefault(flow.region(), 0.0));
            boolean stays = flow.whenFull() == WhenFull.ISOLATE || asked <= free;
            kept[i] = stays ? flow.rate() : flow.rate() * free / asked;
            left[i] = flow.rate() - kept[i];
        }
    }

    private void place(int round) {
        Map<RegionId, Double> asked = new HashMap<>();
        for (int i = 0; i < flows.size(); i++) {
            RegionId to = alternative(i, round);
            if (to != null) {
                asked.merge(to, left[i], Double::sum);
            }
        }
        Map<RegionId, Double> taken = new HashMap<>();
        for (int i = 0; i < flows.size(); i++) {
            RegionId to = alternative(i, round);
            if (to != null) {
                double all = asked.getOrDefault(to, 0.0);
                double free = room.getOrDefault(to, Double.POSITIVE_INFINITY);
                double part = all <= free ? left[i] : left[i] * free / all;
                if (part > NOTHING) {
                    moved.get(i).merge(to, part, Double::sum);
                    left[i] -= part;
                    taken.merge(to, part, Double::sum);
                }
            }
        }
        taken.forEach((region, rate) -> room.computeIfPresent(region, (key, free) -> Math.max(0, free - rate)));
    }

    private @Nullable RegionId alternative(int flow, int round) {
        List<RegionId> alternatives = flows.get(flow).alternatives();
        return left[flow] > NOTHING && round < alternatives.size() ? alternatives.get(round) : null;
    }

    private List<Part> parts() {
        List<Part> parts = new ArrayList<>();
        for (int i = 0; i < flows.size(); i++) {
            double rate = flows.get(i).rate();
            boolean sheds = flows.get(i).whenFull() == WhenFull.SHED;
            if (!(rate > NOTHING) || rate - kept[i] <= NOTHING) {
                parts.add(Part.ALL_KEPT);
                continue;
            }
            Map<RegionId, Double> shares = new TreeMap<>();
            double gone = 0;
            for (Map.Entry<RegionId, Double> move : moved.get(i).entrySet()) {
                shares.put(move.getKey(), move.getValue() / rate);
                gone += move.getValue() / rate;
            }
            double shed = sheds ? Math.max(0, left[i] / rate) : 0;
            parts.add(new Part(Math.max(0, 1 - gone - shed), shares, shed));
        }
        return parts;
    }
}
