package dev.windrose.document;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** The API as an OpenAPI 3.1 document, joined from the files of {@code windrose/openapi}. */
public final class ApiDocument {

    private static final String DIRECTORY = "windrose/openapi/";

    /** One file for each group of calls; {@code main.yaml} is the first. */
    private static final List<String> FILES = List.of(
            "main.yaml",
            "decisions.yaml",
            "rules.yaml",
            "geographic-rules.yaml",
            "geography.yaml",
            "latency.yaml",
            "regions.yaml",
            "evacuation.yaml",
            "health.yaml",
            "metrics.yaml",
            "time.yaml",
            "code.yaml",
            "cluster.yaml",
            "access.yaml");

    /** The whole document; every call makes another tree. */
    public static ObjectNode whole() {
        ObjectNode whole = JsonNodeFactory.instance.objectNode();
        for (String file : FILES) {
            join(whole, read(file), file);
        }
        PatchSchema.addTo(whole);
        return whole;
    }

    private static ObjectNode read(String file) {
        try (InputStream in = ApiDocument.class.getClassLoader().getResourceAsStream(DIRECTORY + file)) {
            if (in == null) {
                throw new IllegalStateException(DIRECTORY + file + ": missing (expected: on the class path)");
            }
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return (ObjectNode) YamlText.documents(text).get(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Adds what a file has; objects are joined, anything else may be there once. */
    private static void join(ObjectNode whole, ObjectNode part, String from) {
        for (Map.Entry<String, JsonNode> entry : part.properties()) {
            JsonNode there = whole.get(entry.getKey());
            boolean group = entry.getKey().equals("paths") || entry.getKey().equals("components");
            if (there == null) {
                whole.set(entry.getKey(), entry.getValue());
            } else if (there instanceof ObjectNode before && entry.getValue() instanceof ObjectNode more) {
                if (group || isSection(entry.getKey())) {
                    join(before, more, from);
                } else {
                    throw twice(entry.getKey(), from);
                }
            } else {
                throw twice(entry.getKey(), from);
            }
        }
    }

    private static boolean isSection(String name) {
        return List.of("schemas", "parameters", "responses", "headers").contains(name);
    }

    private static IllegalStateException twice(String name, String from) {
        return new IllegalStateException(DIRECTORY + from + ": '" + name + "' is defined twice (expected: once)");
    }

    private ApiDocument() {}
}
