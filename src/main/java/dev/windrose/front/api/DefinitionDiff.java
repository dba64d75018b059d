package dev.windrose.front.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.windrose.front.web.Json;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The differences between two definitions, as JSON. */
final class DefinitionDiff {

    /** Fields that change with every edit, and counters. */
    private static final Set<String> REMARKS = Set.of(
            "revision",
            "conflicts",
            "last_updated",
            "created_at",
            "total_requests",
            "failed_requests",
            "usage_count",
            "capacity_now",
            "overrides",
            "override",
            "failovers",
            "rule_id",
            "region_id");

    /** One entry for each differing field; missing values are null. */
    static ArrayNode between(@Nullable ObjectNode before, @Nullable ObjectNode after) {
        Map<String, JsonNode> old = flat(before);
        Map<String, JsonNode> fresh = flat(after);
        Set<String> names = new TreeSet<>(old.keySet());
        names.addAll(fresh.keySet());
        ArrayNode fields = Json.object().arrayNode();
        for (String name : names) {
            JsonNode was = old.get(name);
            JsonNode is = fresh.get(name);
            if (was == null || !was.equals(is)) {
                fields.addObject()
                        .put("field", name)
                        .<ObjectNode>set("before", was)
                        .set("after", is);
            }
        }
        return fields;
    }

    private static Map<String, JsonNode> flat(@Nullable ObjectNode json) {
        Map<String, JsonNode> flat = new TreeMap<>();
        if (json != null) {
            json.properties().forEach(field -> {
                if (!REMARKS.contains(field.getKey())) {
                    flatten(field.getKey(), field.getValue(), flat);
                }
            });
        }
        return flat;
    }

    private static void flatten(String name, JsonNode value, Map<String, JsonNode> flat) {
        if (value.isObject() && !value.isEmpty()) {
            value.properties().forEach(inner -> flatten(name + "." + inner.getKey(), inner.getValue(), flat));
        } else if (!(value.isContainerNode() && value.isEmpty())) {
            flat.put(name, value);
        }
    }

    private DefinitionDiff() {}
}
