package dev.windrose.front.api;

import akka.http.javadsl.model.HttpResponse;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.windrose.decide.geo.PlaceNames;
import dev.windrose.front.web.Body;
import dev.windrose.front.web.Call;
import dev.windrose.front.web.Gate;
import dev.windrose.front.web.Json;
import dev.windrose.front.web.Problem;
import dev.windrose.front.web.Reply;
import dev.windrose.front.web.Resource;
import dev.windrose.front.web.Router;
import dev.windrose.front.web.Scope;
import dev.windrose.live.geo.ClientLocator;
import dev.windrose.live.table.Director;
import dev.windrose.model.Client;
import dev.windrose.model.Permission;
import dev.windrose.model.Principal;
import dev.windrose.model.RuleId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /api/v1/outcomes}: outcomes of decisions, {@code {"outcomes":[{"decision_id", "latency_ms",
 * "success"}]}}. Counts only on the node that decided. The node remembers the client's place for a while; {@code
 * client_ip} or {@code client_region} are more reliable.
 */
public final class OutcomeResource implements Resource {

    private static final Set<String> KNOWN =
            Set.of("decision_id", "latency_ms", "success", "client_ip", "client_region");
    private static final double LATENCY_AT_MOST_MS = 3_600_000;

    private record Outcome(
            String decisionId,
            double latencyMs,
            boolean success,
            @Nullable Client where) {}

    private final Director director;
    private final Gate gate;
    private final ClientLocator locator;
    private final int atMost;

    public OutcomeResource(Director director, Gate gate, ClientLocator locator, int atMost) {
        this.gate = gate;
        this.director = director;
        this.locator = locator;
        this.atMost = atMost;
    }

    @Override
    public void addTo(Router router) {
        router.add("POST", "/api/v1/outcomes", Permission.REPORT, Scope.EACH, this::report);
    }

    private CompletionStage<HttpResponse> report(Call call) {
        ObjectNode body = call.json();
        new Body(body, Set.of("outcomes"));
        JsonNode list = body.get("outcomes");
        if (list == null || !list.isArray() || list.isEmpty() || list.size() > atMost) {
            throw Problem.invalid("outcomes: " + (list == null ? "missing" : list.size() + " entries")
                    + " (expected: a list of 1 to " + atMost + ")");
        }
        List<Outcome> outcomes = new ArrayList<>(list.size());
        for (JsonNode entry : list) {
            outcomes.add(read(entry));
        }
        // All are parsed before one is counted: an invalid body changes nothing.
        int counted = 0;
        for (Outcome outcome : outcomes) {
            boolean known = mayTell(call.principal(), outcome)
                    && director.finish(outcome.decisionId(), outcome.latencyMs(), outcome.success(), outcome.where());
            counted += known ? 1 : 0;
        }
        ObjectNode json = Json.object();
        json.put("received", outcomes.size());
        json.put("counted", counted);
        json.put("unknown", outcomes.size() - counted);
        return Reply.now(Reply.json(json));
    }

    /** A caller limited to some rules reports only on those. */
    private boolean mayTell(Principal who, Outcome outcome) {
        if (who.mayEverywhere(Permission.REPORT)) {
            return true;
        }
        RuleId rule = director.ruleOf(outcome.decisionId());
        return rule != null && gate.reads(who, Permission.REPORT, rule);
    }

    private Outcome read(JsonNode entry) {
        if (!(entry instanceof ObjectNode object)) {
            throw Problem.invalid("outcomes: " + Json.shortened(entry.toString()) + " (expected: objects)");
        }
        Body outcome = new Body(object, KNOWN);
        String id = outcome.text("decision_id", 64);
        if (!id.matches("[0-9a-f]{16}")) {
            throw Problem.invalid("decision_id: '" + Json.shortened(id) + "' (expected: the decision_id of an answer)");
        }
        if (!outcome.has("success")) {
            throw Problem.invalid("success: missing (expected: true or false)");
        }
        return new Outcome(
                id,
                outcome.number("latency_ms", 0, LATENCY_AT_MOST_MS, Double.NaN),
                outcome.flag("success", true),
                where(outcome));
    }

    private @Nullable Client where(Body outcome) {
        if (outcome.has("client_ip")) {
            return locator.addressed(Call.address(outcome.text("client_ip", 64), "client_ip"))
                    .client(null);
        }
        String region = outcome.text("client_region", 64, "");
        if (region.isEmpty()) {
            return null;
        }
        if (!PlaceNames.isPlace(region)) {
            throw Problem.invalid("client_region: '" + Json.shortened(region)
                    + "' (expected: the name of an area or region, such as europe)");
        }
        Client named = locator.named(region, null);
        // Nothing is learned for an unknown place.
        return named.known() ? named : new Client(null, null, null);
    }
}
