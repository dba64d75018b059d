package dev.windrose.front.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.windrose.front.web.Json;
import dev.windrose.model.Drain;
import dev.windrose.model.HealthOverride;
import dev.windrose.model.HealthStatus;

/** Overrides of health as JSON. */
final class OverrideBodies {

    static ObjectNode shown(HealthOverride override) {
        ObjectNode json = Json.object();
        json.put("status", override.status().wireName());
        json.put("owner", override.owner());
        if (!override.approver().isEmpty()) {
            json.put("approved_by", override.approver());
        }
        json.put("reason", override.reason());
        json.put("since", Json.time(override.sinceEpochMs()));
        json.put("until", Json.time(override.untilEpochMs()));
        json.put("in_force", override.inForce(System.currentTimeMillis()));
        if (override.status() == HealthStatus.DRAINING) {
            json.put("ramp_seconds", override.rampMs() / 1000);
            json.put("session_seconds", override.sessionMs() / 1000);
            Drain left = override.drain(System.currentTimeMillis());
            json.put("share_left", left.share());
            json.put("sessions_left", left.sessionShare());
        }
        return json;
    }

    private OverrideBodies() {}
}
