package dev.windrose.live.health;

import dev.windrose.model.HealthStatus;
import dev.windrose.model.RegionId;
import dev.windrose.model.Rule;
import dev.windrose.model.RuleId;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/** Pictures of health made from reports alone. */
public final class Pictures {

    /** Every target of every rule is as the last report about its region says. */
    public static HealthPicture of(Collection<Rule> rules, Collection<HealthReport> reports, long nowEpochMs) {
        Map<RegionId, HealthPicture.RegionSummary> regions = new HashMap<>();
        for (HealthReport report : reports) {
            regions.put(
                    report.region(),
                    new HealthPicture.RegionSummary(
                            report.region(),
                            report.status(),
                            report.responseTimeMs(),
                            report.successRate(),
                            report.activeConnections(),
                            nowEpochMs,
                            HealthPicture.Source.REPORT));
        }
        Map<RuleId, Map<RegionId, HealthPicture.Target>> targets = new HashMap<>();
        for (Rule rule : rules) {
            Map<RegionId, HealthPicture.Target> ofRule = new HashMap<>();
            for (RegionId region : rule.targets()) {
                HealthPicture.RegionSummary summary = regions.get(region);
                ofRule.put(
                        region,
                        summary == null
                                ? new HealthPicture.Target(HealthStatus.UNKNOWN, Double.NaN)
                                : new HealthPicture.Target(summary.status(), summary.responseTimeMs()));
            }
            targets.put(rule.id(), ofRule);
        }
        return new HealthPicture(targets, regions);
    }

    private Pictures() {}
}
