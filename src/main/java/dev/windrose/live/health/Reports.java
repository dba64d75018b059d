package dev.windrose.live.health;

import dev.windrose.decide.health.Belief;
import dev.windrose.decide.health.HealthFacts;
import dev.windrose.decide.health.HealthPicture;
import dev.windrose.decide.health.HealthReport;
import dev.windrose.model.RegionId;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The newest external report for each region, received here or from other nodes. Ages are by this node's own clock. */
final class Reports {

    /** Maximum number of reported regions: reports for further ones are ignored. */
    private static final int AT_MOST = 1_000;

    /**
     * The newest report of a region.
     *
     * @param belief the status after it and all earlier ones
     */
    private record Kept(HealthReport report, Belief belief, long heardNanos, long epochMs) {}

    private final long ageNanos;
    private final Duration dampingHalfLife;
    private final Map<RegionId, Kept> newest = new TreeMap<>();
    private final Map<String, Long> numbers = new HashMap<>();

    /**
     * No report yet.
     *
     * @param age after which a report expires
     * @param dampingHalfLife half-life of the penalty for a change for the worse; zero for no damping
     */
    Reports(Duration age, Duration dampingHalfLife) {
        this.ageNanos = age.toNanos();
        this.dampingHalfLife = dampingHalfLife;
    }

    void told(HealthReport report, long nowNanos, long epochMs) {
        Kept last = newest.get(report.region());
        boolean newer = last == null || nowNanos - last.heardNanos() >= 0;
        if (newer && (newest.size() < AT_MOST || last != null)) {
            Kept before = counting(report.region(), nowNanos);
            Belief belief = (before == null ? Belief.NONE : before.belief())
                    .afterWord(report.status(), dampingHalfLife, nowNanos / 1_000_000);
            newest.put(report.region(), new Kept(report, belief, nowNanos, epochMs));
        }
    }

    /** Keeps an expired report, where nothing newer is known. */
    void stale(HealthReport report, long nowNanos, long epochMs) {
        long old = Math.max(report.ageMs() * 1_000_000, ageNanos + 1);
        told(report, nowNanos - old, epochMs - report.ageMs());
    }

    void heard(String node, HealthBoard board, long nowNanos, long epochMs) {
        board.reports().forEach((region, told) -> {
            Long before = numbers.put(node + " " + region, told.number());
            if (before == null || before != told.number()) {
                told(
                        new HealthReport(
                                new RegionId(region),
                                told.status(),
                                told.responseTimeMs(),
                                told.successRate(),
                                told.activeConnections()),
                        nowNanos - told.ageMs() * 1_000_000,
                        epochMs - told.ageMs());
            }
        });
    }

    private @Nullable Kept counting(RegionId region, long nowNanos) {
        Kept kept = newest.get(region);
        return kept != null && counts(kept, nowNanos) ? kept : null;
    }

    private boolean counts(Kept kept, long nowNanos) {
        return nowNanos - kept.heardNanos() <= ageNanos;
    }

    /** The newest report of each region, in order of the regions. */
    Map<RegionId, HealthFacts.LastReport> at(long nowNanos) {
        Map<RegionId, HealthFacts.LastReport> reports = new TreeMap<>();
        newest.forEach((region, kept) -> reports.put(
                region,
                new HealthFacts.LastReport(
                        new HealthPicture.Reported(kept.report(), kept.epochMs()),
                        kept.belief().status(),
                        counts(kept, nowNanos))));
        return reports;
    }
}
