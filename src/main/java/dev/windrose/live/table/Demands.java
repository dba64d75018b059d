package dev.windrose.live.table;

import dev.windrose.decide.route.Demand;
import dev.windrose.model.RegionId;
import dev.windrose.model.RuleId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What clients want of each target: measured here, and heard from the other nodes. For one thread. */
final class Demands implements Demand {

    /*
     * An average that follows a rise within two looks and a fall within about five: a region that is overrun for some
     * seconds is worse off than one that is left half empty for some.
     */

    private static final double RISE = 0.6;
    private static final double FALL = 0.2;

    /** Below this, in requests per second, nobody is told. */
    private static final double LEAST = 0.1;

    /** Targets that one node tells of: those of which most is wanted. */
    static final int MOST = 2_000;

    /** What a node told counts for this long, in ms; several of its messages. */
    private static final long HEARD_FOR_MS = 10_000;

    private record Target(RuleId rule, RegionId region) {}

    private static final class Measured {
        long total;
        double rate;
    }

    private record Heard(Map<RuleId, Map<RegionId, Double>> rates, long atMs) {}

    private final Map<Target, Measured> own = new HashMap<>();
    private final Map<String, Heard> others = new HashMap<>();
    private Map<Target, Double> sums = Map.of();
    private long lastMs = -1;

    /**
     * Looks at the counters.
     *
     * @param totals of every target, the decisions it was chosen for since the start
     * @param nowMs on a clock that only goes forward
     */
    void look(Map<RuleId, Map<RegionId, Long>> totals, long nowMs) {
        double seconds = (nowMs - lastMs) / 1000.0;
        boolean first = lastMs < 0;
        lastMs = nowMs;
        own.keySet()
                .removeIf(
                        target -> !totals.getOrDefault(target.rule(), Map.of()).containsKey(target.region()));
        totals.forEach((rule, targets) -> targets.forEach((region, total) -> {
            Measured measured = own.computeIfAbsent(new Target(rule, region), target -> new Measured());
            double now = first || seconds <= 0 ? 0 : Math.max(0, (total - measured.total) / seconds);
            measured.rate += (now > measured.rate ? RISE : FALL) * (now - measured.rate);
            measured.total = total;
        }));
        add(nowMs);
    }

    /** Takes note of what another node measured. */
    void heard(String node, Map<RuleId, Map<RegionId, Double>> rates, long nowMs) {
        others.put(node, new Heard(rates, nowMs));
    }

    private void add(long nowMs) {
        others.values().removeIf(heard -> nowMs - heard.atMs() > HEARD_FOR_MS);
        Map<Target, Double> added = new HashMap<>();
        own.forEach((target, measured) -> added.put(target, measured.rate));
        for (Heard heard : others.values()) {
            heard.rates()
                    .forEach((rule, targets) -> targets.forEach(
                            (region, rate) -> added.merge(new Target(rule, region), rate, Double::sum)));
        }
        sums = added;
    }

    @Override
    public double rate(RuleId rule, RegionId target) {
        return sums.getOrDefault(new Target(rule, target), 0.0);
    }

    /** What is known now, for other threads. */
    Demand everywhere() {
        Map<Target, Double> known = sums;
        return (rule, target) -> known.getOrDefault(new Target(rule, target), 0.0);
    }

    /** What this node measured, for the others. */
    Map<RuleId, Map<RegionId, Double>> here() {
        List<Map.Entry<Target, Measured>> most = new ArrayList<>(own.entrySet());
        most.removeIf(entry -> entry.getValue().rate < LEAST);
        most.sort(Comparator.comparingDouble(entry -> -entry.getValue().rate));
        Map<RuleId, Map<RegionId, Double>> here = new HashMap<>();
        for (Map.Entry<Target, Measured> entry : most.subList(0, Math.min(MOST, most.size()))) {
            here.computeIfAbsent(entry.getKey().rule(), rule -> new HashMap<>())
                    .put(entry.getKey().region(), entry.getValue().rate);
        }
        return here;
    }
}
