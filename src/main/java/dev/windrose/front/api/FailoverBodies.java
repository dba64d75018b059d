package dev.windrose.front.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.windrose.front.web.Json;
import dev.windrose.model.FailoverMark;
import dev.windrose.model.RegionId;
import dev.windrose.model.RuleFailover;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * {@code failovers} of a rule: the latest record in the journal for each target, for everyone or for the clients of
 * some regions.
 */
final class FailoverBodies {

    static void show(ObjectNode json, RuleFailover failover) {
        TreeSet<RegionId> targets = new TreeSet<>(failover.marks().keySet());
        targets.addAll(failover.views().keySet());
        for (RegionId target : targets) {
            Map<RegionId, FailoverMark> views = new TreeMap<>(failover.views().getOrDefault(target, Map.of()));
            List<RegionId> only = views.keySet().stream()
                    .filter(observer -> failover.leftBy(target, observer))
                    .toList();
            FailoverMark everybody = failover.marks().get(target);
            boolean alone = !failover.left(target) && !only.isEmpty();
            FailoverMark shown = failover.left(target) ? everybody : newest(views, everybody, alone);
            if (shown != null) {
                show(json.putObject(target.value()), shown, alone ? only : List.of());
            }
        }
    }

    /** The newest of all, or of those that record a failover. */
    private static @Nullable FailoverMark newest(
            Map<RegionId, FailoverMark> views, @Nullable FailoverMark everybody, boolean out) {
        FailoverMark newest = views.values().stream()
                .filter(mark -> mark.out() || !out)
                .max(Comparator.comparingLong(FailoverMark::atEpochMs))
                .orElse(null);
        boolean older = newest == null || (everybody != null && everybody.atEpochMs() > newest.atEpochMs());
        return older && !out ? everybody : newest;
    }

    private static void show(ObjectNode json, FailoverMark mark, List<RegionId> only) {
        json.put("state", mark.out() ? "out" : "back");
        json.put("at", Json.time(mark.atEpochMs()));
        json.put("by", mark.by());
        json.put("evidence", mark.evidence());
        if (!only.isEmpty()) {
            ArrayNode regions = json.putArray("only_for");
            only.forEach(region -> regions.add(region.value()));
        }
    }

    private FailoverBodies() {}
}
