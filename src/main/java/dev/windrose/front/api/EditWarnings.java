package dev.windrose.front.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.windrose.decide.definition.Catalog;
import dev.windrose.decide.definition.DefinitionState;
import dev.windrose.decide.definition.ManifestPlan;
import dev.windrose.decide.definition.Warnings;
import dev.windrose.front.web.Call;
import dev.windrose.front.web.Gate;
import dev.windrose.live.table.Director;
import dev.windrose.model.DefinitionKey;
import dev.windrose.model.Permission;
import dev.windrose.model.RegionId;
import dev.windrose.model.Rule;
import dev.windrose.model.RuleId;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** {@code warnings} in answers: settings of a definition that are valid but probably unintended. */
final class EditWarnings {

    private static final String FIELD = "warnings";

    private final Set<RegionId> regions;
    private final Director director;
    private final Gate gate;

    EditWarnings(Set<RegionId> regions, Director director, Gate gate) {
        this.regions = regions;
        this.director = director;
        this.gate = gate;
    }

    /** Adds the warnings of a definition just written, whether or not this node decides by it already. */
    ObjectNode add(ObjectNode json, Call call, DefinitionKey key, DefinitionState written) {
        return add(json, call, Map.of(key, written), List.of(key), false);
    }

    /** Adds the warnings of several, each with the name of its definition. */
    ObjectNode addAll(ObjectNode json, Call call, Map<DefinitionKey, DefinitionState> written) {
        return add(
                json,
                call,
                written,
                written.keySet().stream().sorted(ManifestPlan.ORDER).toList(),
                true);
    }

    private ObjectNode add(
            ObjectNode json,
            Call call,
            Map<DefinitionKey, DefinitionState> written,
            Collection<DefinitionKey> keys,
            boolean named) {
        Catalog catalog = director.catalog().with(written);
        Warnings warnings = warnings(catalog, rules(catalog, call, written));
        ArrayNode all = json.putArray(FIELD);
        for (DefinitionKey key : keys) {
            of(warnings, catalog, call, key)
                    .forEach(warning -> all.add(named ? key.entityId() + ": " + warning : warning));
        }
        return json;
    }

    /** Adds the warnings of an existing definition. */
    ObjectNode add(ObjectNode json, Call call, DefinitionKey key) {
        return add(json, call, Map.of(), List.of(key), false);
    }

    /** The warnings by this node's current knowledge. */
    Warnings now() {
        Catalog catalog = director.catalog();
        return warnings(catalog, catalog.rules());
    }

    static ObjectNode add(ObjectNode json, List<String> warnings) {
        ArrayNode all = json.putArray(FIELD);
        warnings.forEach(all::add);
        return json;
    }

    /** The rules that the caller may see. */
    private Map<RuleId, Rule> rules(Catalog catalog, Call call, Map<DefinitionKey, DefinitionState> written) {
        if (call.principal().mayEverywhere(Permission.READ)) {
            return catalog.rules();
        }
        Map<RuleId, Rule> shown = new TreeMap<>(catalog.rules());
        shown.keySet().removeIf(id -> {
            DefinitionKey key = DefinitionKey.rule(id);
            return !written.containsKey(key) && !gate.sees(call, key);
        });
        return shown;
    }

    private Warnings warnings(Catalog catalog, Map<RuleId, Rule> rules) {
        return new Warnings(new Warnings.Known(rules, catalog.geographicRules(), catalog.regions(), regions));
    }

    private List<String> of(Warnings warnings, Catalog catalog, Call call, DefinitionKey key) {
        return key.kind() == DefinitionKey.Kind.REGION
                ? warnings.of(
                        catalog.regions().get(new RegionId(key.name())),
                        other -> gate.sees(call, DefinitionKey.region(other)))
                : warnings.of(key);
    }
}
