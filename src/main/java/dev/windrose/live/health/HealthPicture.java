package dev.windrose.live.health;

import dev.windrose.model.HealthStatus;
import dev.windrose.model.HealthView;
import dev.windrose.model.RegionId;
import dev.windrose.model.RuleId;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/** What this node believes of every target and every region at one instant. */
public final class HealthPicture implements HealthView {

    /** Where a region's status comes from. */
    public enum Source {
        /** Checks, own and of others. */
        PROBE,
        /** A report from outside. */
        REPORT,
        /** Nobody looked. */
        NONE
    }

    /**
     * One region.
     *
     * @param responseTimeMs NaN when not known
     * @param successRate 0 to 1; NaN when not known
     * @param lastCheckEpochMs wall clock of the last news; 0 when there was none
     */
    public record RegionSummary(
            RegionId region,
            HealthStatus status,
            double responseTimeMs,
            double successRate,
            long activeConnections,
            long lastCheckEpochMs,
            Source source) {}

    record Target(HealthStatus status, double latencyMs) {}

    public static final HealthPicture EMPTY = new HealthPicture(Map.of(), Map.of());

    private static final Target UNKNOWN = new Target(HealthStatus.UNKNOWN, Double.NaN);

    private final Map<RuleId, Map<RegionId, Target>> targets;
    private final Map<RegionId, RegionSummary> regions;

    HealthPicture(Map<RuleId, Map<RegionId, Target>> targets, Map<RegionId, RegionSummary> regions) {
        this.targets = targets;
        this.regions = Collections.unmodifiableMap(new TreeMap<>(regions));
    }

    @Override
    public HealthStatus status(RuleId rule, RegionId target) {
        return target(rule, target).status();
    }

    @Override
    public double latencyMs(RuleId rule, RegionId target) {
        return target(rule, target).latencyMs();
    }

    private Target target(RuleId rule, RegionId target) {
        return targets.getOrDefault(rule, Map.of()).getOrDefault(target, UNKNOWN);
    }

    /** The status of each target of one rule; empty for a rule that was not heard of yet. */
    public Map<RegionId, HealthStatus> targets(RuleId rule) {
        Map<RegionId, HealthStatus> statuses = new TreeMap<>();
        targets.getOrDefault(rule, Map.of()).forEach((region, target) -> statuses.put(region, target.status()));
        return statuses;
    }

    /** Every region that a rule or the registry names, or that was reported. */
    public Map<RegionId, RegionSummary> regions() {
        return regions;
    }

    /** Whether both give the same table. */
    public boolean decidesAs(HealthPicture other) {
        return targets.equals(other.targets);
    }

    /** Whether both say the same of every target, latencies aside. */
    boolean believesAs(HealthPicture other) {
        if (!targets.keySet().equals(other.targets.keySet())) {
            return false;
        }
        for (Map.Entry<RuleId, Map<RegionId, Target>> rule : targets.entrySet()) {
            if (!targets(rule.getKey()).equals(other.targets(rule.getKey()))) {
                return false;
            }
        }
        return true;
    }
}
