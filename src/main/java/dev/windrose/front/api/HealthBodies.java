package dev.windrose.front.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.windrose.decide.health.HealthPicture;
import dev.windrose.front.web.Json;
import dev.windrose.model.HealthStatus;
import dev.windrose.model.RegionId;

/** The health of regions as JSON. */
final class HealthBodies {

    static long count(HealthPicture picture, HealthStatus status) {
        return picture.regions().values().stream()
                .filter(region -> region.status() == status)
                .count();
    }

    /** One region's health as answers show it. */
    static ObjectNode shown(HealthPicture picture, RegionId region) {
        HealthPicture.RegionSummary summary = picture.regions().get(region);
        ObjectNode json = Json.object();
        json.put("region_id", region.value());
        if (summary == null) {
            return json.put("status", HealthStatus.UNKNOWN.wireName());
        }
        json.put("status", summary.status().wireName());
        Json.number(json, "response_time_ms", summary.responseTimeMs());
        Json.number(json, "success_rate", summary.successRate());
        json.put("active_connections", summary.activeConnections());
        json.put("last_check", summary.lastCheckEpochMs() == 0 ? null : Json.time(summary.lastCheckEpochMs()));
        json.put("source", Json.kebab(summary.source().name()));
        return json;
    }

    private HealthBodies() {}
}
