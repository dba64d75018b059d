package dev.windrose.decide.route;

import dev.windrose.decide.geo.Places;
import dev.windrose.model.RegionId;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Everything a node decides from. Immutable; replaced as a whole.
 *
 * @param version counts up with every swap on this node
 * @param rules the active rules by name, without paused and removed ones
 * @param places the places that clients may name
 * @param withoutRule decides for clients that name no rule, {@link RulelessRouting}; null when no region is known
 */
public record RoutingTable(
        long version,
        Map<String, CompiledRule> rules,
        Places places,
        @Nullable CompiledRule withoutRule) {

    public static final RoutingTable EMPTY = new RoutingTable(0, Map.of(), Places.BUILT_IN, null);

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
