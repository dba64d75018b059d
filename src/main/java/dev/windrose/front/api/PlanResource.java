package dev.windrose.front.api;

import akka.http.javadsl.model.HttpResponse;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.windrose.decide.definition.Catalog;
import dev.windrose.decide.definition.Change;
import dev.windrose.decide.definition.ConsistencyCheck;
import dev.windrose.decide.definition.DefinitionState;
import dev.windrose.decide.definition.ManifestPlan;
import dev.windrose.decide.definition.PolicyText;
import dev.windrose.front.web.Body;
import dev.windrose.front.web.Call;
import dev.windrose.front.web.EditProblem;
import dev.windrose.front.web.HttpSettings;
import dev.windrose.front.web.Json;
import dev.windrose.front.web.Problem;
import dev.windrose.front.web.Reply;
import dev.windrose.front.web.Resource;
import dev.windrose.front.web.Router;
import dev.windrose.front.web.Scope;
import dev.windrose.live.edit.EditOutcome;
import dev.windrose.live.member.NodeClock;
import dev.windrose.live.table.Director;
import dev.windrose.model.DefinitionKey;
import dev.windrose.model.HealthCheck;
import dev.windrose.model.Permission;
import dev.windrose.model.RegionId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /api/v1/plan}: the changes that a set of definitions would make; {@code POST /api/v1/apply}: makes them;
 * and {@code GET /api/v1/definitions}: all definitions in the format that both accept.
 */
public final class PlanResource implements Resource {

    private static final Set<String> KNOWN = Set.of("owner", "prune", "take_over", "definitions", "planned");

    private static final int DIFFERING_TOLD = 20;

    /** The outcomes of an edit that mean someone else was first. */
    private static final Set<EditOutcome.Why> BY_OTHERS =
            Set.of(EditOutcome.Why.STALE, EditOutcome.Why.EXISTS, EditOutcome.Why.MISSING);

    private final RegionId self;
    private final Director director;
    private final HealthCheck defaults;
    private final NodeClock clock;
    private final HttpSettings settings;
    private final EditResponses edits;
    private final HistoricalDefinitions past;

    public PlanResource(
            RegionId self,
            Director director,
            HealthCheck defaults,
            NodeClock clock,
            HttpSettings settings,
            EditResponses edits,
            HistoricalDefinitions past) {
        this.self = self;
        this.director = director;
        this.defaults = defaults;
        this.clock = clock;
        this.settings = settings;
        this.edits = edits;
        this.past = past;
    }

    @Override
    public void addTo(Router router) {
        router.add("POST", "/api/v1/plan", Permission.READ, Scope.EACH, this::plan)
                .add("POST", "/api/v1/apply", Permission.EDIT, Scope.EDITED, this::apply)
                .add("GET", "/api/v1/definitions", Permission.READ, Scope.EACH, this::list);
    }

    /**
     * A plan, and the revisions that it is based on.
     *
     * @param revisions by definition; empty text for a missing one
     */
    private record Read(ManifestPlan plan, Map<DefinitionKey, String> revisions) {

        /** The definitions of the set that already match. */
        Set<DefinitionKey> done() {
            Set<DefinitionKey> done = new HashSet<>(revisions.keySet());
            plan.steps().forEach(step -> done.remove(step.key()));
            return done;
        }
    }

    private Read read(Call call) {
        Body body = call.body(KNOWN);
        String owner = body.name("owner");
        if (owner.length() > PolicyText.MAX_OWNER) {
            throw Problem.invalid(
                    "owner: " + owner.length() + " characters (expected: at most " + PolicyText.MAX_OWNER + ")");
        }
        if (body.has("planned") && !call.json().path("planned").isObject()) {
            throw Problem.invalid(
                    "planned: not an object (expected: a revision for each definition, as returned by plan)");
        }
        Catalog catalog = director.catalog();
        DefinitionSet set = DefinitionSet.read(
                call.json().get("definitions"),
                DefinitionSet.Form.WHOLE,
                defaults,
                catalog,
                edits,
                edits.gate().sight(call));
        ManifestPlan plan;
        try {
            plan = ManifestPlan.of(
                    set.all(),
                    new ManifestPlan.Terms(owner, body.flag("prune", false), body.flag("take_over", false)),
                    new ManifestPlan.Surroundings(
                            catalog, defaults, self, edits::knownElsewhere, set.visibility()::covers),
                    set.visibility()::require,
                    clock.epochMs());
        } catch (ManifestPlan.Refused e) {
            throw DefinitionSet.refusal(e.problems());
        }
        Map<DefinitionKey, String> revisions = new TreeMap<>(ManifestPlan.ORDER);
        set.all().forEach(one -> revisions.put(one.key(), revision(catalog.state(one.key()))));
        plan.steps().forEach(step -> revisions.put(step.key(), revision(step.now())));
        return new Read(plan, revisions);
    }

    private static String revision(@Nullable DefinitionState state) {
        return state == null || !state.exists() ? "" : state.revision();
    }

    /**
     * Refuses a set if any of its definitions changed since the plan. One that already matches the set needs nothing,
     * whoever changed it: perhaps the same request, whose answer did not arrive.
     */
    private void asPlanned(Call call, Read read) {
        JsonNode planned = call.json().path("planned");
        Set<DefinitionKey> done = read.done();
        List<String> differs = new ArrayList<>();
        planned.properties().forEach(each -> {
            DefinitionKey key = DefinitionNames.key(each.getKey(), "planned");
            // Definitions that the caller may not see count as missing.
            DefinitionState there = director.catalog().states().get(key);
            String now = revision(edits.gate().sees(call, key) ? there : null);
            String then = each.getValue().asText();
            if (!then.equals(now) && !done.contains(key)) {
                differs.add(key.entityId() + ": "
                        + (now.isEmpty()
                                ? "removed since it was planned"
                                : then.isEmpty() ? "created since it was planned" : "changed since it was planned"));
            }
        });
        if (!differs.isEmpty()) {
            throw Problem.of(
                    Problem.Kind.STALE,
                    String.join("; ", differs.subList(0, Math.min(DIFFERING_TOLD, differs.size())))
                            + " (expected: unchanged since the plan; plan again)");
        }
    }

    private CompletionStage<HttpResponse> plan(Call call) {
        Read read = read(call);
        ManifestPlan plan = read.plan();
        ObjectNode json = Json.object();
        json.put("owner", plan.owner());
        ObjectNode planned = json.putObject("planned");
        read.revisions().forEach((key, revision) -> planned.put(key.entityId(), revision));
        ArrayNode shown = json.putArray("definitions");
        plan.steps().forEach(step -> shown.add(shown(step)));
        json.put("unchanged", plan.unchanged());
        edits.warned().addAll(json, call, plan.after());
        return Reply.now(Reply.json(json));
    }

    private CompletionStage<HttpResponse> apply(Call call) {
        Read read = read(call);
        ManifestPlan plan = read.plan();
        asPlanned(call, read);
        boolean exactly = call.json().has("planned");
        // All or nothing: a caller who may not do the last step does none.
        plan.steps().forEach(step -> edits.gate().requireEdit(call, step.key(), step.kind(), step.fields()));
        ObjectNode json = Json.object();
        json.put("owner", plan.owner());
        ArrayNode done = json.putArray("definitions");
        CompletionStage<@Nullable Void> last = CompletableFuture.completedFuture(null);
        for (ManifestPlan.Step step : plan.steps()) {
            last = last.thenCompose(ignored -> taken(call, step, plan.fitting(), done, exactly));
        }
        return last.thenApply(ignored -> {
            json.put("unchanged", plan.unchanged() + plan.steps().size() - done.size());
            return Reply.json(edits.warned().addAll(json, call, plan.after()));
        });
    }

    /**
     * Executes one step. Fails when the definition differs from the plan; if it already has the step's result, which
     * the table did not have yet, nothing is left to do.
     */
    private CompletionStage<@Nullable Void> taken(
            Call call, ManifestPlan.Step step, ConsistencyCheck set, ArrayNode done, boolean exactly) {
        String revision = step.kind() == Change.Kind.CREATED ? null : step.now().revision();
        return edits.outcome(call, step.key(), step.kind(), step.fields(), revision, set)
                .thenApply(outcome -> {
                    outcome.fold(
                            taken -> done.add(shown(step)),
                            notDone -> {
                                DefinitionState there = notDone.state();
                                if (!exactly && there != null && step.isDone(there)) {
                                    return done;
                                }
                                throw EditProblem.ofStep(
                                        step.key(),
                                        notDone,
                                        BY_OTHERS,
                                        done.size()
                                                + " before it are applied (expected: no concurrent changes; apply again)");
                            },
                            unknown -> {
                                throw EditProblem.unknown(step.key(), unknown);
                            });
                    return null;
                });
    }

    private ObjectNode shown(ManifestPlan.Step step) {
        ObjectNode json = Json.object();
        json.put("definition", step.key().entityId());
        json.put(
                "action",
                switch (step.kind()) {
                    case CREATED -> "created";
                    case REMOVED -> "removed";
                    default -> "changed";
                });
        json.put("remark", step.remark());
        json.set(
                "fields",
                DefinitionDiff.between(past.shown(step.key(), step.now()), past.shown(step.key(), step.after())));
        for (JsonNode field : json.get("fields")) {
            String top = field.path("field").asText().split("\\.", 2)[0];
            ((ObjectNode) field).put("drift", step.drifted().contains(top));
        }
        return json;
    }

    private CompletionStage<HttpResponse> list(Call call) {
        call.onlyQueries("owner", "limit", "offset");
        String owner = call.queryName("owner");
        long offset = call.query("offset", 0, Integer.MAX_VALUE, 0);
        long limit = call.query("limit", 1, settings.pageSize(), settings.pageSize());
        List<DefinitionKey> keys = ManifestExport.keys(director.catalog(), owner).stream()
                .filter(key -> edits.gate().sees(call, key))
                .toList();
        ObjectNode json = Json.object();
        ArrayNode definitions = json.putArray("definitions");
        keys.stream().skip(offset).limit(limit).forEach(key -> {
            ObjectNode one = ManifestExport.manifest(key, director, past);
            if (one != null) {
                definitions.add(one);
            }
        });
        json.put("total_definitions", keys.size());
        return Reply.now(Reply.json(json));
    }
}
