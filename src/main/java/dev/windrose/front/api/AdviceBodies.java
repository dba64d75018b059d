package dev.windrose.front.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.windrose.decide.geo.Gazetteer;
import dev.windrose.decide.geo.RoundTrips;
import dev.windrose.decide.optimise.GeographicAdvice;
import dev.windrose.decide.optimise.Recommendation;
import dev.windrose.front.web.Json;
import dev.windrose.live.table.Director;
import dev.windrose.model.RuleId;
import java.util.List;
import java.util.Locale;

/** Recommendations for geographic rules, as JSON. */
final class AdviceBodies {

    /** The current recommendations for geographic rules. */
    static List<Recommendation> advice(Director director, GeographicAdvice.Least least) {
        return new GeographicAdvice(roundTrips(director), director.tallies().flows(), least)
                .of(
                        director.catalog().geographicRules().values(),
                        director.tallies().chosen(),
                        director.table().serving());
    }

    static RoundTrips roundTrips(Director director) {
        return new RoundTrips(
                director.latencies(), new Gazetteer(director.catalog().regions().values()));
    }

    static void show(ObjectNode json, Recommendation recommendation) {
        json.put("kind", recommendation.kind().name().toLowerCase(Locale.ROOT));
        RuleId rule = recommendation.rule();
        json.put("rule_id", rule == null ? null : rule.value());
        ArrayNode areas = json.putArray("areas");
        recommendation.areas().forEach(areas::add);
        ArrayNode targets = json.putArray("target_regions");
        recommendation.targets().forEach(region -> targets.add(region.value()));
        Json.number(json, "latency_threshold_ms", recommendation.thresholdMs());
        Json.number(json, "gain_ms", recommendation.gainMs());
        Json.number(json, "samples", tenths(recommendation.samples()));
        json.put("can_be_applied", recommendation.kind().applies());
        json.put("why", recommendation.why());
    }

    static double tenths(double value) {
        return Math.round(value * 10) / 10.0;
    }

    private AdviceBodies() {}
}
