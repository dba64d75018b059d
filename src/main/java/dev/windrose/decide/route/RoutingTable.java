package dev.windrose.decide.route;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything a node decides from. Immutable; a newer one replaces it whole.
 *
 * @param version counts up with every swap on this node
 * @param rules the active rules by name; paused and removed ones are not there
 */
public record RoutingTable(long version, Map<String, CompiledRule> rules) {

    public static final RoutingTable EMPTY = new RoutingTable(0, Map.of());

    /** The rule of that name, or null when no active rule has it. */
    public @Nullable CompiledRule rule(String name) {
        return rules.get(name);
    }
}
