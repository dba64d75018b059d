package dev.windrose.live.table;

import dev.windrose.decide.route.Demand;
import dev.windrose.model.RegionId;
import dev.windrose.model.RuleId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The clients' demand for each target: measured here, and received from the other nodes. For one thread. */
final class Demands implements Demand {

    /** Demand below this, in requests per second, is not shared. */
    private static final double LEAST = 0.1;

    /** Maximum number of targets that one node shares: those with the most demand. */
    static final int MOST = 2_000;

    private record Target(RuleId rule, RegionId region) {}

    /*
     * An average that follows a rise within two measurements and a fall within about five: a region that is overloaded
     * for some seconds is worse off than one that is left half empty for some.
     */
    private final EventRates<Target> rates = new EventRates<>(0.6, 0.2);

    /**
     * Reads the counters.
     *
     * @param totals of every target, the decisions it was chosen for since the start
     * @param nowMs on a monotonic clock
     */
    void look(Map<RuleId, Map<RegionId, Long>> totals, long nowMs) {
        rates.look(flat(totals), nowMs);
    }

    /** Records what another node measured. */
    void heard(String node, Map<RuleId, Map<RegionId, Double>> told, long nowMs) {
        rates.heard(node, flat(told), nowMs);
    }

    private static <V> Map<Target, V> flat(Map<RuleId, Map<RegionId, V>> nested) {
        Map<Target, V> flat = new HashMap<>();
        nested.forEach(
                (rule, targets) -> targets.forEach((region, value) -> flat.put(new Target(rule, region), value)));
        return flat;
    }

    @Override
    public double rate(RuleId rule, RegionId target) {
        return rates.everywhere().getOrDefault(new Target(rule, target), 0.0);
    }

    /** The current demand, for other threads. */
    Demand everywhere() {
        Map<Target, Double> known = rates.everywhere();
        return (rule, target) -> known.getOrDefault(new Target(rule, target), 0.0);
    }

    /** What this node measured, for the others. */
    Map<RuleId, Map<RegionId, Double>> here() {
        List<Map.Entry<Target, Double>> most = new ArrayList<>(rates.here().entrySet());
        most.removeIf(entry -> entry.getValue() < LEAST);
        most.sort(Comparator.comparingDouble(entry -> -entry.getValue()));
        Map<RuleId, Map<RegionId, Double>> here = new HashMap<>();
        for (Map.Entry<Target, Double> entry : most.subList(0, Math.min(MOST, most.size()))) {
            here.computeIfAbsent(entry.getKey().rule(), rule -> new HashMap<>())
                    .put(entry.getKey().region(), entry.getValue());
        }
        return here;
    }
}
