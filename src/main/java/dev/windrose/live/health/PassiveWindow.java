package dev.windrose.live.health;

import dev.windrose.decide.health.Outliers;
import dev.windrose.model.RegionId;
import dev.windrose.model.RuleId;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/** Recent client-reported outcomes: the difference between current totals and those one window ago. */
final class PassiveWindow {

    private static final int SAMPLES = 6;

    private record Sample(long atNanos, Map<RuleId, Map<RegionId, Outliers.Outcomes>> totals) {}

    private final long windowNanos;
    private final Deque<Sample> samples = new ArrayDeque<>();

    PassiveWindow(Duration window) {
        this.windowNanos = window.toNanos();
    }

    /** Whether another sample is due. */
    boolean due(long nowNanos) {
        Sample newest = samples.peekLast();
        return newest == null || nowNanos - newest.atNanos() >= windowNanos / SAMPLES;
    }

    void sample(Map<RuleId, Map<RegionId, Outliers.Outcomes>> totals, long nowNanos) {
        samples.addLast(new Sample(nowNanos, totals));
        // The oldest sample is just outside of the window: the difference from it counts.
        while (samples.size() > SAMPLES + 1) {
            samples.removeFirst();
        }
    }

    Duration length() {
        return Duration.ofNanos(windowNanos);
    }

    /** The outcomes of each target of each rule in the window. */
    Map<RuleId, Map<RegionId, Outliers.Outcomes>> lately() {
        Sample newest = samples.peekLast();
        Sample oldest = samples.peekFirst();
        if (newest == null || oldest == null) {
            return Map.of();
        }
        Map<RuleId, Map<RegionId, Outliers.Outcomes>> lately = new HashMap<>();
        newest.totals()
                .forEach((rule, now) ->
                        lately.put(rule, difference(oldest.totals().getOrDefault(rule, Map.of()), now)));
        return lately;
    }

    private static Map<RegionId, Outliers.Outcomes> difference(
            Map<RegionId, Outliers.Outcomes> before, Map<RegionId, Outliers.Outcomes> after) {
        Map<RegionId, Outliers.Outcomes> difference = new HashMap<>();
        after.forEach((target, now) -> {
            Outliers.Outcomes then = before.get(target);
            long requests = now.requests() - (then == null ? 0 : then.requests());
            long failures = now.failures() - (then == null ? 0 : then.failures());
            if (requests > 0) {
                difference.put(target, new Outliers.Outcomes(requests, Math.max(0, failures)));
            }
        });
        return difference;
    }
}
