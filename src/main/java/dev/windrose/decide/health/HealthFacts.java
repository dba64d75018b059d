package dev.windrose.decide.health;

import dev.windrose.model.HealthStatus;
import dev.windrose.model.RegionId;
import dev.windrose.model.RuleId;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything one node knows about health at one instant: the input of {@link Assessment}.
 *
 * @param self the region of this node
 * @param checks the results for each check of the plan, by id; missing when no node has any
 * @param reports the newest external report for each region that ever had one, ordered by region
 * @param outcomes client-reported outcomes of the last window, by rule and target; null when unchanged since the
 *     previous assessment
 * @param outcomeWindow length of that window
 * @param secondApprover whether taking out a whole region needs the approval of a second person
 * @param nowNanos on a monotonic clock
 * @param nowEpochMs wall time agreed by most nodes: overrides expire by it
 */
public record HealthFacts(
        RegionId self,
        Watchlist watchlist,
        Map<String, Observations> checks,
        Map<RegionId, LastReport> reports,
        @Nullable Map<RuleId, Map<RegionId, Outliers.Outcomes>> outcomes,
        Duration outcomeWindow,
        boolean secondApprover,
        long nowNanos,
        long nowEpochMs) {

    /**
     * One observer's result for one check.
     *
     * @param latencyMs NaN when never measured
     * @param successRate 0 to 1
     */
    public record Observation(HealthStatus status, double latencyMs, double successRate) {}

    /**
     * All results for one check.
     *
     * @param own this node's own result; null when another node of its region runs the check
     * @param byRegion the result of each region with recent news and an opinion, that of the own region's other nodes
     *     included
     */
    public record Observations(@Nullable Observation own, Map<String, Observation> byRegion) {

        public static final Observations NONE = new Observations(null, Map.of());

        public Observations {
            byRegion = Collections.unmodifiableMap(byRegion);
        }
    }

    /**
     * The newest report of a region.
     *
     * @param believed the status after it and all earlier ones
     * @param counts whether it has not expired
     */
    public record LastReport(HealthPicture.Reported said, HealthStatus believed, boolean counts) {}

    public HealthFacts {
        checks = Collections.unmodifiableMap(checks);
        reports = Collections.unmodifiableMap(reports);
    }

    long nowMs() {
        return nowNanos / 1_000_000;
    }

    /** The report of a region that counts, or null. */
    @Nullable
    LastReport counting(RegionId region) {
        LastReport last = reports.get(region);
        return last != null && last.counts() ? last : null;
    }
}
