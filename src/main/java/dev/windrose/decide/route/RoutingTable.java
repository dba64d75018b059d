package dev.windrose.decide.route;

import dev.windrose.model.RegionId;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Everything a node decides from. Immutable; a newer one replaces it whole.
 *
 * @param version counts up with every swap on this node
 * @param rules the active rules by name; paused and removed ones are not there
 * @param places names that clients may give for where they are, lower case
 */
public record RoutingTable(long version, Map<String, CompiledRule> rules, Set<String> places) {

    public static final RoutingTable EMPTY = new RoutingTable(0, Map.of(), Set.of());

    /** The regions in which a target of some rule serves. */
    public Set<RegionId> serving() {
        Set<RegionId> serving = new HashSet<>();
        for (CompiledRule rule : rules.values()) {
            List<RegionId> targets = rule.rule().targets();
            for (int i = 0; i < targets.size(); i++) {
                if (rule.isReachable(i) && rule.status(i).serves()) {
                    serving.add(targets.get(i));
                }
            }
        }
        return serving;
    }

    /** The rule of that name, or null when no active rule has it. */
    public @Nullable CompiledRule rule(String name) {
        return rules.get(name);
    }
}
