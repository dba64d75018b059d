package dev.windrose.document;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The schemas of merge patches (RFC 7396), made of those of the fields: null removes whatever a definition need not have, in
 * objects within it as well.
 */
final class PatchSchema {

    /** A patch, the fields that it may name, and the schema that says which of them a definition must have. */
    private record Kind(String patch, String fields, String whole, String name) {}

    private static final List<Kind> KINDS = List.of(
            new Kind("RulePatch", "RuleFields", "NewRule", "rule_id"),
            new Kind("GeographicRulePatch", "GeographicRuleFields", "NewGeographicRule", "rule_id"),
            new Kind("RegionPatch", "RegionFields", "RegionFields", "region_id"));

    /** Adds them to the document. */
    static void addTo(ObjectNode document) {
        ObjectNode schemas = (ObjectNode) document.at("/components/schemas");
        for (Kind kind : KINDS) {
            List<String> kept = new ArrayList<>(List.of(kind.name()));
            schemas.path(kind.whole()).path("required").forEach(name -> kept.add(name.asText()));
            ObjectNode patch = removable(document, schemas.path(kind.fields()), kept);
            patch.put("type", "object").put("minProperties", 1);
            schemas.set(kind.patch(), patch);
        }
    }

    /** A schema of something that null removes. */
    private static ObjectNode orNull(JsonNode document, JsonNode field) {
        JsonNode schema = Schema.resolved(document, field);
        List<String> kept = new ArrayList<>();
        schema.path("required").forEach(name -> kept.add(name.asText()));
        ObjectNode either = removable(document, schema, kept);
        JsonNode type = either.path("type");
        if (type.isTextual()) {
            either.putArray("type").add(type.asText()).add("null");
        }
        if (either.get("enum") instanceof ArrayNode values) {
            values.addNull();
        }
        if (either.get("oneOf") instanceof ArrayNode forms && !takesNull(forms)) {
            forms.addObject().put("type", "null");
        }
        return either;
    }

    private static boolean takesNull(ArrayNode forms) {
        for (JsonNode form : forms) {
            if (form.path("type").asText().equals("null")) {
                return true;
            }
        }
        return false;
    }

    /** An object's schema of which null removes every field but those that are kept. */
    private static ObjectNode removable(JsonNode document, JsonNode schema, List<String> kept) {
        ObjectNode copy = schema.deepCopy();
        if (copy.get("properties") instanceof ObjectNode fields) {
            for (Map.Entry<String, JsonNode> field : schema.get("properties").properties()) {
                if (!kept.contains(field.getKey())) {
                    fields.set(field.getKey(), orNull(document, field.getValue()));
                }
            }
        }
        if (copy.path("additionalProperties").isObject()) {
            copy.set("additionalProperties", orNull(document, schema.get("additionalProperties")));
        }
        // A patch need not say again what is there.
        copy.remove("required");
        return copy;
    }

    private PatchSchema() {}
}
