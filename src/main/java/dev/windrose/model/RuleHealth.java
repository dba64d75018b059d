package dev.windrose.model;

import java.util.Map;

/**
 * How the targets of a rule are looked at, and what is made of it.
 *
 * @param check of every target; its path is the rule's {@code health_check_path}
 * @param monitors further checks of every target, by name, at most {@link Monitor#MAX_PER_RULE}
 * @param overrides what operators say of targets, expired ones included
 */
public record RuleHealth(
        HealthCheck check,
        Map<String, Monitor> monitors,
        HealthPolicy policy,
        Map<RegionId, HealthOverride> overrides) {

    public RuleHealth {
        monitors = Map.copyOf(monitors);
        overrides = Map.copyOf(overrides);
    }

    /** One check, and no more said. */
    public static RuleHealth of(HealthCheck check) {
        return new RuleHealth(check, Map.of(), HealthPolicy.DEFAULT, Map.of());
    }
}
