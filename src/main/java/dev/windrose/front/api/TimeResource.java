package dev.windrose.front.api;

import akka.http.javadsl.model.HttpResponse;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.windrose.decide.definition.ConsistencyCheck;
import dev.windrose.decide.definition.DefinitionState;
import dev.windrose.decide.definition.PointInTime.Edit;
import dev.windrose.front.web.Body;
import dev.windrose.front.web.Call;
import dev.windrose.front.web.EditProblem;
import dev.windrose.front.web.Json;
import dev.windrose.front.web.Problem;
import dev.windrose.front.web.Reply;
import dev.windrose.front.web.Resource;
import dev.windrose.front.web.Router;
import dev.windrose.front.web.Scope;
import dev.windrose.live.edit.EditOutcome;
import dev.windrose.live.table.Director;
import dev.windrose.model.DefinitionKey;
import dev.windrose.model.Permission;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /api/v1/diff?from=&to=}: the differences between two instants; and {@code POST /api/v1/rollback}: restores
 * definitions to an instant, by new changes.
 */
public final class TimeResource implements Resource {

    private static final Set<String> KNOWN = Set.of("to", "definitions", "dry_run");
    private static final int NAMED_AT_MOST = 1000;

    private final Director director;
    private final HistoricalDefinitions past;
    private final EditResponses edits;

    public TimeResource(Director director, HistoricalDefinitions past, EditResponses edits) {
        this.director = director;
        this.past = past;
        this.edits = edits;
    }

    @Override
    public void addTo(Router router) {
        router.add("GET", "/api/v1/diff", Permission.READ, Scope.EACH, this::diff)
                .add("POST", "/api/v1/rollback", Permission.EDIT, Scope.EDITED, this::rollback);
    }

    private CompletionStage<HttpResponse> diff(Call call) {
        call.onlyQueries("from", "to", "definition");
        Instant from = HistoricalDefinitions.instant(call, "from");
        Instant to = HistoricalDefinitions.instant(call, "to");
        if (from == null) {
            throw Problem.invalid("from: missing (expected: ?from= and an ISO 8601 time)");
        }
        String named = call.query("definition");
        Set<DefinitionKey> keys = new TreeSet<>();
        if (named == null) {
            director.catalog().states().keySet().stream()
                    .filter(key -> edits.gate().sees(call, key))
                    .forEach(keys::add);
        } else {
            DefinitionKey key = DefinitionNames.key(named, "definition");
            edits.gate().requireSight(call, key);
            keys.add(key);
        }
        Instant until = to == null ? Instant.now() : to;
        List<DefinitionKey> ordered = List.copyOf(keys);
        return past.entries(ordered).thenApply(all -> {
            ObjectNode json = Json.object();
            json.put("from", from.toString()).put("to", until.toString());
            ArrayNode definitions = json.putArray("definitions");
            for (int i = 0; i < ordered.size(); i++) {
                add(
                        definitions,
                        ordered.get(i),
                        HistoricalDefinitions.at(all.get(i), from),
                        HistoricalDefinitions.at(all.get(i), until));
            }
            return Reply.json(json);
        });
    }

    /** Adds the differences, if any. */
    private void add(ArrayNode definitions, DefinitionKey key, DefinitionState before, DefinitionState after) {
        ArrayNode fields = DefinitionDiff.between(past.shown(key, before), past.shown(key, after));
        if (before.exists() != after.exists() || !fields.isEmpty()) {
            ObjectNode one = definitions.addObject();
            one.put("definition", key.entityId());
            one.put("action", !before.exists() ? "created" : !after.exists() ? "removed" : "changed");
            one.set("fields", fields);
        }
    }

    /** One step. */
    private record Step(DefinitionKey key, Edit edit, DefinitionState now, DefinitionState after) {

        /** The resulting definition: not the past one, whose stamps are older than the current ones. */
        DefinitionState done() {
            return now.edited(edit.kind(), edit.fields());
        }
    }

    private CompletionStage<HttpResponse> rollback(Call call) {
        Body body = call.body(KNOWN);
        Instant to = HistoricalDefinitions.instant(body.text("to", 64), "to");
        boolean dry = body.flag("dry_run", false);
        Map<DefinitionKey, DefinitionState> now = director.catalog().states();
        List<DefinitionKey> keys = new ArrayList<>();
        if (body.has("definitions")) {
            body.words("definitions", NAMED_AT_MOST, 80).forEach(text -> {
                DefinitionKey key = DefinitionNames.key(text, "definitions");
                edits.gate().requireSight(call, key);
                keys.add(key);
            });
        } else {
            now.keySet().stream()
                    .filter(key -> key.kind() != DefinitionKey.Kind.KEY)
                    .sorted()
                    .forEach(keys::add);
        }
        return past.states(keys, to).thenCompose(then -> {
            List<Step> steps = new ArrayList<>();
            for (DefinitionKey key : keys) {
                DefinitionState current = now.getOrDefault(key, DefinitionState.EMPTY);
                DefinitionState before = then.getOrDefault(key, DefinitionState.EMPTY);
                Edit edit = dev.windrose.decide.definition.PointInTime.back(current, before);
                if (edit != null) {
                    steps.add(new Step(key, edit, current, before));
                }
            }
            // All or nothing, and a dry run shows no more than what is allowed.
            steps.forEach(step -> edits.gate()
                    .requireEdit(
                            call, step.key(), step.edit().kind(), step.edit().fields()));
            Map<DefinitionKey, DefinitionState> after = new HashMap<>();
            steps.forEach(step -> after.put(step.key(), step.done()));
            ConsistencyCheck set = edits.requireFitting(call, after);
            ObjectNode json = Json.object();
            json.put("to", to.toString()).put("dry_run", dry);
            ArrayNode done = json.putArray("definitions");
            CompletionStage<@Nullable Void> last = CompletableFuture.completedFuture(null);
            for (Step step : steps) {
                last = last.thenCompose(ignored -> dry ? nothing(done, step) : taken(call, done, step, set));
            }
            return last.thenApply(ignored -> Reply.json(edits.warned().addAll(json, call, after)));
        });
    }

    private CompletionStage<@Nullable Void> nothing(ArrayNode done, Step step) {
        add(done, step.key(), step.now(), step.after());
        return CompletableFuture.completedFuture(null);
    }

    /** Executes one step; fails when someone changed the definition since it was read. */
    private CompletionStage<@Nullable Void> taken(Call call, ArrayNode done, Step step, ConsistencyCheck set) {
        String revision = step.now().exists() ? step.now().revision() : null;
        return edits.outcome(call, step.key(), step.edit().kind(), step.edit().fields(), revision, set)
                .thenApply(outcome -> {
                    DefinitionState after = outcome.fold(
                            EditOutcome.Done::after,
                            notDone -> {
                                throw EditProblem.ofStep(
                                        step.key(),
                                        notDone,
                                        Set.of(EditOutcome.Why.STALE),
                                        done.size()
                                                + " before it are already restored (expected: no concurrent changes; retry)");
                            },
                            unknown -> {
                                throw EditProblem.unknown(step.key(), unknown);
                            });
                    add(done, step.key(), step.now(), after);
                    return null;
                });
    }
}
