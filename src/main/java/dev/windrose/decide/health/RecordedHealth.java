package dev.windrose.decide.health;

import dev.windrose.model.Authority;
import dev.windrose.model.Drain;
import dev.windrose.model.HealthOverride;
import dev.windrose.model.HealthStatus;
import dev.windrose.model.HealthView;
import dev.windrose.model.Region;
import dev.windrose.model.RegionId;
import dev.windrose.model.Rule;
import dev.windrose.model.RuleId;
import dev.windrose.model.TargetHealth;
import java.util.Map;

/**
 * Health at a past instant as recorded in definitions: overrides in force and recorded failovers. Past measurements are
 * not stored; where nothing is recorded, a target is unknown and serves.
 */
public record RecordedHealth(Map<RuleId, Rule> rules, Map<RegionId, Region> regions, long epochMs)
        implements HealthView {

    @Override
    public TargetHealth of(RuleId rule, RegionId target) {
        Rule of = rules.get(rule);
        Overrides overrides = new Overrides(regions, false, epochMs);
        HealthOverride override = overrides.of(of, target);
        if (override != null) {
            Drain drain = override.drain(epochMs);
            HealthStatus ordered = overrides.ordered(override);
            return (ordered == HealthStatus.UNKNOWN
                            ? TargetHealth.UNKNOWN
                            : TargetHealth.of(ordered, Authority.OVERRIDE, Double.NaN))
                    .withDrain(drain);
        }
        return of != null && of.failover().left(target)
                ? TargetHealth.of(HealthStatus.UNHEALTHY, Authority.PROBE, Double.NaN)
                : TargetHealth.UNKNOWN;
    }
}
