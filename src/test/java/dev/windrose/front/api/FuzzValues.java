package dev.windrose.front.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.windrose.document.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;

/** Values that a schema of the document allows, or nearly so: what it says only in words is not held to. */
final class FuzzValues {

    private static final JsonNodeFactory MAKE = JsonNodeFactory.instance;

    private static final int DEPTH_AT_MOST = 8;

    /** Texts of which some fit every pattern of the document. Names are few, so that calls meet what others made. */
    private static final List<String> TEXTS = List.of(
            "web",
            "near",
            "ci",
            "f1",
            "f2",
            "us-east-1",
            "eu-west-1",
            "ap-southeast-1",
            "eu-central-1",
            "europe",
            "asia",
            "Europe",
            "*",
            "",
            "http://127.0.0.1:9101",
            "tcp://10.1.2.3:99",
            "/health",
            "fail_open",
            "fail_closed",
            "region:eu-central-1",
            "rule:web",
            "geo:near",
            "region:us-east-1",
            "0123456789abcdef",
            "\"0123456789abcdef\"");

    private static final List<String> TIMES = List.of(
            "2026-01-31T12:00:00Z",
            "2100-01-01T00:00:00+14:00",
            "1970-01-01T00:00:00Z",
            "+999999999-12-31T23:59:59.999999999-18:00",
            "-999999999-01-01T00:00:00+18:00",
            "0000-01-01T00:00:00Z",
            "2026-01-31T12:00:00",
            "2026-02-30T12:00:00Z");

    private static final List<String> WORDS = List.of(
            "ada",
            "new racks",
            "203.0.113.7",
            "2001:db8::1",
            "203.0.113.0/24",
            "@53:13",
            "operator;region=eu-west-1;label.team=shop",
            "viewer",
            "dev.windrose.fuzzed",
            "127.0.0.1:1",
            "opt-000000000000",
            "us-east-1/test",
            "2026-01-31T08:00Z/2026-01-31T09:00Z",
            "1",
            "-1",
            "NaN",
            "Ärger 東京 😀");

    private final JsonNode document;
    private final Random random;

    FuzzValues(JsonNode document, Random random) {
        this.document = document;
        this.random = random;
    }

    JsonNode of(JsonNode schema) {
        return of(schema, 0);
    }

    private JsonNode of(JsonNode unresolved, int depth) {
        JsonNode schema = Schema.resolved(document, unresolved);
        if (depth > DEPTH_AT_MOST) {
            return MAKE.nullNode();
        }
        if (schema.has("const")) {
            return schema.get("const");
        }
        if (schema.has("enum")) {
            return one(schema.get("enum"));
        }
        if (schema.has("oneOf")) {
            return of(one(schema.get("oneOf")), depth + 1);
        }
        if (schema.has("allOf")) {
            ObjectNode all = MAKE.objectNode();
            schema.get("allOf").forEach(part -> {
                if (of(part, depth + 1) instanceof ObjectNode object) {
                    all.setAll(object);
                }
            });
            return all;
        }
        JsonNode types = schema.path("type");
        return switch (types.isArray() ? one(types).asText() : types.asText()) {
            case "object" -> object(schema, depth);
            case "array" -> array(schema, depth);
            case "string" -> MAKE.textNode(text(schema));
            case "boolean" -> MAKE.booleanNode(random.nextBoolean());
            case "number", "integer" -> number(schema);
            default -> MAKE.nullNode();
        };
    }

    private JsonNode one(JsonNode list) {
        return list.get(random.nextInt(list.size()));
    }

    <T> T one(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    private JsonNode object(JsonNode schema, int depth) {
        ObjectNode object = MAKE.objectNode();
        List<String> required = new ArrayList<>();
        schema.path("required").forEach(name -> required.add(name.asText()));
        for (Map.Entry<String, JsonNode> property : schema.path("properties").properties()) {
            if (required.contains(property.getKey()) || random.nextInt(100) < 30) {
                object.set(property.getKey(), of(property.getValue(), depth + 1));
            }
        }
        JsonNode others = schema.path("additionalProperties");
        if (others.isObject()) {
            JsonNode names = schema.path("propertyNames");
            for (int i = random.nextInt(4); i > 0; i--) {
                object.set(names.isMissingNode() ? one(TEXTS) : of(names).asText(), of(others, depth + 1));
            }
        }
        if (!schema.has("properties") && !schema.has("additionalProperties")) {
            // The fields of a definition in a list are said in words alone.
            return of(
                    document.at("/components/schemas/" + one(List.of("NewRule", "NewGeographicRule", "RegionFields"))));
        }
        return object;
    }

    private ArrayNode array(JsonNode schema, int depth) {
        ArrayNode array = MAKE.arrayNode();
        int size = schema.path("minItems").asInt() + random.nextInt(3);
        for (int i = 0; i < size; i++) {
            array.add(of(schema.path("items"), depth + 1));
        }
        return array;
    }

    private String text(JsonNode schema) {
        if (schema.has("pattern")) {
            Pattern pattern = Pattern.compile(schema.get("pattern").asText());
            List<String> fitting =
                    TEXTS.stream().filter(text -> pattern.matcher(text).find()).toList();
            return fitting.isEmpty() ? one(WORDS) : one(fitting);
        }
        if (schema.path("format").asText().equals("date-time")) {
            return one(TIMES);
        }
        int most = schema.path("maxLength").asInt(100);
        return switch (random.nextInt(12)) {
            case 0 -> "x".repeat(most);
            case 1 -> "😀".repeat(most / 2);
            case 2 -> one(TIMES);
            case 3 -> one(TEXTS);
            default -> one(WORDS);
        };
    }

    private JsonNode number(JsonNode schema) {
        double least = schema.path("minimum").asDouble(-1e6);
        double most = schema.path("maximum").asDouble(1e6);
        double value = switch (random.nextInt(6)) {
            case 0 -> least;
            case 1 -> most;
            case 2 -> Math.max(least, Math.min(most, 1));
            case 3 -> schema.path("default").asDouble(least);
            default -> least + random.nextDouble() * Math.min(most - least, 1000);
        };
        JsonNode type = schema.path("type");
        return (type.isArray() ? type.path(0) : type).asText().equals("integer")
                ? MAKE.numberNode((long) value)
                : MAKE.numberNode(value);
    }
}
