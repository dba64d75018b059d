package dev.windrose.live.health;

import dev.windrose.decide.health.CheckPlan;
import dev.windrose.decide.health.HealthTrack;
import dev.windrose.decide.health.Verdict;
import dev.windrose.model.HealthStatus;
import dev.windrose.model.Region;
import dev.windrose.model.RegionId;
import dev.windrose.model.RuleId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Draws one picture from all that is known at one instant. */
final class Picturing {

    private record Known(HealthStatus status, double latencyMs, double successRate) {}

    private final CheckPlan plan;
    private final Collection<Region> registered;
    private final Map<String, HealthTrack> tracks;
    private final Observers observers;
    private final Reports reports;
    private final long nowNanos;

    Picturing(
            CheckPlan plan,
            Collection<Region> registered,
            Map<String, HealthTrack> tracks,
            Observers observers,
            Reports reports,
            long nowNanos) {
        this.plan = plan;
        this.registered = registered;
        this.tracks = tracks;
        this.observers = observers;
        this.reports = reports;
        this.nowNanos = nowNanos;
    }

    HealthPicture draw() {
        Map<String, Known> checks = new HashMap<>();
        plan.checks().forEach((id, check) -> checks.put(id, known(id, check.region())));
        Map<RuleId, Map<RegionId, HealthPicture.Target>> targets = new HashMap<>();
        plan.byRule().forEach((rule, ids) -> {
            Map<RegionId, HealthPicture.Target> byRegion = new HashMap<>();
            ids.forEach((region, id) -> {
                Known known = checks.get(id);
                if (known != null) {
                    byRegion.put(region, new HealthPicture.Target(known.status(), known.latencyMs()));
                }
            });
            targets.put(rule, byRegion);
        });
        Map<RegionId, List<Known>> byRegion = new HashMap<>();
        plan.checks().forEach((id, check) -> {
            Known known = checks.get(id);
            if (known != null) {
                byRegion.computeIfAbsent(check.region(), region -> new ArrayList<>())
                        .add(known);
            }
        });
        return new HealthPicture(withReports(targets), summaries(byRegion));
    }

    private Known known(String id, RegionId region) {
        HealthTrack track = tracks.get(id);
        Map<String, HealthBoard.Seen> said = observers.say(id);
        HealthBoard.Seen peer = said.remove(observers.self());
        HealthStatus own = track != null ? track.status() : peer == null ? HealthStatus.UNKNOWN : peer.status();
        List<HealthStatus> others =
                said.values().stream().map(HealthBoard.Seen::status).toList();
        Reports.Kept report = reports.of(region, nowNanos);
        HealthStatus reported =
                report == null ? HealthStatus.UNKNOWN : report.report().status();
        return new Known(
                Verdict.of(own, others, reported),
                track != null ? track.latencyMs() : peer == null ? Double.NaN : peer.latencyMs(),
                track != null ? track.successRate() : peer == null ? Double.NaN : peer.successRate());
    }

    /** Rules whose target nobody checks have what was reported of its region. */
    private Map<RuleId, Map<RegionId, HealthPicture.Target>> withReports(
            Map<RuleId, Map<RegionId, HealthPicture.Target>> targets) {
        for (RegionId region : reports.regions()) {
            Reports.Kept report = reports.of(region, nowNanos);
            if (report != null) {
                HealthPicture.Target target = new HealthPicture.Target(
                        report.report().status(), report.report().responseTimeMs());
                targets.values().forEach(byRegion -> byRegion.putIfAbsent(region, target));
            }
        }
        return targets;
    }

    private Map<RegionId, HealthPicture.RegionSummary> summaries(Map<RegionId, List<Known>> checked) {
        Set<RegionId> all = new TreeSet<>(checked.keySet());
        registered.forEach(region -> all.add(region.id()));
        all.addAll(reports.regions());
        Map<RegionId, HealthPicture.RegionSummary> summaries = new HashMap<>();
        all.forEach(region -> summaries.put(
                region, summary(region, checked.getOrDefault(region, List.of()), reports.of(region, nowNanos))));
        return summaries;
    }

    private static HealthPicture.RegionSummary summary(
            RegionId region, List<Known> checks, Reports.@Nullable Kept report) {
        long connections = report == null ? 0 : report.report().activeConnections();
        HealthStatus probed = overall(checks);
        if (probed != HealthStatus.UNKNOWN) {
            return new HealthPicture.RegionSummary(
                    region,
                    probed,
                    mean(checks.stream().map(Known::latencyMs).toList()),
                    mean(checks.stream().map(Known::successRate).toList()),
                    connections,
                    System.currentTimeMillis(),
                    HealthPicture.Source.PROBE);
        }
        if (report != null) {
            return new HealthPicture.RegionSummary(
                    region,
                    report.report().status(),
                    report.report().responseTimeMs(),
                    report.report().successRate(),
                    connections,
                    report.epochMs(),
                    HealthPicture.Source.REPORT);
        }
        return new HealthPicture.RegionSummary(
                region, HealthStatus.UNKNOWN, Double.NaN, Double.NaN, 0, 0, HealthPicture.Source.NONE);
    }

    /** Healthy or unhealthy when all its targets are, degraded when they differ. */
    private static HealthStatus overall(List<Known> checks) {
        HealthStatus overall = HealthStatus.UNKNOWN;
        for (Known check : checks) {
            if (check.status() != HealthStatus.UNKNOWN) {
                overall = overall == HealthStatus.UNKNOWN || overall == check.status()
                        ? check.status()
                        : HealthStatus.DEGRADED;
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
}
