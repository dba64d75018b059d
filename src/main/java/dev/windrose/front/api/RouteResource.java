package dev.windrose.front.api;

import akka.http.javadsl.model.HttpResponse;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.windrose.decide.geo.Forwarding;
import dev.windrose.decide.geo.PlaceNames;
import dev.windrose.decide.route.Choice;
import dev.windrose.decide.route.Explanation;
import dev.windrose.front.web.Call;
import dev.windrose.front.web.Json;
import dev.windrose.front.web.Problem;
import dev.windrose.front.web.Reply;
import dev.windrose.front.web.Resource;
import dev.windrose.front.web.Router;
import dev.windrose.front.web.Scope;
import dev.windrose.front.web.Timestamps;
import dev.windrose.live.geo.ClientLocator;
import dev.windrose.live.table.Director;
import dev.windrose.model.Client;
import dev.windrose.model.Coordinate;
import dev.windrose.model.Identifier;
import dev.windrose.model.Permission;
import dev.windrose.model.RuleId;
import dev.windrose.watch.HttpMeters;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /api/v1/route/{client_region}} and {@code GET /api/v1/route}: one decision, with an explanation on
 * request.
 */
public final class RouteResource implements Resource {

    private static final int AFFINITY_AT_MOST = 256;
    private static final byte[] EXPLANATION = ",\"explanation\":".getBytes(StandardCharsets.ISO_8859_1);

    private final Director director;
    private final ClientLocator locator;
    private final HttpMeters meters;
    private final Timestamps moment;

    public RouteResource(Director director, ClientLocator locator, HttpMeters meters, Timestamps moment) {
        this.director = director;
        this.locator = locator;
        this.meters = meters;
        this.moment = moment;
    }

    @Override
    public void addTo(Router router) {
        router.add("GET", "/api/v1/route/*", Permission.DECIDE, Scope.RULE, this::named)
                .add("GET", "/api/v1/route", Permission.DECIDE, Scope.RULE, this::placed);
    }

    private CompletionStage<HttpResponse> named(Call call) {
        call.onlyQueries("rule_id", "affinity_key", "explain");
        String place = place(call.variable(0));
        if (!PlaceNames.isPlace(place)) {
            throw Problem.invalid("client_region: '" + Json.shortened(place)
                    + "' (expected: the name of an area or region, such as europe or eu-west-1)");
        }
        return answer(call, place, locator.named(place));
    }

    /** The path has it with its escapes. */
    private static String place(String variable) {
        try {
            return URLDecoder.decode(variable, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return variable;
        }
    }

    private CompletionStage<HttpResponse> placed(Call call) {
        call.onlyQueries("rule_id", "affinity_key", "explain", "lat", "lon", "client_ip");
        if (call.query("lat") == null && call.query("lon") == null) {
            ClientLocator.Found found = call.place(locator);
            return answer(call, found.area(), found);
        }
        Coordinate place = new Coordinate(call.query("lat", -90, 90), call.query("lon", -180, 180));
        return answer(call, null, ClientLocator.at(place));
    }

    private static @Nullable String affinity(Call call) {
        String key = call.query("affinity_key");
        if (key != null && (key.isEmpty() || key.length() > AFFINITY_AT_MOST)) {
            throw Problem.invalid(
                    "affinity_key: " + key.length() + " characters (expected: 1 to " + AFFINITY_AT_MOST + ")");
        }
        return key;
    }

    private CompletionStage<HttpResponse> answer(Call call, @Nullable String place, ClientLocator.Found found) {
        String rule = call.query("rule_id");
        Client client = found.client(affinity(call));
        String explain = call.query("explain");
        if (explain != null && !explain.equals("true") && !explain.equals("false")) {
            throw Problem.invalid("explain: '" + Json.shortened(explain) + "' (expected: true or false)");
        }
        boolean explained = "true".equals(explain);
        Explanation explanation = explained ? director.explain(rule, client) : null;
        Choice choice = explanation != null ? explanation.choice() : director.route(rule, client);
        if (choice == null) {
            throw undecided(rule);
        }
        if (choice.region() == null) {
            director.refuse(choice);
            throw DecisionWriter.nothing(choice, client);
        }
        meters.decided();
        DecisionWriter out = new DecisionWriter(moment, DecisionWriter.USUAL)
                .decision(
                        choice,
                        place,
                        client.known(),
                        director.begin(choice, client),
                        director.dataAgeMs(),
                        System.currentTimeMillis());
        if (explanation != null) {
            out.raw(EXPLANATION).raw(Json.bytes(shown(explanation, client, found)));
        }
        return Reply.now(out.raw((byte) '}').response());
    }

    /** The answer without a decision. */
    private Problem undecided(@Nullable String rule) {
        if (rule == null) {
            return Problem.of(
                    Problem.Kind.NOTHING_SERVES,
                    "rule_id: missing, and no region is registered (expected: a registered region, or a rule)");
        }
        boolean paused = Identifier.FORM.matcher(rule).matches()
                && director.catalog().rules().containsKey(new RuleId(rule));
        return paused
                ? Problem.of(
                        Problem.Kind.PAUSED,
                        "rule_id: '" + rule + "' is paused (expected: an active rule; PATCH its status to active)")
                : Problem.unknown("rule_id", rule);
    }

    private ObjectNode shown(Explanation explanation, Client client, ClientLocator.Found found) {
        ObjectNode json = Json.object();
        ObjectNode who = json.putObject("client");
        who.put("placed_by", found.by().name().toLowerCase(Locale.ROOT));
        who.put("place_source", found.source().name().toLowerCase(Locale.ROOT));
        who.put("known", found.known());
        who.put("area", explanation.area());
        Coordinate place = client.coordinate();
        if (place != null) {
            who.put("lat", place.latitude());
            who.put("lon", place.longitude());
        }
        ArrayNode forwarded = who.putArray("forwarded");
        for (Forwarding.Element element : found.forwarding().elements()) {
            ObjectNode one = forwarded.addObject();
            one.put("header", element.header().name().toLowerCase(Locale.ROOT));
            one.put("text", element.text());
            one.put("outcome", element.outcome().name().toLowerCase(Locale.ROOT));
        }
        json.put("algorithm", explanation.algorithm().wireName());
        json.put("tier", explanation.tier().wireName());
        json.put("settled_by", explanation.choice().reason().wireName());
        json.put("residency", explanation.residency());
        json.put("table_version", director.table().version());
        ArrayNode candidates = json.putArray("candidates");
        for (Explanation.Candidate candidate : explanation.candidates()) {
            ObjectNode shown = candidates.addObject();
            shown.put("region", candidate.region().value());
            shown.put("status", candidate.status().wireName());
            shown.put("authority", candidate.authority().wireName());
            shown.put("removed_by", candidate.removedBy());
            shown.put("weight", candidate.weight());
            shown.put("kept", candidate.kept());
            shown.put("in_flight", candidate.inFlight());
            Json.number(shown, "reported_latency_ms", candidate.reportedMs());
            Json.number(shown, "measured_latency_ms", candidate.measuredMs());
            Json.number(shown, "allowed_latency_ms", candidate.allowed().totalMs());
            shown.put("allowed_because", candidate.allowed().because());
            Json.number(shown, "round_trip_ms", candidate.roundTripMs());
            shown.put("round_trip_samples", Math.round(candidate.samples() * 10) / 10.0);
            shown.put("chosen", candidate.chosen());
        }
        ArrayNode considered = json.putArray("geographic_rules");
        explanation.considered().forEach(rule -> show(considered.addObject(), rule));
        return json;
    }

    private static void show(ObjectNode json, Explanation.Considered rule) {
        json.put("rule_id", rule.rule().value());
        json.put("priority", rule.priority());
        json.put("latency_threshold_ms", rule.thresholdMs());
        json.put("outcome", rule.outcome());
        ArrayNode legs = json.putArray("targets");
        for (Explanation.Leg leg : rule.legs()) {
            ObjectNode shown = legs.addObject();
            shown.put("region", leg.region().value());
            Json.number(shown, "measured_ms", leg.measuredMs());
            shown.put("within_threshold", leg.within());
        }
    }
}
