package dev.windrose.front.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.windrose.decide.definition.Catalog;
import dev.windrose.decide.definition.Change;
import dev.windrose.decide.definition.DefinitionState;
import dev.windrose.decide.definition.Fields;
import dev.windrose.decide.definition.ManifestPlan;
import dev.windrose.decide.definition.Stamp;
import dev.windrose.decide.definition.ThreeWay;
import dev.windrose.front.web.Json;
import dev.windrose.live.table.Director;
import dev.windrose.model.DefinitionKey;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Exports definitions as manifests: only what differs from the defaults, and nothing that Windrose sets automatically.
 */
final class ManifestExport {

    private static final Set<String> ALWAYS =
            Set.of("rule_id", "region_id", "name", "algorithm", "target_regions", "source_regions");

    /** Fields that answers show and bodies do not accept. */
    private static final Set<String> SHOWN_ONLY = Set.of(
            "failovers",
            "overrides",
            "override",
            "created_at",
            "last_updated",
            "total_requests",
            "failed_requests",
            "usage_count",
            "revision",
            "conflicts",
            "managed_by");

    /** All definitions in the order of creation; those of one owner when one is given. */
    static List<DefinitionKey> keys(Catalog catalog, @Nullable String owner) {
        Set<DefinitionKey> keys = new TreeSet<>();
        catalog.states().forEach((key, state) -> {
            if (state.exists()
                    && key.kind() != DefinitionKey.Kind.KEY
                    && (owner == null || ThreeWay.owner(state).equals(owner))) {
                keys.add(key);
            }
        });
        return keys.stream().sorted(ManifestPlan.ORDER).toList();
    }

    /** A definition as a manifest; null when it was removed in the meantime. */
    static @Nullable ObjectNode manifest(DefinitionKey key, Director director, HistoricalDefinitions past) {
        DefinitionState state = director.catalog().state(key);
        ObjectNode shown = state == null ? null : past.shown(key, state);
        ObjectNode plain = state == null ? null : past.shown(key, plain(state));
        if (shown == null) {
            return null;
        }
        ObjectNode json = Json.object();
        json.put(
                "kind",
                switch (key.kind()) {
                    case RULE -> "rule";
                    case GEOGRAPHIC_RULE -> "geographic_rule";
                    case REGION -> "region";
                    case KEY -> throw new IllegalStateException("kind: " + key.kind());
                });
        json.set("spec", different(shown, plain == null ? Json.object() : plain));
        return json;
    }

    /** The same definition with defaults for everything optional. */
    private static DefinitionState plain(DefinitionState state) {
        Map<String, String> fields = new HashMap<>();
        for (String field : List.of(Fields.NAME, Fields.ALGORITHM, Fields.TARGET_REGIONS, Fields.SOURCE_REGIONS)) {
            String text = state.text(field);
            if (text != null) {
                fields.put(field, text);
            }
        }
        return DefinitionState.EMPTY.after(new Change(Change.Kind.CREATED, fields, new Stamp(0, ""), "", ""));
    }

    private static ObjectNode different(ObjectNode shown, ObjectNode plain) {
        ObjectNode spec = Json.object();
        shown.properties().forEach(field -> {
            String name = field.getKey();
            JsonNode value = field.getValue();
            JsonNode usual = plain.get(name);
            if (SHOWN_ONLY.contains(name) || value.isNull()) {
                return;
            }
            if (ALWAYS.contains(name)) {
                spec.set(name, value);
            } else if (value instanceof ObjectNode object
                    && usual instanceof ObjectNode defaults
                    && (name.equals("health_check") || name.endsWith("_policy") || name.equals("safety"))) {
                ObjectNode inner = Json.object();
                object.properties().forEach(each -> {
                    if (!each.getValue().equals(defaults.get(each.getKey()))) {
                        inner.set(each.getKey(), each.getValue());
                    }
                });
                if (!inner.isEmpty()) {
                    spec.set(name, inner);
                }
            } else if (!value.equals(usual)) {
                spec.set(name, value);
            }
        });
        return spec;
    }

    private ManifestExport() {}
}
