package dev.windrose.front.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.windrose.decide.definition.DefinitionCodec;
import dev.windrose.decide.definition.DefinitionState;
import dev.windrose.decide.definition.Fields;
import dev.windrose.decide.definition.GeographyText;
import dev.windrose.front.web.Body;
import dev.windrose.front.web.MergePatch;
import dev.windrose.front.web.Problem;
import dev.windrose.live.table.RuleCounts;
import dev.windrose.model.Residency;
import dev.windrose.model.Rule;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** PATCH of a rule: a merge patch over what GET returns, except for monitors, which it sees as they were written. */
final class RulePatch {

    /** The defaults of a new rule: the texts of the fields, by name in the body. */
    static final Map<String, Map<String, String>> DEFAULTS = Map.ofEntries(
            Map.entry("weights", Map.of(Fields.WEIGHTS, "")),
            Map.entry("endpoints", Map.of(Fields.ENDPOINTS, "")),
            Map.entry("health_check_path", Map.of(Fields.HEALTH_CHECK_PATH, DefinitionCodec.DEFAULT_CHECK_PATH)),
            Map.entry("health_check", Map.of(Fields.HEALTH_CHECK, "")),
            Map.entry("monitors", Map.of()),
            Map.entry("body_contains", Map.of(Fields.BODY_CONTAINS, "")),
            Map.entry("health_policy", Map.of(Fields.HEALTH_POLICY, "")),
            Map.entry("failover_enabled", Map.of(Fields.FAILOVER_ENABLED, "true")),
            Map.entry("failover_policy", Map.of(Fields.FAILOVER_POLICY, "")),
            Map.entry("safety", Map.of(Fields.SAFETY, "")),
            Map.entry("session_affinity", Map.of(Fields.SESSION_AFFINITY, "false")),
            Map.entry("residency", Map.of(Fields.RESIDENCY, GeographyText.text(Residency.NONE))),
            Map.entry("latency_policy", Map.of(Fields.LATENCY_POLICY, "")),
            Map.entry("labels", Map.of(Fields.LABELS, "")),
            Map.entry("fallback", Map.of(Fields.FALLBACK, "fail_open")),
            Map.entry("status", Map.of(Fields.STATUS, "active")));

    /**
     * The fields that a merge patch changes in a rule.
     *
     * @param sent the patch as sent
     */
    static Map<String, String> fields(RuleBodies bodies, ObjectNode sent, Rule rule, DefinitionState now) {
        ObjectNode patch = spelled(sent);
        MergePatch.requireSomething(patch);
        bodies.requireKnown(RuleBodies.read(patch));
        ObjectNode shown = RuleBodies.shown(rule, now, RuleCounts.NONE);
        ObjectNode monitors = shown.putObject("monitors");
        now.fields().forEach((field, entry) -> {
            if (field.startsWith(Fields.MONITOR + ".") && !entry.text().isEmpty()) {
                monitors.set(field.substring(Fields.MONITOR.length() + 1), CheckBodies.given(entry.text()));
            }
        });
        CheckBodies.spellHeaders(patch.path("health_check"), shown.path("health_check"));
        patch.path("monitors")
                .properties()
                .forEach(one -> CheckBodies.spellHeaders(one.getValue(), monitors.path(one.getKey())));
        ObjectNode merged = MergePatch.named(patch, shown);
        if (patch.path("monitors") instanceof ObjectNode changed) {
            ObjectNode each = merged.putObject("monitors");
            changed.properties()
                    .forEach(one -> each.set(
                            one.getKey(),
                            one.getValue().isNull()
                                    ? one.getValue()
                                    : MergePatch.of(monitors.get(one.getKey()), one.getValue())));
        }
        if (patch.has("target_regions")) {
            forgetLeavers(patch, merged);
        }
        Body body = RuleBodies.read(merged);
        Map<String, String> fields = new HashMap<>(bodies.changes(body, rule, now));
        Map<String, String> removed = MergePatch.removed(patch, DEFAULTS, List.of("rule_id"));
        if (removed.containsKey(Fields.WEIGHTS)) {
            removed.put(
                    Fields.WEIGHTS,
                    RuleBodies.weights(
                            Map.of(),
                            patch.has("target_regions") ? RuleBodies.regions(bodies.targets(body)) : rule.targets()));
        }
        if (patch.path("monitors").isNull()) {
            rule.health().monitors().keySet().forEach(name -> removed.put(Fields.of(Fields.MONITOR, name), ""));
        }
        fields.putAll(removed);
        if (fields.isEmpty()) {
            throw Problem.invalid("body: no changes (expected: at least one field besides rule_id)");
        }
        return fields;
    }

    /**
     * The patch with its map keys spelt as in answers, so that another spelling of a key changes the existing entry
     * instead of adding one.
     *
     * @throws Problem when two keys of one map mean the same, or one is not a valid name
     */
    static ObjectNode spelled(ObjectNode patch) {
        ObjectNode spelled = patch.deepCopy();
        Body body = RuleBodies.read(spelled);
        for (String field : List.of("weights", "endpoints")) {
            body.renameKeys(field, key -> body.region(field, key));
        }
        body.renameKeys("residency", key -> key.equals(Residency.EVERYBODY_ELSE) ? key : body.place("residency", key));
        CheckBodies.spell("health_check", spelled.path("health_check"));
        spelled.path("monitors")
                .properties()
                .forEach(one -> CheckBodies.spell("monitors." + one.getKey(), one.getValue()));
        if (spelled.get("target_regions") instanceof ArrayNode targets) {
            for (int i = 0; i < targets.size(); i++) {
                if (targets.get(i).isTextual()) {
                    targets.set(i, targets.get(i).textValue().toLowerCase(Locale.ROOT));
                }
            }
        }
        return spelled;
    }

    /** A target's settings are removed with it, unless the patch names them: then it is refused. */
    private static void forgetLeavers(ObjectNode patch, ObjectNode merged) {
        Set<String> targets = new HashSet<>();
        patch.get("target_regions").forEach(target -> targets.add(target.asText()));
        for (String field : List.of("weights", "endpoints")) {
            if (merged.get(field) instanceof ObjectNode map) {
                map.retain(map.properties().stream()
                        .map(Map.Entry::getKey)
                        .filter(region ->
                                targets.contains(region) || patch.path(field).has(region))
                        .toList());
            }
        }
    }

    private RulePatch() {}
}
