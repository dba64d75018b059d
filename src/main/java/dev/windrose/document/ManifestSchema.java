package dev.windrose.document;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The JSON Schema of manifests, made of what the {@link ApiDocument} says of the same definitions. */
public final class ManifestSchema {

    /** Kind, schema of the document, and the field that names one. */
    private static final List<List<String>> KINDS = List.of(
            List.of("region", "RegionFields", "region_id"),
            List.of("rule", "NewRule", "rule_id"),
            List.of("geographic_rule", "NewGeographicRule", "rule_id"));

    private static final ObjectNode WHOLE = made();

    /** A schema that stands alone: everything that it refers to is in it. */
    public static ObjectNode whole() {
        return WHOLE.deepCopy();
    }

    private static ObjectNode made() {
        ObjectNode api = ApiDocument.whole();
        ObjectNode schema = JsonNodeFactory.instance.objectNode();
        schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.put("title", "A definition of Windrose");
        ArrayNode forms = schema.putArray("oneOf");
        Map<String, JsonNode> used = new LinkedHashMap<>();
        for (List<String> kind : KINDS) {
            ObjectNode form = forms.addObject();
            form.put("type", "object");
            form.putArray("required").add("kind").add("spec");
            form.put("additionalProperties", false);
            ObjectNode properties = form.putObject("properties");
            properties.putObject("kind").put("const", kind.get(0));
            ObjectNode named = properties.putObject("spec");
            ArrayNode both = named.putArray("allOf");
            both.addObject().put("$ref", "#/$defs/" + kind.get(1));
            both.addObject().put("type", "object").putArray("required").add(kind.get(2));
            use(api, kind.get(1), used);
        }
        ObjectNode definitions = schema.putObject("$defs");
        used.forEach(definitions::set);
        return schema;
    }

    /** Takes one schema of the document, and all that it refers to. */
    private static void use(ObjectNode api, String name, Map<String, JsonNode> used) {
        if (used.containsKey(name)) {
            return;
        }
        JsonNode schema = api.at("/components/schemas/" + name).deepCopy();
        used.put(name, schema);
        redirect(api, schema, used);
    }

    private static void redirect(ObjectNode api, JsonNode node, Map<String, JsonNode> used) {
        if (node instanceof ObjectNode object && object.path("$ref").isTextual()) {
            String name = object.get("$ref").asText().substring("#/components/schemas/".length());
            object.put("$ref", "#/$defs/" + name);
            use(api, name, used);
        }
        node.forEach(inner -> redirect(api, inner, used));
    }

    /** What is wrong with a manifest, told by the form that its kind names. */
    public static List<String> problems(JsonNode manifest) {
        JsonNode schema = WHOLE;
        for (JsonNode form : schema.path("oneOf")) {
            if (form.at("/properties/kind/const").equals(manifest.path("kind"))) {
                return new Schema(schema, form).problems(manifest);
            }
        }
        return List.of("kind: " + (manifest.has("kind") ? manifest.get("kind") : "missing")
                + " (expected: region, rule or geographic_rule)");
    }

    private ManifestSchema() {}
}
