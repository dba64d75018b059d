package dev.windrose.decide.health;

import dev.windrose.model.HealthOverride;
import dev.windrose.model.HealthStatus;
import dev.windrose.model.Region;
import dev.windrose.model.RegionId;
import dev.windrose.model.Rule;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which override is in force at an instant.
 *
 * <p>An override of a rule's target takes precedence over one of the whole region. Where a second approver is required,
 * one person cannot take out a region.
 *
 * @param regions the registered regions
 * @param secondApprover whether taking out a whole region needs the approval of a second person
 */
record Overrides(Map<RegionId, Region> regions, boolean secondApprover, long nowEpochMs) {

    /** What holds for the rule's target; null when nobody says anything. */
    @Nullable
    HealthOverride of(@Nullable Rule rule, RegionId target) {
        HealthOverride own = rule == null ? null : rule.health().overrides().get(target);
        return own != null && own.inForce(nowEpochMs) ? own : of(target);
    }

    /** What holds for the whole region; null when nobody says anything. */
    @Nullable
    HealthOverride of(RegionId region) {
        HealthOverride override = registered(region);
        return override != null && override.inForce(nowEpochMs) && !(secondApprover && lacksApprover(override))
                ? override
                : null;
    }

    private @Nullable HealthOverride registered(RegionId region) {
        Region registered = regions.get(region);
        return registered == null ? null : registered.override();
    }

    private static boolean lacksApprover(HealthOverride override) {
        boolean empties = override.status() == HealthStatus.DRAINING || override.status() == HealthStatus.UNHEALTHY;
        return empties && override.approver().isEmpty();
    }

    /** What the table is to believe: a target that is being emptied serves until it is empty. */
    HealthStatus ordered(@Nullable HealthOverride override) {
        boolean empties = override != null
                && override.status() == HealthStatus.DRAINING
                && !override.drain(nowEpochMs).isEmpty();
        return override == null || empties ? HealthStatus.UNKNOWN : override.status();
    }

    /** When the time of an override of that target was over that still stands in the definition; 0 when there is none. */
    long lapsedEpochMs(Rule rule, RegionId target) {
        return Math.max(lapsed(rule.health().overrides().get(target)), lapsed(registered(target)));
    }

    private long lapsed(@Nullable HealthOverride override) {
        return override == null || override.inForce(nowEpochMs) ? 0 : override.untilEpochMs();
    }
}
