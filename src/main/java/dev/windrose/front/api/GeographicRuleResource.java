package dev.windrose.front.api;

import akka.http.javadsl.model.HttpResponse;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.windrose.decide.definition.Catalog;
import dev.windrose.decide.definition.Change;
import dev.windrose.decide.definition.DefinitionCodec;
import dev.windrose.decide.definition.DefinitionState;
import dev.windrose.decide.definition.Fields;
import dev.windrose.front.web.Body;
import dev.windrose.front.web.Call;
import dev.windrose.front.web.EditProblem;
import dev.windrose.front.web.HttpSettings;
import dev.windrose.front.web.Json;
import dev.windrose.front.web.MergePatch;
import dev.windrose.front.web.Problem;
import dev.windrose.front.web.ReadOnlyFields;
import dev.windrose.front.web.Reply;
import dev.windrose.front.web.Resource;
import dev.windrose.front.web.Router;
import dev.windrose.front.web.Scope;
import dev.windrose.live.table.Director;
import dev.windrose.model.DefinitionKey;
import dev.windrose.model.GeographicRule;
import dev.windrose.model.Permission;
import dev.windrose.model.RuleId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** {@code /api/v1/geographic-rules}: rules that send areas to regions. */
public final class GeographicRuleResource implements Resource {

    private static final String PATH = "/api/v1/geographic-rules";

    private final Director director;
    private final HttpSettings settings;
    private final EditResponses edits;
    private final GeographicRuleBodies bodies;

    public GeographicRuleResource(Director director, HttpSettings settings, EditResponses edits) {
        this.director = director;
        this.settings = settings;
        this.edits = edits;
        this.bodies = new GeographicRuleBodies(
                edits::knownRegions, rule -> director.catalog().rules().containsKey(rule));
    }

    @Override
    public void addTo(Router router) {
        router.add("POST", PATH + "/create", Permission.EDIT, Scope.EDITED, this::create)
                .add("GET", PATH, Permission.READ, Scope.EACH, this::list)
                .add("GET", PATH + "/*", Permission.READ, Scope.GEOGRAPHIC_RULE, this::get)
                .add("PUT", PATH + "/*", Permission.EDIT, Scope.EDITED, this::put)
                .add("PATCH", PATH + "/*", Permission.EDIT, Scope.EDITED, this::patch)
                .add("DELETE", PATH + "/*", Permission.EDIT, Scope.EDITED, this::delete);
    }

    private CompletionStage<HttpResponse> create(Call call) {
        Body body = GeographicRuleBodies.read(call.json());
        RuleId id = new RuleId(body.name("rule_id"));
        Map<String, String> fields = bodies.whole(body);
        return edits.outcome(call, DefinitionKey.geographicRule(id), Change.Kind.CREATED, fields, null)
                .thenApply(outcome -> {
                    DefinitionState state =
                            EditProblem.done(DefinitionKey.geographicRule(id), EditProblem.Doing.CREATE, outcome);
                    ObjectNode json = Json.object();
                    json.put("rule_id", id.value()).put("status", "created");
                    json.put("priority", Integer.parseInt(fields.getOrDefault(Fields.PRIORITY, "0")));
                    RuleBodies.times(json, state);
                    edits.warned().add(json, call, DefinitionKey.geographicRule(id), state);
                    return Reply.tagged(json, state);
                });
    }

    private CompletionStage<HttpResponse> list(Call call) {
        call.onlyQueries("limit", "offset");
        long offset = call.query("offset", 0, Integer.MAX_VALUE, 0);
        long limit = call.query("limit", 1, settings.pageSize(), settings.pageSize());
        Catalog catalog = director.catalog();
        ObjectNode json = Json.object();
        ArrayNode shown = json.putArray("geographic_rules");
        List<GeographicRule> seen = catalog.geographicRules().values().stream()
                .filter(rule ->
                        edits.gate().reads(call.principal(), Permission.READ, DefinitionKey.geographicRule(rule.id())))
                .toList();
        seen.stream()
                .skip(offset)
                .limit(limit)
                .forEach(rule -> shown.add(GeographicRuleBodies.shown(
                        rule, state(catalog, rule.id()), director.tallies().usage(rule.id()))));
        json.put("total_rules", seen.size());
        return Reply.now(Reply.json(json));
    }

    private static DefinitionState state(Catalog catalog, RuleId id) {
        return catalog.states().getOrDefault(DefinitionKey.geographicRule(id), DefinitionState.EMPTY);
    }

    private ObjectNode shown(RuleId id, DefinitionState state) {
        GeographicRule rule = DefinitionCodec.geographicRule(id.value(), state);
        return rule == null
                ? Json.object()
                : GeographicRuleBodies.shown(rule, state, director.tallies().usage(id));
    }

    private CompletionStage<HttpResponse> get(Call call) {
        call.onlyQueries();
        Catalog catalog = director.catalog();
        RuleId id = call.ruleId(0);
        @Nullable GeographicRule rule = catalog.geographicRules().get(id);
        if (rule == null) {
            throw Problem.unknown("rule_id", id.value());
        }
        ObjectNode json = GeographicRuleBodies.shown(
                rule, state(catalog, id), director.tallies().usage(id));
        edits.warned().add(json, call, DefinitionKey.geographicRule(id));
        return Reply.now(Reply.tagged(json, state(catalog, id)));
    }

    private CompletionStage<HttpResponse> put(Call call) {
        RuleId id = call.ruleId(0);
        DefinitionKey key = DefinitionKey.geographicRule(id);
        Catalog catalog = director.catalog();
        edits.gate().requireReplace(call, key);
        ReadOnlyFields.Left left = ReadOnlyFields.without(
                call.json(), catalog.geographicRules().containsKey(id) ? shown(id, state(catalog, id)) : null);
        Body body = GeographicRuleBodies.read(left.body());
        EditResponses.sameName(body, "rule_id", id.value());
        return edits.replaced(
                call, left.revision(), key, bodies.whole(body), PATH + "/" + id, state -> shown(id, state));
    }

    private CompletionStage<HttpResponse> patch(Call call) {
        RuleId id = call.ruleId(0);
        ObjectNode patch = call.json();
        Body body = GeographicRuleBodies.read(patch);
        EditResponses.sameName(body, "rule_id", id.value());
        // No field of one has parts, so that nothing is to be merged.
        Map<String, String> fields = new HashMap<>(bodies.changes(body));
        fields.putAll(MergePatch.removed(patch, GeographicRuleBodies.DEFAULTS, List.of("rule_id")));
        if (fields.isEmpty()) {
            throw Problem.invalid("body: no changes (expected: at least one field besides rule_id)");
        }
        DefinitionKey key = DefinitionKey.geographicRule(id);
        return edits.submit(call, key, Change.Kind.CHANGED, fields)
                .thenApply(state -> Reply.tagged(edits.warned().add(shown(id, state), call, key, state), state));
    }

    private CompletionStage<HttpResponse> delete(Call call) {
        return edits.submit(call, DefinitionKey.geographicRule(call.ruleId(0)), Change.Kind.REMOVED, Map.of())
                .thenApply(state -> Reply.nothing());
    }
}
