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

    /** The override of the rule's target; null for none. */
    @Nullable
    HealthOverride of(@Nullable Rule rule, RegionId target) {
        HealthOverride own = rule == null ? null : rule.health().overrides().get(target);
        return own != null && own.inForce(nowEpochMs) ? own : of(target);
    }

    /** The override of the whole region; null for none. */
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

    /** The status that the table uses: a target that is being drained serves until it is empty. */
    HealthStatus ordered(@Nullable HealthOverride override) {
        boolean empties = override != null
                && override.status() == HealthStatus.DRAINING
                && !override.drain(nowEpochMs).isEmpty();
        return override == null || empties ? HealthStatus.UNKNOWN : override.status();
    }

    /** When the target's override expired that is still in the definition; 0 for none. */
    long lapsedEpochMs(Rule rule, RegionId target) {
        return Math.max(lapsed(rule.health().overrides().get(target)), lapsed(registered(target)));
    }

    private long lapsed(@Nullable HealthOverride override) {
        return override == null || override.inForce(nowEpochMs) ? 0 : override.untilEpochMs();
    }
}
