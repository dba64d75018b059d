package dev.windrose.live.table;

import dev.windrose.model.Authority;
import dev.windrose.model.HealthStatus;
import dev.windrose.model.HealthView;
import dev.windrose.model.RegionId;
import dev.windrose.model.RuleId;
import dev.windrose.model.TargetHealth;
import java.util.Map;

/** The current health, and, where it is not known yet, the status from before the restart. */
record RememberedHealth(HealthView now, Map<String, Map<String, HealthStatus>> before) implements HealthView {

    @Override
    public TargetHealth region(RegionId region) {
        return now.region(region);
    }

    @Override
    public TargetHealth of(RuleId rule, RegionId target) {
        TargetHealth seen = now.of(rule, target);
        if (seen.status() != HealthStatus.UNKNOWN) {
            return seen;
        }
        HealthStatus status = before.getOrDefault(rule.value(), Map.of()).get(target.value());
        return status == null ? seen : seen.is(status, Authority.NONE);
    }
}
