package dev.windrose.front.web;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Bodies of PATCH, which are JSON merge patches (RFC 7396): named fields are set, null removes, everything else is
 * untouched.
 */
public final class MergePatch {

    /** The target with the patch applied. */
    public static JsonNode of(@Nullable JsonNode target, JsonNode patch) {
        if (!(patch instanceof ObjectNode changes)) {
            return patch;
        }
        ObjectNode merged = target instanceof ObjectNode object ? object.deepCopy() : Json.object();
        changes.properties().forEach(change -> {
            if (change.getValue().isNull()) {
                merged.remove(change.getKey());
            } else {
                merged.set(change.getKey(), of(merged.get(change.getKey()), change.getValue()));
            }
        });
        return merged;
    }

    /** The fields that the patch names, each with its complete resulting content; null for removed ones. */
    public static ObjectNode named(ObjectNode patch, ObjectNode now) {
        ObjectNode named = Json.object();
        patch.properties()
                .forEach(change -> named.set(change.getKey(), of(now.get(change.getKey()), change.getValue())));
        return named;
    }

    /**
     * The texts of the fields that the patch removes: their defaults in a new definition.
     *
     * @param defaults by name in the body; a field that is not among them cannot be removed
     * @param ignored fields without meaning here
     */
    public static Map<String, String> removed(
            ObjectNode patch, Map<String, Map<String, String>> defaults, List<String> ignored) {
        Map<String, String> texts = new HashMap<>();
        patch.properties().forEach(change -> {
            String name = change.getKey();
            if (change.getValue().isNull() && !ignored.contains(name)) {
                Map<String, String> unset = defaults.get(name);
                if (unset == null) {
                    throw Problem.invalid(
                            Json.shortened(name) + ": null (expected: a value, because every definition has one)");
                }
                texts.putAll(unset);
            }
        });
        return texts;
    }

    /**
     * Refuses an empty object for a field that is otherwise replaced completely: it would change nothing, and was
     * probably a mistake.
     */
    public static void requireSomething(ObjectNode patch) {
        List<String> empty = new ArrayList<>();
        patch.properties().forEach(change -> {
            if (change.getValue().isObject() && change.getValue().isEmpty()) {
                empty.add(change.getKey());
            }
        });
        if (!empty.isEmpty()) {
            throw Problem.invalid(
                    empty.get(0) + ": {} (expected: the fields to change in it, or null to remove all of it)");
        }
    }

    /** Whether the result of the patch depends on the current content. */
    public static boolean merges(ObjectNode patch) {
        return patch.has("target_regions")
                || patch.properties().stream()
                        .anyMatch(change -> change.getValue().isObject());
    }

    private MergePatch() {}
}
