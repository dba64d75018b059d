package dev.windrose.document;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Holds values against JSON Schema, as far as our own documents use it: what a schema says beyond that is refused when it is
 * met, so that nothing is taken for checked that is not.
 */
public final class Schema {

    private static final Set<String> REMARKS =
            Set.of("description", "default", "format", "example", "title", "$schema", "$id", "$defs");

    private final JsonNode root;
    private final JsonNode schema;

    /** @param root what {@code $ref} points into */
    public Schema(JsonNode root, JsonNode schema) {
        this.root = root;
        this.schema = schema;
    }

    /** Everything wrong with a value, one line each; empty when it is valid. */
    public List<String> problems(JsonNode value) {
        List<String> problems = new ArrayList<>();
        check(schema, value, "", problems);
        return problems;
    }

    /** A schema itself, or what its {@code $ref} points to. */
    public static JsonNode resolved(JsonNode root, JsonNode schema) {
        JsonNode reference = schema.get("$ref");
        if (reference == null) {
            return schema;
        }
        JsonNode target = root.at(reference.asText().substring(1));
        if (target.isMissingNode()) {
            throw new IllegalStateException("$ref: '" + reference.asText() + "' (expected: an existing definition)");
        }
        return resolved(root, target);
    }

    private void check(JsonNode unresolved, JsonNode value, String at, List<String> problems) {
        JsonNode schema = resolved(root, unresolved);
        for (Map.Entry<String, JsonNode> keyword : schema.properties()) {
            String problem = problem(keyword.getKey(), keyword.getValue(), schema, value, at, problems);
            if (problem != null) {
                problems.add((at.isEmpty() ? "value" : at) + ": " + shortened(value) + " (expected: " + problem + ")");
            }
        }
    }

    /** What is expected and not so by one keyword; null when it is. Inner problems are added by themselves. */
    private @Nullable String problem(
            String keyword, JsonNode said, JsonNode schema, JsonNode value, String at, List<String> problems) {
        return switch (keyword) {
            case "type" -> isOf(said, value) ? null : "of type " + said;
            case "enum" -> contains(said, value) ? null : "one of " + said;
            case "const" -> said.equals(value) ? null : said.toString();
            case "minimum" ->
                !value.isNumber() || value.doubleValue() >= said.doubleValue() ? null : "at least " + said;
            case "maximum" -> !value.isNumber() || value.doubleValue() <= said.doubleValue() ? null : "at most " + said;
            case "minLength" -> length(value) >= said.asInt() ? null : "at least " + said + " characters";
            case "maxLength" ->
                !value.isTextual() || value.textValue().length() <= said.asInt()
                        ? null
                        : "at most " + said + " characters";
            case "pattern" ->
                !value.isTextual()
                                || Pattern.compile(said.asText())
                                        .matcher(value.textValue())
                                        .find()
                        ? null
                        : "like " + said.asText();
            case "minItems" -> !value.isArray() || value.size() >= said.asInt() ? null : "at least " + said + " items";
            case "maxItems" -> !value.isArray() || value.size() <= said.asInt() ? null : "at most " + said + " items";
            case "minProperties" ->
                !value.isObject() || value.size() >= said.asInt() ? null : "at least " + said + " fields";
            case "maxProperties" ->
                !value.isObject() || value.size() <= said.asInt() ? null : "at most " + said + " fields";
            case "uniqueItems" -> unique(value) ? null : "each once";
            case "required" -> missing(said, value);
            case "dependentRequired" -> dependent(said, value);
            case "properties", "propertyNames", "additionalProperties", "items" -> {
                inner(keyword, said, schema, value, at, problems);
                yield null;
            }
            case "allOf" -> {
                said.forEach(each -> check(each, value, at, problems));
                yield null;
            }
            case "oneOf" -> fitting(said, value) == 1 ? null : "to match exactly one of " + said.size() + " forms";
            default -> {
                if (!REMARKS.contains(keyword)) {
                    throw new IllegalStateException("schema: '" + keyword + "' (expected: a supported keyword)");
                }
                yield null;
            }
        };
    }

    private void inner(
            String keyword, JsonNode said, JsonNode schema, JsonNode value, String at, List<String> problems) {
        if (keyword.equals("items")) {
            for (int i = 0; value.isArray() && i < value.size(); i++) {
                check(said, value.get(i), at + "[" + i + "]", problems);
            }
            return;
        }
        if (!(value instanceof ObjectNode object)) {
            return;
        }
        JsonNode known = schema.path("properties");
        for (Map.Entry<String, JsonNode> field : object.properties()) {
            String name = field.getKey();
            String where = at.isEmpty() ? name : at + "." + name;
            switch (keyword) {
                case "properties" -> {
                    if (said.has(name)) {
                        check(said.get(name), field.getValue(), where, problems);
                    }
                }
                case "propertyNames" -> check(said, object.textNode(name), where, problems);
                default -> {
                    if (known.has(name)) {
                        continue;
                    }
                    if (said.isBoolean() && !said.asBoolean()) {
                        Set<String> names = new TreeSet<>();
                        known.fieldNames().forEachRemaining(names::add);
                        problems.add(where + ": unknown field (expected: only " + String.join(", ", names) + ")");
                    } else if (said.isObject()) {
                        check(said, field.getValue(), where, problems);
                    }
                }
            }
        }
    }

    private int fitting(JsonNode forms, JsonNode value) {
        int fitting = 0;
        for (JsonNode form : forms) {
            List<String> problems = new ArrayList<>();
            check(form, value, "", problems);
            fitting += problems.isEmpty() ? 1 : 0;
        }
        return fitting;
    }

    private static boolean isOf(JsonNode types, JsonNode value) {
        if (types.isArray()) {
            for (JsonNode type : types) {
                if (isOf(type, value)) {
                    return true;
                }
            }
            return false;
        }
        return switch (types.asText()) {
            case "object" -> value.isObject();
            case "array" -> value.isArray();
            case "string" -> value.isTextual();
            case "boolean" -> value.isBoolean();
            case "null" -> value.isNull();
            case "number" -> value.isNumber();
            case "integer" -> value.isNumber() && value.doubleValue() == Math.rint(value.doubleValue());
            default -> throw new IllegalStateException("type: " + types + " (expected: a type of JSON)");
        };
    }

    private static boolean contains(JsonNode all, JsonNode value) {
        for (JsonNode one : all) {
            if (one.equals(value)) {
                return true;
            }
        }
        return false;
    }

    private static int length(JsonNode value) {
        return value.isTextual() ? value.textValue().length() : Integer.MAX_VALUE;
    }

    private static boolean unique(JsonNode value) {
        Set<JsonNode> seen = new HashSet<>();
        for (JsonNode item : value) {
            if (value.isArray() && !seen.add(item)) {
                return false;
            }
        }
        return true;
    }

    private static @Nullable String missing(JsonNode required, JsonNode value) {
        for (JsonNode name : required) {
            if (value.isObject() && !value.has(name.asText())) {
                return "with " + name.asText();
            }
        }
        return null;
    }

    private static @Nullable String dependent(JsonNode pairs, JsonNode value) {
        for (Map.Entry<String, JsonNode> pair : pairs.properties()) {
            String missing = value.has(pair.getKey()) ? missing(pair.getValue(), value) : null;
            if (missing != null) {
                return missing;
            }
        }
        return null;
    }

    private static String shortened(JsonNode value) {
        String text = value.toString();
        return text.length() <= 80 ? text : text.substring(0, 80) + "...";
    }
}
