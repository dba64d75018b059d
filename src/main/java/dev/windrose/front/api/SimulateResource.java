package dev.windrose.front.api;

import akka.http.javadsl.model.HttpResponse;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.windrose.decide.geo.PlaceNames;
import dev.windrose.decide.health.HealthPicture;
import dev.windrose.decide.health.RecordedHealth;
import dev.windrose.decide.route.Choice;
import dev.windrose.decide.route.Comparison;
import dev.windrose.decide.route.CompiledRule;
import dev.windrose.decide.route.Demand;
import dev.windrose.decide.route.RoutingTable;
import dev.windrose.decide.whatif.Scenario;
import dev.windrose.decide.whatif.WhatIf;
import dev.windrose.front.web.Body;
import dev.windrose.front.web.Call;
import dev.windrose.front.web.Json;
import dev.windrose.front.web.Problem;
import dev.windrose.front.web.Reply;
import dev.windrose.front.web.Resource;
import dev.windrose.front.web.Router;
import dev.windrose.front.web.Visibility;
import dev.windrose.live.geo.ClientLocator;
import dev.windrose.live.member.NodeClock;
import dev.windrose.live.table.Director;
import dev.windrose.model.Client;
import dev.windrose.model.Coordinate;
import dev.windrose.model.DefinitionKey;
import dev.windrose.model.HealthCheck;
import dev.windrose.model.HealthStatus;
import dev.windrose.model.Permission;
import dev.windrose.model.RegionId;
import dev.windrose.model.RuleId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /api/v1/simulate}: predicts the effect of outages and edits. Compiles one table of the current state and
 * one of the hypothetical state, and compares them; with {@code at}, the current state is replaced by a past one from
 * the journal.
 */
public final class SimulateResource implements Resource {

    private static final Set<String> KNOWN = Set.of("at", "clients", "outages", "definitions", "rates");
    private static final Set<String> CLIENT =
            Set.of("rule_id", "client_region", "affinity_key", "lat", "lon", "client_ip");
    private static final int OUTAGES_AT_MOST = 64;
    private static final int RATES_AT_MOST = 5000;
    private static final double RATE_AT_MOST = 1e12;

    /** A sample client. */
    private record Asked(RuleId rule, @Nullable String place, Client client) {}

    /** The complete request. */
    private record Question(
            @Nullable Instant at,
            List<Asked> clients,
            Map<RegionId, HealthStatus> outages,
            @Nullable JsonNode definitions,
            Map<RuleId, Double> rates) {}

    private final RegionId self;
    private final Director director;
    private final HealthCheck defaults;
    private final Supplier<HealthPicture> picture;
    private final NodeClock clock;
    private final HistoricalDefinitions past;
    private final EditResponses edits;
    private final ClientLocator locator;
    private final int clientsAtMost;
    private final WhatIf whatIf;

    public SimulateResource(
            RegionId self,
            Director director,
            HealthCheck defaults,
            Supplier<HealthPicture> picture,
            NodeClock clock,
            HistoricalDefinitions past,
            EditResponses edits,
            ClientLocator locator,
            int clientsAtMost) {
        this.self = self;
        this.director = director;
        this.defaults = defaults;
        this.picture = picture;
        this.clock = clock;
        this.past = past;
        this.edits = edits;
        this.locator = locator;
        this.clientsAtMost = clientsAtMost;
        this.whatIf = new WhatIf(self);
    }

    @Override
    public void addTo(Router router) {
        router.add("POST", "/api/v1/simulate", Permission.READ, this::simulate);
    }

    private CompletionStage<HttpResponse> simulate(Call call) {
        Body body = call.body(KNOWN);
        Question question = new Question(
                body.has("at") ? HistoricalDefinitions.instant(body.text("at", 64), "at") : null,
                clients(call.json().get("clients")),
                outages(call.json().get("outages")),
                call.json().get("definitions"),
                rates(body));
        return before(question).thenApply(before -> Reply.json(answer(question, before)));
    }

    private List<Asked> clients(@Nullable JsonNode list) {
        List<Asked> clients = new ArrayList<>();
        if (list == null || list.isNull()) {
            return clients;
        }
        if (!list.isArray() || list.size() > clientsAtMost) {
            throw Problem.invalid(
                    "clients: " + list.size() + " entries (expected: a list of at most " + clientsAtMost + ")");
        }
        for (JsonNode entry : list) {
            if (!(entry instanceof ObjectNode object)) {
                throw Problem.invalid("clients: " + Json.shortened(entry.toString()) + " (expected: objects)");
            }
            clients.add(client(new Body(object, CLIENT)));
        }
        return clients;
    }

    private Asked client(Body body) {
        RuleId rule = new RuleId(body.name("rule_id"));
        String affinity = body.has("affinity_key") ? body.text("affinity_key", 256) : null;
        if (body.has("client_region")) {
            String place = body.text("client_region", 63);
            if (!PlaceNames.isPlace(place)) {
                throw Problem.invalid("client_region: '" + Json.shortened(place) + "' (expected: an area or region)");
            }
            return new Asked(rule, place, locator.named(place, affinity));
        }
        if (body.has("lat") || body.has("lon")) {
            Coordinate where = new Coordinate(body.number("lat", -90, 90), body.number("lon", -180, 180));
            return new Asked(rule, null, new Client(null, where, affinity));
        }
        ClientLocator.Found found = locator.addressed(Call.address(body.text("client_ip", 45), "client_ip"));
        return new Asked(rule, found.area(), found.client(affinity));
    }

    private static Map<RegionId, HealthStatus> outages(@Nullable JsonNode list) {
        Map<RegionId, HealthStatus> outages = new LinkedHashMap<>();
        if (list == null || list.isNull()) {
            return outages;
        }
        if (!list.isArray() || list.size() > OUTAGES_AT_MOST) {
            throw Problem.invalid(
                    "outages: " + list.size() + " entries (expected: a list of at most " + OUTAGES_AT_MOST + ")");
        }
        for (JsonNode entry : list) {
            if (!(entry instanceof ObjectNode object)) {
                throw Problem.invalid("outages: " + Json.shortened(entry.toString()) + " (expected: objects)");
            }
            Body body = new Body(object, Set.of("region_id", "status"));
            String text = body.text("status", 16, "unhealthy");
            HealthStatus status = HealthStatus.named(text);
            if (status == null) {
                throw Problem.invalid("status: '" + Json.shortened(text)
                        + "' (expected: healthy, degraded, unhealthy, unknown or draining)");
            }
            outages.put(new RegionId(body.region("region_id")), status);
        }
        return outages;
    }

    private static Map<RuleId, Double> rates(Body body) {
        Map<RuleId, Double> rates = new HashMap<>();
        if (body.has("rates")) {
            body.numbers("rates", RATES_AT_MOST, 0, RATE_AT_MOST)
                    .forEach((rule, rate) -> rates.put(new RuleId(rule), rate));
        }
        return rates;
    }

    /** The current state, or that of the requested instant. */
    private CompletionStage<Scenario> before(Question question) {
        Instant at = question.at();
        if (at == null) {
            return CompletableFuture.completedFuture(new Scenario(
                    director.catalog(),
                    director.regions(),
                    this.picture.get(),
                    director.tallies().demand()));
        }
        Set<DefinitionKey> rules = new java.util.TreeSet<>();
        question.clients().forEach(asked -> rules.add(DefinitionKey.rule(asked.rule())));
        if (rules.isEmpty()) {
            director.catalog().states().keySet().stream()
                    .filter(key -> key.kind() == DefinitionKey.Kind.RULE)
                    .forEach(rules::add);
        }
        return past.deciding(rules, at)
                .thenApply(then -> new Scenario(
                        then,
                        then.regions().values(),
                        new RecordedHealth(then.rules(), then.regions(), at.toEpochMilli()),
                        Demand.NONE));
    }

    private ObjectNode answer(Question question, Scenario before) {
        Scenario after = after(question, before);
        Comparison comparison = whatIf.compare(before, after, question.rates());
        ObjectNode json = Json.object();
        json.put("at", question.at() == null ? null : question.at().toString());
        json.put("moved_share", rounded(comparison.moved()));
        ArrayNode over = json.putArray("over_capacity");
        comparison.over().forEach(region -> over.add(region.value()));
        put(json.putObject("load_before"), comparison.before());
        put(json.putObject("load_after"), comparison.after());
        ArrayNode rules = json.putArray("rules");
        comparison.rules().forEach(rule -> {
            ObjectNode one = rules.addObject();
            one.put("rule_id", rule.rule().value());
            one.put("requests_per_second", rounded(rule.rate()));
            put(one.putObject("share_before"), rule.before());
            put(one.putObject("share_after"), rule.after());
            one.put("moved_share", rounded(rule.moved()));
        });
        clients(json, question.clients(), whatIf.table(before), whatIf.table(after));
        return json;
    }

    private Scenario after(Question question, Scenario before) {
        Scenario after = before.with(question.outages());
        JsonNode definitions = question.definitions();
        return definitions == null || definitions.isNull()
                ? after
                : after.edited(DefinitionSet.read(
                                definitions,
                                DefinitionSet.Form.PARTS,
                                defaults,
                                before.catalog(),
                                edits,
                                Visibility.WHOLE)
                        .states(clock.epochMs(), self.value()));
    }

    private static void clients(ObjectNode json, List<Asked> clients, RoutingTable before, RoutingTable after) {
        ArrayNode shown = json.putArray("clients");
        Map<RuleId, Long> sequences = new HashMap<>();
        int moved = 0;
        for (Asked asked : clients) {
            // The same sequence number in both tables, so that only their differences move a client.
            long sequence = sequences.merge(asked.rule(), 1L, Long::sum);
            Choice first = choice(before, asked, sequence);
            Choice second = choice(after, asked, sequence);
            String from = first == null || first.region() == null
                    ? null
                    : first.region().value();
            String to = second == null || second.region() == null
                    ? null
                    : second.region().value();
            boolean moves = from == null ? to != null : !from.equals(to);
            moved += moves ? 1 : 0;
            ObjectNode one = shown.addObject();
            one.put("rule_id", asked.rule().value()).put("client_region", asked.place());
            one.put("before", from).put("after", to).put("moved", moves);
            one.put("selection_reason", second == null ? null : second.reason().wireName());
            one.put("tier", second == null ? null : second.tier().wireName());
        }
        json.put("moved_clients", moved);
    }

    private static @Nullable Choice choice(RoutingTable table, Asked asked, long sequence) {
        CompiledRule rule = table.rule(asked.rule().value());
        return rule == null ? null : rule.decide(asked.client(), sequence);
    }

    private static void put(ObjectNode json, Map<RegionId, Double> values) {
        new TreeMap<>(values).forEach((region, value) -> json.put(region.value(), rounded(value)));
    }

    private static double rounded(double value) {
        return Math.round(value * 10_000) / 10_000.0;
    }
}
