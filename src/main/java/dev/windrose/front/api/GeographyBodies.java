package dev.windrose.front.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.windrose.decide.definition.Fields;
import dev.windrose.decide.definition.GeographyText;
import dev.windrose.front.web.Body;
import dev.windrose.front.web.Json;
import dev.windrose.model.LatencyPolicy;
import dev.windrose.model.RegionId;
import dev.windrose.model.Residency;
import dev.windrose.model.Rule;
import dev.windrose.model.RuleGeography;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Converts a rule's geographic settings between JSON and fields. */
final class GeographyBodies {

    private static final Set<String> LATENCY = Set.of("window_ms", "explore");

    /** The fields that a body sets. */
    static Map<String, String> fields(Body body, KnownRegions known) {
        Map<String, String> fields = new HashMap<>();
        if (body.has("residency")) {
            fields.put(Fields.RESIDENCY, residency(body, known));
        }
        Body latency = body.inner("latency_policy", LATENCY);
        if (latency != null) {
            fields.put(
                    Fields.LATENCY_POLICY,
                    GeographyText.text(new LatencyPolicy(
                            latency.number("window_ms", 0, LatencyPolicy.MAX_WINDOW_MS, Double.NaN),
                            latency.number("explore", 0, LatencyPolicy.MAX_EXPLORE, Double.NaN))));
        }
        return fields;
    }

    /** Refuses unknown keys, also those that the body only removes. */
    static void requireKnown(Body body) {
        body.inner("latency_policy", LATENCY);
    }

    private static String residency(Body body, KnownRegions known) {
        Map<String, List<String>> places =
                body.lists("residency", Residency.MAX_ENTRIES, Residency.EVERYBODY_ELSE, Rule.MAX_TARGETS);
        Map<String, Set<RegionId>> allowed = new HashMap<>();
        places.forEach((place, regions) -> {
            known.require("residency." + place, regions);
            Set<RegionId> named = new LinkedHashSet<>();
            regions.forEach(region -> named.add(new RegionId(region)));
            allowed.put(place, named);
        });
        return GeographyText.text(new Residency(allowed));
    }

    static void show(ObjectNode json, RuleGeography geography) {
        ObjectNode residency = json.putObject("residency");
        new TreeMap<>(geography.residency().allowed()).forEach((place, regions) -> {
            ArrayNode allowed = residency.putArray(place);
            new TreeSet<>(regions).forEach(region -> allowed.add(region.value()));
        });
        Json.put(json.putObject("latency_policy"), GeographyText.values(geography.latency()));
    }

    private GeographyBodies() {}
}
