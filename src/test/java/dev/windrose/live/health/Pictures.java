package dev.windrose.live.health;

import dev.windrose.decide.health.HealthPicture;
import dev.windrose.decide.health.HealthReport;
import dev.windrose.model.Authority;
import dev.windrose.model.HealthStatus;
import dev.windrose.model.RegionId;
import dev.windrose.model.Rule;
import dev.windrose.model.RuleId;
import dev.windrose.model.TargetHealth;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Pictures of health made from reports alone. */
public final class Pictures {

    /** Every target of every rule is as the last report about its region says. */
    public static HealthPicture of(Collection<Rule> rules, Collection<HealthReport> reports, long nowEpochMs) {
        Map<RegionId, HealthPicture.RegionSummary> regions = new HashMap<>();
        for (HealthReport report : reports) {
            boolean stale = report.ageMs() > 0;
            regions.put(
                    report.region(),
                    new HealthPicture.RegionSummary(
                            report.region(),
                            stale ? HealthStatus.UNKNOWN : report.status(),
                            report.responseTimeMs(),
                            report.successRate(),
                            report.activeConnections(),
                            nowEpochMs - report.ageMs(),
                            stale ? HealthPicture.Source.STALE : HealthPicture.Source.REPORT));
        }
        Map<RuleId, Map<RegionId, TargetHealth>> targets = new HashMap<>();
        for (Rule rule : rules) {
            Map<RegionId, TargetHealth> ofRule = new HashMap<>();
            for (RegionId region : rule.targets()) {
                HealthPicture.RegionSummary summary = regions.get(region);
                ofRule.put(
                        region,
                        summary == null || summary.source() == HealthPicture.Source.STALE
                                ? TargetHealth.UNKNOWN
                                : TargetHealth.of(summary.status(), Authority.REPORT, summary.responseTimeMs()));
            }
            targets.put(rule.id(), ofRule);
        }
        return new HealthPicture(targets, regions, List.of(), List.of());
    }

    private Pictures() {}
}
