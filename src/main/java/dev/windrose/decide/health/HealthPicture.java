package dev.windrose.decide.health;

import dev.windrose.model.Authority;
import dev.windrose.model.FailoverMark;
import dev.windrose.model.HealthStatus;
import dev.windrose.model.HealthView;
import dev.windrose.model.RegionId;
import dev.windrose.model.RuleId;
import dev.windrose.model.TargetHealth;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;

/** This node's assessment of every target and every region at one instant. */
public final class HealthPicture implements HealthView {

    /** The source of a region's status. */
    public enum Source {
        /** An operator's override. */
        OVERRIDE,
        /** Checks, own and of others. */
        PROBE,
        /** An external report. */
        REPORT,
        /** An expired external report. */
        STALE,
        /** No source. */
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

    /**
     * An external report that has not expired.
     *
     * @param epochMs wall clock of its receipt
     */
    public record Reported(HealthReport report, long epochMs) {}

    /**
     * A failover or failback that the journal does not have yet.
     *
     * @param mark the record to write
     * @param own whether it concerns the clients of this region alone
     */
    public record Turn(RuleId rule, RegionId region, FailoverMark mark, boolean own) {}

    public static final HealthPicture EMPTY = new HealthPicture(Map.of(), Map.of(), List.of(), List.of());

    private final Map<RuleId, Map<RegionId, TargetHealth>> targets;
    private final Map<RegionId, RegionSummary> regions;
    private final List<Reported> reports;
    private final List<Turn> turns;

    public HealthPicture(
            Map<RuleId, Map<RegionId, TargetHealth>> targets,
            Map<RegionId, RegionSummary> regions,
            List<Reported> reports,
            List<Turn> turns) {
        this.turns = List.copyOf(turns);
        this.reports = List.copyOf(reports);
        this.targets = targets;
        this.regions = Collections.unmodifiableMap(new TreeMap<>(regions));
    }

    @Override
    public TargetHealth of(RuleId rule, RegionId target) {
        return targets.getOrDefault(rule, Map.of()).getOrDefault(target, TargetHealth.UNKNOWN);
    }

    @Override
    public TargetHealth region(RegionId region) {
        RegionSummary summary = regions.get(region);
        if (summary == null) {
            return TargetHealth.UNKNOWN;
        }
        return switch (summary.source()) {
            case OVERRIDE -> TargetHealth.of(summary.status(), Authority.OVERRIDE, summary.responseTimeMs());
            case PROBE -> TargetHealth.of(summary.status(), Authority.PROBE, summary.responseTimeMs());
            case REPORT -> TargetHealth.of(summary.status(), Authority.REPORT, Double.NaN);
            case STALE, NONE -> TargetHealth.UNKNOWN;
        };
    }

    /** The status of each target of one rule; empty for an unknown rule. */
    public Map<RegionId, HealthStatus> targets(RuleId rule) {
        Map<RegionId, HealthStatus> statuses = new TreeMap<>();
        targets.getOrDefault(rule, Map.of()).forEach((region, target) -> statuses.put(region, target.status()));
        return statuses;
    }

    /** Every region that a rule or the registry names, or that was reported. */
    public Map<RegionId, RegionSummary> regions() {
        return regions;
    }

    /** The newest report of each region that has not expired. */
    public List<Reported> reports() {
        return reports;
    }

    /**
     * Failovers and failbacks seen by a majority, or by this region for its own clients, that the journal does not have
     * yet.
     */
    public List<Turn> turns() {
        return turns;
    }

    /** Whether both give the same table. */
    public boolean decidesAs(HealthPicture other) {
        return targets.equals(other.targets) && statuses().equals(other.statuses());
    }

    private Map<RegionId, HealthStatus> statuses() {
        Map<RegionId, HealthStatus> statuses = new TreeMap<>();
        regions.forEach((region, summary) -> statuses.put(region, summary.status()));
        return statuses;
    }

    /**
     * The differences from an earlier assessment, one line for each target, in order.
     *
     * @param cause why a target is not well, as far as the own checks know
     */
    public List<String> changedFrom(HealthPicture before, BiFunction<RuleId, RegionId, String> cause) {
        List<String> changes = new ArrayList<>();
        targets.forEach((rule, now) -> now.forEach((region, target) -> {
            HealthStatus was = before.of(rule, region).status();
            if (was != target.status()) {
                String why = target.status() == HealthStatus.HEALTHY ? "" : cause.apply(rule, region);
                changes.add("rule [" + rule + "] target [" + region + "] " + was + " -> " + target.status() + " by ["
                        + target.authority().wireName() + "]" + (why.isEmpty() ? "" : ", cause [" + why + "]"));
            }
        }));
        Collections.sort(changes);
        return changes;
    }
}
