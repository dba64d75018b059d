package dev.windrose.decide.health;

import dev.windrose.model.HealthOverride;
import dev.windrose.model.HealthStatus;
import dev.windrose.model.RegionId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The health of whole regions: by override, else by all checks in the region, else by the last report. */
final class RegionSummaries {

    /** @param checked combined results of each check of a region */
    static Map<RegionId, HealthPicture.RegionSummary> of(
            HealthFacts facts, Overrides overrides, Map<RegionId, List<CheckVerdict>> checked) {
        Set<RegionId> all = new TreeSet<>(checked.keySet());
        all.addAll(facts.watchlist().regions().keySet());
        all.addAll(facts.reports().keySet());
        Map<RegionId, HealthPicture.RegionSummary> summaries = new HashMap<>();
        all.forEach(region ->
                summaries.put(region, summary(region, facts, overrides, checked.getOrDefault(region, List.of()))));
        return summaries;
    }

    private static HealthPicture.RegionSummary summary(
            RegionId region, HealthFacts facts, Overrides overrides, List<CheckVerdict> checks) {
        HealthOverride override = overrides.of(region);
        HealthStatus ordered = override == null ? HealthStatus.UNKNOWN : override.status();
        HealthStatus probed = overall(checks);
        HealthFacts.LastReport last = facts.reports().get(region);
        if (ordered == HealthStatus.UNKNOWN && probed == HealthStatus.UNKNOWN) {
            return last == null ? nothing(region) : reported(region, last);
        }
        boolean overridden = ordered != HealthStatus.UNKNOWN;
        return new HealthPicture.RegionSummary(
                region,
                overridden ? ordered : probed,
                mean(checks.stream().map(CheckVerdict::latencyMs).toList()),
                mean(checks.stream().map(CheckVerdict::successRate).toList()),
                last != null && last.counts() ? last.said().report().activeConnections() : 0,
                facts.nowEpochMs(),
                overridden ? HealthPicture.Source.OVERRIDE : HealthPicture.Source.PROBE);
    }

    private static HealthPicture.RegionSummary reported(RegionId region, HealthFacts.LastReport last) {
        HealthReport report = last.said().report();
        return new HealthPicture.RegionSummary(
                region,
                last.counts() ? last.believed() : HealthStatus.UNKNOWN,
                report.responseTimeMs(),
                report.successRate(),
                report.activeConnections(),
                last.said().epochMs(),
                last.counts() ? HealthPicture.Source.REPORT : HealthPicture.Source.STALE);
    }

    private static HealthPicture.RegionSummary nothing(RegionId region) {
        return new HealthPicture.RegionSummary(
                region, HealthStatus.UNKNOWN, Double.NaN, Double.NaN, 0, 0, HealthPicture.Source.NONE);
    }

    /** Healthy or unhealthy when all checks are, degraded when they differ. */
    private static HealthStatus overall(List<CheckVerdict> checks) {
        HealthStatus overall = HealthStatus.UNKNOWN;
        for (CheckVerdict check : checks) {
            HealthStatus status = check.ruling().status();
            if (status != HealthStatus.UNKNOWN) {
                overall = overall == HealthStatus.UNKNOWN || overall == status ? status : HealthStatus.DEGRADED;
            }
        }
        return overall;
    }

    private static double mean(List<Double> values) {
        return values.stream()
                .filter(value -> !Double.isNaN(value))
                .mapToDouble(Double::doubleValue)
                .average()
                .orElse(Double.NaN);
    }

    private RegionSummaries() {}
}
