package dev.windrose.front.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.windrose.decide.definition.DefinitionChecks;
import dev.windrose.decide.definition.DefinitionCodec;
import dev.windrose.decide.definition.DefinitionState;
import dev.windrose.decide.definition.Fields;
import dev.windrose.decide.definition.ThreeWay;
import dev.windrose.front.web.Body;
import dev.windrose.front.web.Json;
import dev.windrose.front.web.Problem;
import dev.windrose.model.DefinitionKey;
import dev.windrose.model.GeographicRule;
import dev.windrose.model.Rule;
import dev.windrose.model.RuleId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** Converts geographic rules between JSON and their fields. */
final class GeographicRuleBodies {

    private static final Set<String> KNOWN = Set.of(
            "rule_id", "source_regions", "target_regions", "priority", "latency_threshold_ms", "status", "applies_to");

    /** The defaults of a new rule. */
    static final Map<String, Map<String, String>> DEFAULTS = Map.of(
            "priority", Map.of(Fields.PRIORITY, Integer.toString(DefinitionCodec.DEFAULT_PRIORITY)),
            "latency_threshold_ms",
                    Map.of(Fields.LATENCY_THRESHOLD_MS, Double.toString(DefinitionCodec.DEFAULT_LATENCY_THRESHOLD_MS)),
            "applies_to", Map.of(Fields.RULE_ID, ""),
            "status", Map.of(Fields.STATUS, "active"));

    private final KnownRegions known;
    private final Predicate<RuleId> exists;

    /** @param exists whether such a rule exists */
    GeographicRuleBodies(KnownRegions known, Predicate<RuleId> exists) {
        this.known = known;
        this.exists = exists;
    }

    static Body read(ObjectNode object) {
        return new Body(object, KNOWN);
    }

    /** All fields of a new rule, with defaults for what the body does not contain. */
    Map<String, String> whole(Body body) {
        Map<String, String> fields = new HashMap<>();
        DEFAULTS.values().forEach(fields::putAll);
        fields.put(Fields.SOURCE_REGIONS, sources(body));
        fields.put(Fields.TARGET_REGIONS, targets(body));
        fields.putAll(changes(body));
        return fields;
    }

    /** The fields that the body names. */
    Map<String, String> changes(Body body) {
        Map<String, String> fields = new HashMap<>();
        if (body.has("source_regions")) {
            fields.put(Fields.SOURCE_REGIONS, sources(body));
        }
        if (body.has("target_regions")) {
            fields.put(Fields.TARGET_REGIONS, targets(body));
        }
        if (body.has("priority")) {
            fields.put(Fields.PRIORITY, Long.toString(body.whole("priority", 0, DefinitionChecks.MAX_PRIORITY)));
        }
        if (body.has("latency_threshold_ms")) {
            fields.put(
                    Fields.LATENCY_THRESHOLD_MS,
                    Double.toString(body.number("latency_threshold_ms", 0.001, DefinitionChecks.MAX_LATENCY_MS)));
        }
        if (body.has("applies_to")) {
            String rule = body.text("applies_to", 63);
            if (!rule.isEmpty() && !exists.test(new RuleId(body.name("applies_to")))) {
                throw Problem.unknownReference(
                        "applies_to: '" + rule + "' (expected: a rule that exists, or empty for all)");
            }
            fields.put(Fields.RULE_ID, rule);
        }
        if (body.has("status")) {
            fields.put(Fields.STATUS, body.text("status", 16));
        }
        return fields;
    }

    private static String sources(Body body) {
        return Fields.list(body.places("source_regions", 1, DefinitionChecks.MAX_AREAS));
    }

    private String targets(Body body) {
        List<String> targets = body.names("target_regions", 1, Rule.MAX_TARGETS, true);
        known.require("target_regions", targets);
        return Fields.list(targets);
    }

    /** A geographic rule as answers show it. */
    static ObjectNode shown(GeographicRule rule, DefinitionState state, long usage) {
        ObjectNode json = Json.object();
        json.put("rule_id", rule.id().value());
        ArrayNode sources = json.putArray("source_regions");
        rule.sources().stream().sorted().forEach(sources::add);
        ArrayNode targets = json.putArray("target_regions");
        rule.targets().forEach(region -> targets.add(region.value()));
        json.put("priority", rule.priority());
        json.put("latency_threshold_ms", rule.latencyThresholdMs());
        RuleId only = rule.rule();
        json.put("applies_to", only == null ? "" : only.value());
        json.put("status", rule.status().wireName());
        json.put("managed_by", ThreeWay.owner(state));
        RuleBodies.times(json, state);
        json.put("usage_count", usage);
        json.put("revision", state.revision());
        ConflictBodies.show(json, DefinitionKey.geographicRule(rule.id()), state);
        return json;
    }
}
