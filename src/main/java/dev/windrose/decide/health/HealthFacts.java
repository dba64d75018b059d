package dev.windrose.decide.health;

import dev.windrose.model.HealthStatus;
import dev.windrose.model.RegionId;
import dev.windrose.model.RuleId;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All that one node knows of health at one instant: what {@link Assessment} decides from.
 *
 * @param self the region of this node
 * @param checks what is known of each check of the plan, by its id; one that is missing is known to nobody
 * @param reports the newest report from outside of each region that was ever reported, in order of the regions
 * @param outcomes what clients reported in the last window, by rule and target; null when that is no news since the
 *     assessment before
 * @param outcomeWindow length of that window
 * @param secondApprover whether a whole region is taken out only when a second person agrees
 * @param nowNanos on a clock that only goes forward
 * @param nowEpochMs what time it is by most nodes: what an operator says holds until a time
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
     * What one observer sees of one check.
     *
     * @param latencyMs NaN when never measured
     * @param successRate 0 to 1
     */
    public record Observation(HealthStatus status, double latencyMs, double successRate) {}

    /**
     * What is known of one check.
     *
     * @param own what this node sees by itself; null when another node of its region runs the check
     * @param byRegion what each region says that was heard of lately and has an opinion, the own one by its other nodes
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
     * @param believed what is believed after it and those before
     * @param counts whether it is young enough to be believed
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
