package dev.windrose.live.table;

import java.util.HashMap;
import java.util.Map;

/**
 * Rates per second of counted events: measured here, and received from the other nodes. For one thread.
 *
 * @param <K> what is counted
 */
final class EventRates<K> {

    /** How long a node's message counts, in ms; several of its intervals. */
    private static final long HEARD_FOR_MS = 10_000;

    private static final class Measured {
        long total;
        double rate;
    }

    private record Heard<K>(Map<K, Double> rates, long atMs) {}

    private final Map<K, Measured> own = new HashMap<>();
    private final Map<String, Heard<K>> others = new HashMap<>();
    private Map<K, Double> sums = Map.of();
    private final double rise;
    private final double fall;
    private long lastMs = -1;

    /**
     * @param rise share of an upward difference that the average makes up per measurement, above 0 to 1
     * @param fall the same for a downward difference
     */
    EventRates(double rise, double fall) {
        this.rise = rise;
        this.fall = fall;
    }

    /**
     * Reads the counters.
     *
     * @param totals since the start; missing entries are dropped
     * @param nowMs on a monotonic clock
     */
    void look(Map<K, Long> totals, long nowMs) {
        double seconds = (nowMs - lastMs) / 1000.0;
        boolean first = lastMs < 0;
        lastMs = nowMs;
        own.keySet().retainAll(totals.keySet());
        totals.forEach((key, total) -> {
            Measured measured = own.computeIfAbsent(key, counted -> new Measured());
            double now = first || seconds <= 0 ? 0 : Math.max(0, (total - measured.total) / seconds);
            measured.rate += (now > measured.rate ? rise : fall) * (now - measured.rate);
            measured.total = total;
        });
        add(nowMs);
    }

    /** Records what another node measured. */
    void heard(String node, Map<K, Double> rates, long nowMs) {
        others.put(node, new Heard<>(rates, nowMs));
    }

    private void add(long nowMs) {
        others.values().removeIf(heard -> nowMs - heard.atMs() > HEARD_FOR_MS);
        Map<K, Double> added = here();
        others.values().forEach(heard -> heard.rates().forEach((key, rate) -> added.merge(key, rate, Double::sum)));
        sums = added;
    }

    /** Per second, over all nodes, as of the last measurement. Not to be written to. */
    Map<K, Double> everywhere() {
        return sums;
    }

    /** Per second, on this node. */
    Map<K, Double> here() {
        Map<K, Double> here = new HashMap<>();
        own.forEach((key, measured) -> here.put(key, measured.rate));
        return here;
    }
}
