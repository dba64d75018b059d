package dev.windrose.model;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Sends clients of some areas to some regions.
 *
 * @param sources areas or regions of clients, lower case
 * @param targets regions in order of preference
 * @param priority lower first, 0 to 1,000,000
 * @param latencyThresholdMs a target is chosen only when its latency is known to be at most this, or unknown
 * @param rule the one rule this applies to, or null for all rules
 */
public record GeographicRule(
        RuleId id,
        Set<String> sources,
        List<RegionId> targets,
        int priority,
        double latencyThresholdMs,
        @Nullable RuleId rule,
        RuleStatus status) {

    public GeographicRule {
        sources = Set.copyOf(sources);
        targets = List.copyOf(targets);
    }
}
