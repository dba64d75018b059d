package dev.windrose.decide.route;

import dev.windrose.model.RegionId;
import dev.windrose.model.RuleId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Guards against emptying a rule: finds the rules that would have no serving region without a given one. */
public final class EmptyingGuard {

    /**
     * The names of the rules that would have too few serving regions; each followed by the place of the clients that
     * only the region may serve.
     *
     * @param only the one rule from which the region is taken; null for all
     */
    public static List<String> emptied(RoutingTable table, @Nullable RuleId only, RegionId region) {
        List<String> emptied = new ArrayList<>();
        table.rules().forEach((name, rule) -> {
            int target = rule.rule().targets().indexOf(region);
            if (target < 0 || (only != null && !only.value().equals(name))) {
                return;
            }
            int others = 0;
            for (int i = 0; i < rule.rule().targets().size(); i++) {
                others += i != target && rule.isReachable(i) && rule.status(i).serves() ? 1 : 0;
            }
            if (others < rule.rule().failover().safety().minRegions()) {
                emptied.add(name);
                return;
            }
            String place = rule.rule().geography().residency().emptied(region, other -> serves(rule, other));
            if (place != null) {
                emptied.add(name + " (clients of " + place + ")");
            }
        });
        Collections.sort(emptied);
        return emptied;
    }

    private static boolean serves(CompiledRule rule, RegionId region) {
        int target = rule.rule().targets().indexOf(region);
        return target >= 0 && rule.isReachable(target) && rule.status(target).serves();
    }

    private EmptyingGuard() {}
}
