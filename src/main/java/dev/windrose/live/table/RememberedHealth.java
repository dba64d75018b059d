package dev.windrose.live.table;

import dev.windrose.model.HealthStatus;
import dev.windrose.model.HealthView;
import dev.windrose.model.RegionId;
import dev.windrose.model.RuleId;
import java.util.Map;

/** What is known now, and for what is not known yet, what was believed before the restart. */
record RememberedHealth(HealthView now, Map<String, Map<String, HealthStatus>> before) implements HealthView {

    @Override
    public HealthStatus status(RuleId rule, RegionId target) {
        HealthStatus status = now.status(rule, target);
        return status == HealthStatus.UNKNOWN
                ? before.getOrDefault(rule.value(), Map.of()).getOrDefault(target.value(), HealthStatus.UNKNOWN)
                : status;
    }

    @Override
    public double latencyMs(RuleId rule, RegionId target) {
        return now.latencyMs(rule, target);
    }
}
