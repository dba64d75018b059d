package dev.windrose.front.api;

import akka.http.javadsl.model.HttpResponse;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.windrose.decide.geo.RoundTrips;
import dev.windrose.decide.health.Outliers;
import dev.windrose.decide.optimise.GeographicAdvice;
import dev.windrose.decide.optimise.TrafficDistribution;
import dev.windrose.decide.optimise.TrafficFlow;
import dev.windrose.decide.route.CompiledRule;
import dev.windrose.front.web.Call;
import dev.windrose.front.web.Gate;
import dev.windrose.front.web.HttpSettings;
import dev.windrose.front.web.Json;
import dev.windrose.front.web.Problem;
import dev.windrose.front.web.Reply;
import dev.windrose.front.web.Resource;
import dev.windrose.front.web.Router;
import dev.windrose.front.web.Scope;
import dev.windrose.live.table.Director;
import dev.windrose.model.Algorithm;
import dev.windrose.model.GeographicRule;
import dev.windrose.model.Permission;
import dev.windrose.model.RegionId;
import dev.windrose.model.Rule;
import dev.windrose.model.RuleId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;

/** {@code /api/v1/geography} and the performance of geographic rules: where clients go, and recommendations. */
public final class GeographyResource implements Resource {

    private static final int MOST_LEGS = 10_000;

    private final Director director;
    private final HttpSettings settings;
    private final Gate gate;

    public GeographyResource(Director director, HttpSettings settings, Gate gate) {
        this.director = director;
        this.settings = settings;
        this.gate = gate;
    }

    @Override
    public void addTo(Router router) {
        router.add(
                        "GET",
                        "/api/v1/geographic-rules/*/performance",
                        Permission.READ,
                        Scope.GEOGRAPHIC_RULE,
                        this::performance)
                .add("GET", "/api/v1/geography/traffic", Permission.READ, this::traffic)
                .add("GET", "/api/v1/geography/recommendations", Permission.READ, this::recommendations);
    }

    private CompletionStage<HttpResponse> traffic(Call call) {
        call.onlyQueries("area", "limit", "offset");
        String area = call.queryName("area");
        long offset = call.query("offset", 0, Integer.MAX_VALUE, 0);
        long limit = call.query("limit", 1, MOST_LEGS, settings.pageSize());
        List<TrafficFlow> flows = director.tallies().flows();
        List<TrafficDistribution.Leg> legs = TrafficDistribution.of(
                area == null
                        ? flows
                        : flows.stream()
                                .filter(flow -> flow.area().equals(area))
                                .toList(),
                director.table().serving(),
                AdviceBodies.roundTrips(director));
        ObjectNode json = Json.object();
        json.put(
                "total_decisions",
                flows.stream().mapToLong(TrafficFlow::decisions).sum());
        Json.number(json, "mean_added_ms", TrafficDistribution.meanAddedMs(legs));
        ArrayNode shown = json.putArray("traffic");
        legs.stream().skip(offset).limit(limit).forEach(leg -> show(shown.addObject(), leg));
        json.put("total", legs.size());
        json.put("generated_at", Json.time(System.currentTimeMillis()));
        return Reply.now(Reply.json(json));
    }

    private static void show(ObjectNode json, TrafficDistribution.Leg leg) {
        json.put("client_area", leg.area());
        json.put("region", leg.region().value());
        json.put("decisions", leg.decisions());
        json.put("share", leg.share());
        Json.number(json, "round_trip_ms", leg.roundTripMs());
        json.put("round_trip_samples", AdviceBodies.tenths(leg.samples()));
        RegionId best = leg.best();
        json.put("best_region", best == null ? null : best.value());
        Json.number(json, "best_ms", leg.bestMs());
        Json.number(json, "added_ms", leg.addedMs());
    }

    private CompletionStage<HttpResponse> recommendations(Call call) {
        call.onlyQueries();
        ObjectNode json = Json.object();
        ArrayNode shown = json.putArray("recommendations");
        AdviceBodies.advice(director, GeographicAdvice.Least.DEFAULT)
                .forEach(each -> AdviceBodies.show(shown.addObject(), each));
        json.put("generated_at", Json.time(System.currentTimeMillis()));
        return Reply.now(Reply.json(json));
    }

    private CompletionStage<HttpResponse> performance(Call call) {
        call.onlyQueries();
        RuleId id = call.ruleId(0);
        GeographicRule rule = director.catalog().geographicRules().get(id);
        if (rule == null) {
            throw Problem.unknown("rule_id", id.value());
        }
        RoundTrips roundTrips = AdviceBodies.roundTrips(director);
        Map<RegionId, Long> chosen = director.tallies().chosen().getOrDefault(id, Map.of());
        long all = chosen.values().stream().mapToLong(Long::longValue).sum();
        // Who may read the geographic rule need not see every rule that it is for.
        Set<RuleId> applying = new TreeSet<>(applying(rule));
        applying.removeIf(each -> !gate.reads(call.principal(), call.permission(), each));
        List<Outliers.Outcomes> outcomes = new ArrayList<>();
        ObjectNode json = Json.object();
        json.put("rule_id", id.value());
        json.put("usage_count", director.tallies().usage(id));
        ArrayNode rules = json.putArray("applies_to_rules");
        applying.forEach(each -> rules.add(each.value()));
        ArrayNode targets = json.putArray("targets");
        for (RegionId target : rule.targets()) {
            ObjectNode shown = targets.addObject();
            long used = chosen.getOrDefault(target, 0L);
            shown.put("region", target.value());
            shown.put("usage_count", used);
            shown.put("usage_share", all == 0 ? 0 : (double) used / all);
            Outliers.Outcomes reported = outcomes(applying, target);
            outcomes.add(reported);
            shown.put("reported_outcomes", reported.requests());
            success(shown, reported);
            shown.put("active_connections", inFlight(applying, target));
            ArrayNode areas = shown.putArray("round_trips");
            rule.sources().stream().sorted().forEach(area -> {
                ObjectNode leg = areas.addObject();
                leg.put("area", area);
                Json.number(leg, "round_trip_ms", roundTrips.ms(area, target));
                leg.put("round_trip_samples", AdviceBodies.tenths(roundTrips.samples(area, target)));
                // One that nobody measured is not known to be farther.
                boolean measured = roundTrips.samples(area, target) > 0;
                leg.put("within_threshold", !measured || roundTrips.ms(area, target) <= rule.latencyThresholdMs());
            });
        }
        averages(json.putObject("averages"), rule, roundTrips, chosen, outcomes);
        json.put("generated_at", Json.time(System.currentTimeMillis()));
        return Reply.now(Reply.json(json));
    }

    private static void success(ObjectNode json, Outliers.Outcomes reported) {
        Json.number(
                json,
                "success_rate",
                reported.requests() == 0 ? Double.NaN : 1 - (double) reported.failures() / reported.requests());
    }

    /** Over the targets, by how often each was chosen. */
    private static void averages(
            ObjectNode json,
            GeographicRule rule,
            RoundTrips roundTrips,
            Map<RegionId, Long> chosen,
            List<Outliers.Outcomes> outcomes) {
        double sum = 0;
        double weight = 0;
        for (RegionId target : rule.targets()) {
            double ms = rule.sources().stream()
                    .mapToDouble(area -> roundTrips.ms(area, target))
                    .filter(each -> !Double.isNaN(each))
                    .average()
                    .orElse(Double.NaN);
            long used = chosen.getOrDefault(target, 0L);
            if (!Double.isNaN(ms) && used > 0) {
                sum += ms * used;
                weight += used;
            }
        }
        Json.number(json, "round_trip_ms", weight == 0 ? Double.NaN : sum / weight);
        success(
                json,
                new Outliers.Outcomes(
                        outcomes.stream().mapToLong(Outliers.Outcomes::requests).sum(),
                        outcomes.stream().mapToLong(Outliers.Outcomes::failures).sum()));
    }

    private Set<RuleId> applying(GeographicRule rule) {
        Set<RuleId> applying = new HashSet<>();
        for (Rule each : director.catalog().rules().values()) {
            if (rule.rule() == null
                    ? each.algorithm() == Algorithm.GEOGRAPHIC
                    : each.id().equals(rule.rule())) {
                applying.add(each.id());
            }
        }
        return applying;
    }

    private Outliers.Outcomes outcomes(Set<RuleId> rules, RegionId target) {
        long requests = 0;
        long failures = 0;
        Map<RuleId, Map<RegionId, Outliers.Outcomes>> all = director.tallies().outcomes();
        for (RuleId rule : rules) {
            Outliers.Outcomes reported = all.getOrDefault(rule, Map.of()).get(target);
            if (reported != null) {
                requests += reported.requests();
                failures += reported.failures();
            }
        }
        return new Outliers.Outcomes(requests, failures);
    }

    private long inFlight(Set<RuleId> rules, RegionId target) {
        long sum = 0;
        for (RuleId rule : rules) {
            CompiledRule compiled = director.table().rule(rule.value());
            int index = compiled == null ? -1 : compiled.rule().targets().indexOf(target);
            sum += compiled == null || index < 0 ? 0 : compiled.load(index).inFlight();
        }
        return sum;
    }
}
