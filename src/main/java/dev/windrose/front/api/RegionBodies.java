package dev.windrose.front.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.windrose.decide.definition.DefinitionChecks;
import dev.windrose.decide.definition.DefinitionCodec;
import dev.windrose.decide.definition.DefinitionState;
import dev.windrose.decide.definition.Fields;
import dev.windrose.decide.definition.ThreeWay;
import dev.windrose.front.web.Body;
import dev.windrose.front.web.Json;
import dev.windrose.model.Coordinate;
import dev.windrose.model.DefinitionKey;
import dev.windrose.model.HealthOverride;
import dev.windrose.model.Region;
import dev.windrose.model.RegionId;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Converts regions between JSON and their fields. */
final class RegionBodies {

    private static final Set<String> KNOWN =
            Set.of("region_id", "endpoints", "coordinate", "capacity", "learn_capacity", "areas");
    static final Set<String> PLACE = Set.of("lat", "lon");
    /** The defaults of a new region. */
    static final Map<String, Map<String, String>> DEFAULTS = Map.of(
            "endpoints", Map.of(Fields.ENDPOINTS, ""),
            "coordinate", Map.of(Fields.COORDINATE, ""),
            "capacity", Map.of(Fields.CAPACITY, "0"),
            "learn_capacity", Map.of(Fields.LEARN_CAPACITY, "false"),
            "areas", Map.of(Fields.AREAS, ""));

    private static final int ADDRESS_AT_MOST = 1024;

    static Body read(ObjectNode object) {
        return new Body(object, KNOWN);
    }

    /** All fields of a new region, with defaults for what the body does not contain. */
    static Map<String, String> whole(Body body) {
        Map<String, String> fields = new HashMap<>();
        DEFAULTS.values().forEach(fields::putAll);
        fields.putAll(changes(body));
        return fields;
    }

    /** The fields that the body names. */
    static Map<String, String> changes(Body body) {
        Map<String, String> fields = new HashMap<>();
        if (body.has("endpoints")) {
            fields.put(
                    Fields.ENDPOINTS,
                    Fields.list(body.words("endpoints", DefinitionChecks.MAX_ENDPOINTS, ADDRESS_AT_MOST)));
        }
        Body place = body.inner("coordinate", PLACE);
        if (place != null) {
            fields.put(Fields.COORDINATE, place.number("lat", -90, 90) + "," + place.number("lon", -180, 180));
        }
        if (body.has("capacity")) {
            fields.put(
                    Fields.CAPACITY,
                    Double.toString(
                            body.number("capacity", DefinitionChecks.MIN_CAPACITY, DefinitionChecks.MAX_CAPACITY)));
        }
        if (body.has("learn_capacity")) {
            fields.put(Fields.LEARN_CAPACITY, Boolean.toString(body.flag("learn_capacity", false)));
        }
        if (body.has("areas")) {
            fields.put(Fields.AREAS, Fields.list(body.places("areas", 0, DefinitionChecks.MAX_AREAS)));
        }
        return fields;
    }

    static ObjectNode shown(RegionId id, DefinitionState state) {
        Region region = DefinitionCodec.region(id.value(), state);
        return region == null ? Json.object() : shown(region, state);
    }

    /** A region as stored. */
    static ObjectNode shown(Region region, DefinitionState state) {
        ObjectNode json = Json.object();
        json.put("region_id", region.id().value());
        ArrayNode endpoints = json.putArray("endpoints");
        region.endpoints().forEach(endpoint -> endpoints.add(endpoint.toString()));
        Coordinate place = region.coordinate();
        if (place == null) {
            json.putNull("coordinate");
        } else {
            json.putObject("coordinate").put("lat", place.latitude()).put("lon", place.longitude());
        }
        bound(json, "capacity", region.capacity());
        json.put("learn_capacity", region.learnsCapacity());
        HealthOverride override = region.override();
        if (override == null) {
            json.putNull("override");
        } else {
            json.set("override", OverrideBodies.shown(override));
        }
        ArrayNode areas = json.putArray("areas");
        region.areas().stream().sorted().forEach(areas::add);
        json.put("managed_by", ThreeWay.owner(state));
        RuleBodies.times(json, state);
        json.put("revision", state.revision());
        ConflictBodies.show(json, DefinitionKey.region(region.id()), state);
        return json;
    }

    /** No limit is shown as null, and never as 0, which nobody would read as unlimited. */
    static void bound(ObjectNode json, String field, double capacity) {
        if (capacity > 0) {
            json.put(field, capacity);
        } else {
            json.putNull(field);
        }
    }

    private RegionBodies() {}
}
