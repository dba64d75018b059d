package dev.windrose.front.http;

import dev.windrose.decide.route.Choice;
import dev.windrose.live.table.Director;
import dev.windrose.model.RegionId;
import dev.windrose.model.RuleId;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** Writes the answer to one decision by hand: it is the one that is asked for ten thousand times a second. */
final class Answers {

    /** @param clientRegion as the client wrote it, or null when it named none */
    static void write(
            StringBuilder out, Choice choice, @Nullable String clientRegion, long decisionId, long ageMs, String now) {
        RegionId region = choice.region();
        URI endpoint = choice.endpoint();
        RuleId geographicRule = choice.geographicRule();
        out.append("{\"client_region\":");
        if (clientRegion == null) {
            out.append("null");
        } else {
            Json.quote(out, clientRegion);
        }
        // Names of rules and regions need no escaping: they are made of a-z, 0-9, '.', '_' and '-'.
        out.append(",\"optimal_region\":\"")
                .append(region)
                .append("\",\"region\":\"")
                .append(region);
        if (endpoint == null) {
            out.append("\",\"endpoint\":null");
        } else {
            out.append("\",\"endpoint\":");
            Json.quote(out, endpoint.toString());
        }
        out.append(",\"rule_id\":\"").append(choice.rule()).append("\",\"selection_reason\":\"");
        out.append(choice.reason().wireName())
                .append("\",\"tier\":\"")
                .append(choice.tier().wireName());
        if (geographicRule != null) {
            out.append("\",\"geographic_rule\":\"").append(geographicRule);
        }
        out.append("\",\"decision_id\":\"").append(Director.text(decisionId));
        out.append("\",\"ttl_seconds\":").append(choice.ttlSeconds());
        out.append(",\"data_age_ms\":").append(ageMs);
        out.append(",\"timestamp\":\"").append(now).append("\"}");
    }

    /** Whether the name can be an area or a region, whatever its case. */
    static boolean isPlace(String name) {
        if (name.isEmpty() || name.length() > 63) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (!letter && (i == 0 || (c != '-' && c != '_' && c != '.'))) {
                return false;
            }
        }
        return true;
    }

    private Answers() {}
}
