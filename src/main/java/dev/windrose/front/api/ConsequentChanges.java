package dev.windrose.front.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.windrose.decide.definition.DefinitionCodec;
import dev.windrose.decide.definition.RuleWeights;
import dev.windrose.model.RegionId;
import dev.windrose.model.Rule;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** {@code changed} in answers to edits: changes beyond those in the request body. */
final class ConsequentChanges {

    private static final String FIELD = "changed";

    /** After a patch of a rule. */
    static void patch(ObjectNode json, ObjectNode patch, @Nullable Rule before, EditResponses.Edited edited) {
        ArrayNode changed = json.putArray(FIELD);
        Rule after = before == null
                ? null
                : DefinitionCodec.rule(
                        before.id().value(), edited.after(), before.health().check());
        if (before == null || after == null) {
            return;
        }
        Map<RegionId, Double> weights = RuleWeights.stored(after, edited.after());
        Map<RegionId, Double> weightsBefore = RuleWeights.stored(before, edited.before());
        List<RegionId> filled = new ArrayList<>();
        for (RegionId target : after.targets()) {
            boolean given = patch.path("weights").path(target.value()).isNumber();
            boolean taken = patch.path("weights").path(target.value()).isNull();
            if (!given && (taken || !before.targets().contains(target))) {
                filled.add(target);
            }
        }
        if (patch.has("target_regions") && !after.targets().equals(before.targets())) {
            List<RegionId> stay = after.targets().stream()
                    .filter(target -> !filled.contains(target)
                            && weights.getOrDefault(target, 0.0).equals(weightsBefore.get(target)))
                    .toList();
            List<RegionId> left = before.targets().stream()
                    .filter(target -> !after.targets().contains(target))
                    .toList();
            if (!stay.isEmpty() && !(left.isEmpty() && filled.isEmpty())) {
                changed.add("weights: " + shown(stay, weights) + ", unchanged");
            }
            if (!left.isEmpty()) {
                changed.add("weights, endpoints: those of " + names(left) + " are dropped");
            }
        }
        if (!filled.isEmpty()) {
            changed.add("weights: " + shown(filled, weights) + ", the mean of the others, because none was given");
        }
        if (patch.path("weights").isNull()) {
            changed.add("weights: equal for all targets");
        }
    }

    /** After all weights of a rule were set at once. */
    static void whole(ObjectNode json, Set<RegionId> given, List<RegionId> targets) {
        ArrayNode changed = json.putArray(FIELD);
        List<RegionId> others =
                targets.stream().filter(target -> !given.contains(target)).toList();
        if (!others.isEmpty()) {
            changed.add("weights: " + names(others)
                    + " not named, so weight 0; use PATCH on the rule to change single weights");
        }
    }

    private static String shown(Collection<RegionId> regions, Map<RegionId, Double> weights) {
        return regions.stream()
                .map(region -> region + "=" + weights.getOrDefault(region, 0.0))
                .collect(Collectors.joining(", "));
    }

    private static String names(Collection<RegionId> regions) {
        return regions.stream().map(RegionId::value).collect(Collectors.joining(", "));
    }

    private ConsequentChanges() {}
}
