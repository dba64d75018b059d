package dev.windrose.front.api;

import akka.http.javadsl.model.HttpResponse;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.windrose.decide.definition.Catalog;
import dev.windrose.decide.definition.Change;
import dev.windrose.decide.definition.DefinitionChecks;
import dev.windrose.decide.definition.DefinitionCodec;
import dev.windrose.decide.definition.DefinitionState;
import dev.windrose.decide.definition.Fields;
import dev.windrose.decide.definition.Warnings;
import dev.windrose.decide.health.HealthPicture;
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
import dev.windrose.live.edit.Editor;
import dev.windrose.live.metric.MetricsArchive;
import dev.windrose.live.table.Director;
import dev.windrose.model.Algorithm;
import dev.windrose.model.DefinitionKey;
import dev.windrose.model.HealthCheck;
import dev.windrose.model.HealthStatus;
import dev.windrose.model.Permission;
import dev.windrose.model.RegionId;
import dev.windrose.model.Rule;
import dev.windrose.model.RuleId;
import dev.windrose.model.RuleStatus;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** {@code /api/v1/rules}: the load-balancing rules. */
public final class RuleResource implements Resource {

    private static final int METRICS_SHOWN = 10;

    private final Director director;
    private final HealthCheck defaults;
    private final Supplier<HealthPicture> picture;
    private final Supplier<@Nullable MetricsArchive> metrics;
    private final HttpSettings settings;
    private final EditResponses edits;
    private final RuleBodies bodies;

    public RuleResource(
            Director director,
            HealthCheck defaults,
            Supplier<HealthPicture> picture,
            Supplier<@Nullable MetricsArchive> metrics,
            HttpSettings settings,
            EditResponses edits) {
        this.director = director;
        this.defaults = defaults;
        this.picture = picture;
        this.metrics = metrics;
        this.settings = settings;
        this.edits = edits;
        this.bodies = new RuleBodies(defaults, edits::knownRegions);
    }

    @Override
    public void addTo(Router router) {
        router.add("POST", "/api/v1/rules/create", Permission.EDIT, Scope.EDITED, this::create)
                .add("GET", "/api/v1/rules", Permission.READ, Scope.EACH, this::list)
                .add("GET", "/api/v1/rules/*", Permission.READ, Scope.RULE, this::get)
                .add("PUT", "/api/v1/rules/*", Permission.EDIT, Scope.EDITED, this::put)
                .add("PATCH", "/api/v1/rules/*", Permission.EDIT, Scope.EDITED, this::patch)
                .add("DELETE", "/api/v1/rules/*", Permission.EDIT, Scope.EDITED, this::delete)
                .add("POST", "/api/v1/rules/*/update-weights", Permission.OPERATE, Scope.EDITED, this::updateWeights);
    }

    private CompletionStage<HttpResponse> create(Call call) {
        Body body = RuleBodies.read(call);
        RuleId id = new RuleId(body.name("rule_id"));
        Map<String, String> fields = bodies.whole(body);
        DefinitionKey key = DefinitionKey.rule(id);
        return edits.outcome(call, key, Change.Kind.CREATED, fields, null).thenApply(outcome -> {
            DefinitionState state = EditProblem.done(key, EditProblem.Doing.CREATE, outcome);
            ObjectNode json = Json.object();
            json.put("rule_id", id.value()).put("status", "created");
            json.put("name", state.text(Fields.NAME));
            json.put("algorithm", state.text(Fields.ALGORITHM));
            RuleBodies.times(json, state);
            edits.warned().add(json, call, key, state);
            return Reply.tagged(json, state);
        });
    }

    private CompletionStage<HttpResponse> list(Call call) {
        call.onlyQueries("status", "algorithm", "limit", "offset");
        String status = call.query("status");
        String algorithm = call.query("algorithm");
        if (status != null && !status.equals("active") && !status.equals("paused")) {
            throw Problem.invalid("status: '" + Json.shortened(status) + "' (expected: active or paused)");
        }
        if (algorithm != null && Algorithm.named(algorithm) == null) {
            throw Problem.invalid(
                    "algorithm: '" + Json.shortened(algorithm) + "' (expected: the name of an algorithm)");
        }
        long offset = call.query("offset", 0, Integer.MAX_VALUE, 0);
        long limit = call.query("limit", 1, settings.pageSize(), settings.pageSize());
        Catalog catalog = director.catalog();
        ObjectNode json = Json.object();
        ArrayNode rules = json.putArray("rules");
        List<Rule> seen = catalog.rules().values().stream()
                .filter(rule -> edits.gate().reads(call.principal(), Permission.READ, rule.id()))
                .toList();
        Warnings warnings = edits.warned().now();
        seen.stream()
                .filter(rule -> status == null || rule.status().wireName().equals(status))
                .filter(rule -> algorithm == null || rule.algorithm().wireName().equals(algorithm))
                .skip(offset)
                .limit(limit)
                .forEach(rule -> rules.add(EditWarnings.add(shown(catalog, rule), warnings.of(rule))));
        json.put("total_rules", seen.size());
        json.put(
                "active_rules",
                seen.stream().filter(rule -> rule.status() == RuleStatus.ACTIVE).count());
        return Reply.now(Reply.json(json));
    }

    private ObjectNode shown(Catalog catalog, Rule rule) {
        DefinitionState state = catalog.states().getOrDefault(DefinitionKey.rule(rule.id()), DefinitionState.EMPTY);
        return RuleBodies.shown(rule, state, director.tallies().counts(rule.id()));
    }

    private CompletionStage<HttpResponse> get(Call call) {
        call.onlyQueries();
        Catalog catalog = director.catalog();
        Rule rule = existing(catalog, call.ruleId(0));
        DefinitionState state = catalog.states().getOrDefault(DefinitionKey.rule(rule.id()), DefinitionState.EMPTY);
        ObjectNode json = shown(catalog, rule);
        ObjectNode health = json.putObject("region_health");
        Map<RegionId, HealthStatus> targets = this.picture.get().targets(rule.id());
        Set<RegionId> looked = new LinkedHashSet<>(rule.targets());
        // That of its fallback too, once it is checked.
        looked.addAll(targets.keySet());
        for (RegionId region : looked) {
            ObjectNode shown = HealthBodies.shown(this.picture.get(), region);
            if (targets.get(region) != null) {
                shown.put("status", targets.get(region).wireName());
            }
            health.set(region.value(), shown);
        }
        edits.warned().add(json, call, DefinitionKey.rule(rule.id()));
        ArrayNode performance = json.putArray("performance_metrics");
        MetricsArchive archive = metrics.get();
        if (archive == null) {
            return Reply.now(Reply.tagged(json, state));
        }
        return archive.newest(rule.id(), METRICS_SHOWN)
                .exceptionally(failure -> List.of())
                .thenApply(samples -> {
                    samples.forEach(sample -> performance.add(MetricBodies.shown(sample)));
                    return Reply.tagged(json, state);
                });
    }

    private static Rule existing(Catalog catalog, RuleId id) {
        Rule rule = catalog.rules().get(id);
        if (rule == null) {
            throw Problem.unknown("rule_id", id.value());
        }
        return rule;
    }

    private CompletionStage<HttpResponse> put(Call call) {
        RuleId id = call.ruleId(0);
        Catalog catalog = director.catalog();
        Rule before = catalog.rules().get(id);
        edits.gate().requireReplace(call, DefinitionKey.rule(id));
        ReadOnlyFields.Left left = ReadOnlyFields.without(call.json(), before == null ? null : shown(catalog, before));
        Body body = RuleBodies.read(left.body());
        EditResponses.sameName(body, "rule_id", id.value());
        Map<String, String> fields = bodies.whole(body);
        if (before != null) {
            RuleBodies.clear(fields, before);
        }
        DefinitionKey key = DefinitionKey.rule(id);
        return edits.replaced(call, left.revision(), key, fields, "/api/v1/rules/" + id, state -> {
            Rule rule = DefinitionCodec.rule(id.value(), state, defaults);
            return rule == null
                    ? Json.object()
                    : RuleBodies.shown(rule, state, director.tallies().counts(id));
        });
    }

    private CompletionStage<HttpResponse> patch(Call call) {
        RuleId id = call.ruleId(0);
        DefinitionKey key = DefinitionKey.rule(id);
        ObjectNode patch = call.json();
        EditResponses.sameName(RuleBodies.read(patch), "rule_id", id.value());
        Catalog catalog = director.catalog();
        existing(catalog, id);
        edits.gate().requireEdit(call, key);
        DefinitionState before = catalog.states().getOrDefault(key, DefinitionState.EMPTY);
        return edits.patched(call, key, MergePatch.merges(patch), before, now -> {
                    Map<String, String> fields = RulePatch.fields(bodies, patch, existing(id, now), now);
                    return new Editor.Texts(kind(fields), fields);
                })
                .thenApply(edited -> {
                    DefinitionState state = edited.after();
                    Rule changed = DefinitionCodec.rule(id.value(), state, defaults);
                    ObjectNode json = changed == null
                            ? Json.object()
                            : RuleBodies.shown(
                                    changed, state, director.tallies().counts(id));
                    ConsequentChanges.patch(
                            json,
                            RulePatch.spelled(patch),
                            DefinitionCodec.rule(id.value(), edited.before(), defaults),
                            edited);
                    return Reply.tagged(edits.warned().add(json, call, key, state), state);
                });
    }

    private Rule existing(RuleId id, DefinitionState state) {
        Rule rule = DefinitionCodec.rule(id.value(), state, defaults);
        if (rule == null) {
            throw Problem.unknown("rule_id", id.value());
        }
        return rule;
    }

    private static Change.Kind kind(Map<String, String> fields) {
        if (fields.size() == 1 && fields.containsKey(Fields.STATUS)) {
            return fields.get(Fields.STATUS).equals("paused") ? Change.Kind.PAUSED : Change.Kind.RESUMED;
        }
        return fields.size() == 1 && fields.containsKey(Fields.WEIGHTS) ? Change.Kind.WEIGHTS_SET : Change.Kind.CHANGED;
    }

    private CompletionStage<HttpResponse> delete(Call call) {
        return edits.submit(call, DefinitionKey.rule(call.ruleId(0)), Change.Kind.REMOVED, Map.of())
                .thenApply(state -> Reply.nothing());
    }

    private CompletionStage<HttpResponse> updateWeights(Call call) {
        RuleId id = call.ruleId(0);
        ObjectNode body = call.json();
        if (body.isEmpty()) {
            throw Problem.of(Problem.Kind.BAD_REQUEST, "body: {} (expected: a weight for at least one target)");
        }
        Map<String, Double> numbers = Body.allNumbers(body, Rule.MAX_TARGETS, 0, DefinitionChecks.MAX_WEIGHT);
        Rule rule = existing(director.catalog(), id);
        edits.gate().requireEdit(call, DefinitionKey.rule(id));
        Map<RegionId, Double> given;
        try {
            given = RuleBodies.regions(numbers, "weights");
        } catch (Problem zero) {
            throw Problem.of(Problem.Kind.BAD_REQUEST, String.valueOf(zero.getMessage()));
        }
        Map<String, String> fields = new HashMap<>();
        fields.put(Fields.WEIGHTS, RuleBodies.all(given, rule.targets()));
        return edits.submit(call, DefinitionKey.rule(id), Change.Kind.WEIGHTS_SET, fields)
                .thenApply(state -> {
                    ObjectNode json = Json.object();
                    json.put("rule_id", id.value());
                    ObjectNode weights = json.putObject("new_weights");
                    Rule changed = existing(id, state);
                    changed.weights().entrySet().stream()
                            .sorted(Map.Entry.comparingByKey())
                            .forEach(weight -> weights.put(weight.getKey().value(), weight.getValue()));
                    ConsequentChanges.whole(json, given.keySet(), rule.targets());
                    json.put("updated_at", Json.time(System.currentTimeMillis()));
                    edits.warned().add(json, call, DefinitionKey.rule(id), state);
                    return Reply.tagged(json, state);
                });
    }
}
