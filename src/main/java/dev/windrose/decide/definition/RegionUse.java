package dev.windrose.decide.definition;

import dev.windrose.model.DefinitionKey;
import dev.windrose.model.GeographicRule;
import dev.windrose.model.Region;
import dev.windrose.model.RegionId;
import dev.windrose.model.Rule;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which rules need a region: without it they would send clients to a region that no longer exists. */
public final class RegionUse {

    /**
     * The definitions that a change of a region would break, in the order given.
     *
     * @param before the current region; null when it is not registered, so that nothing is removed
     * @param after the resulting region; null when it is removed
     * @param knownElsewhere whether rules may name the region although it is not registered
     */
    public static List<DefinitionKey> broken(
            @Nullable Region before,
            @Nullable Region after,
            Collection<Rule> rules,
            Collection<GeographicRule> geographicRules,
            boolean knownElsewhere) {
        List<DefinitionKey> broken = new ArrayList<>();
        if (before == null) {
            return broken;
        }
        RegionId region = before.id();
        boolean emptied = after != null
                && after.endpoints().isEmpty()
                && !before.endpoints().isEmpty();
        for (Rule rule : rules) {
            boolean sent = rule.targets().contains(region)
                    || region.equals(rule.fallback().region());
            boolean named = sent
                    || rule.geography().residency().allowed().values().stream()
                            .anyMatch(regions -> regions.contains(region));
            if (after == null
                    ? sent || (named && !knownElsewhere)
                    : emptied && sent && !rule.endpoints().containsKey(region)) {
                broken.add(DefinitionKey.rule(rule.id()));
            }
        }
        for (GeographicRule rule : geographicRules) {
            if (after == null && !knownElsewhere && rule.targets().contains(region)) {
                broken.add(DefinitionKey.geographicRule(rule.id()));
            }
        }
        return broken;
    }

    private RegionUse() {}
}
