package dev.windrose.front.api;

import akka.http.javadsl.model.HttpResponse;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.windrose.decide.definition.Optimization;
import dev.windrose.decide.optimise.GeographicAdvice;
import dev.windrose.decide.optimise.Recommendation;
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
import dev.windrose.live.edit.Optimizer;
import dev.windrose.live.table.Director;
import dev.windrose.model.DefinitionKey;
import dev.windrose.model.Permission;
import dev.windrose.model.RuleId;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /api/v1/geographic-rules/optimize}: recommended changes, applied with {@code "dry_run": false}; {@code
 * POST /api/v1/geographic-rules/optimize/{id}/undo} undoes them.
 *
 * <p>It makes no change that lacks enough samples, conflicts with someone else's change in the meantime, or that a
 * rule's freeze forbids. Each change is an event of the rule with author and reason, like a person's.
 */
public final class OptimizeResource implements Resource {

    private static final Set<String> KNOWN = Set.of("dry_run", "rule_ids", "min_samples", "min_gain_ms", "max_changes");

    private static final String PATH = "/api/v1/geographic-rules/optimize";
    private static final int MOST_CHANGES = 100;
    private static final int MOST_RULES = 1000;
    private static final int ID_BYTES = 6;

    private final Optimizer optimizer;
    private final Director director;
    private final EditResponses edits;
    private final SecureRandom random = new SecureRandom();

    public OptimizeResource(Optimizer optimizer, Director director, EditResponses edits) {
        this.optimizer = optimizer;
        this.director = director;
        this.edits = edits;
    }

    @Override
    public void addTo(Router router) {
        router.add("POST", PATH, Permission.EDIT, Scope.EDITED, this::optimize)
                .add("POST", PATH + "/*/undo", Permission.EDIT, Scope.EDITED, this::undo);
    }

    private CompletionStage<HttpResponse> optimize(Call call) {
        Body body = call.body(KNOWN);
        boolean dryRun = body.flag("dry_run", true);
        GeographicAdvice.Least usual = GeographicAdvice.Least.DEFAULT;
        GeographicAdvice.Least least = new GeographicAdvice.Least(
                body.number("min_samples", 1, 32, usual.samples()),
                body.number("min_gain_ms", 0, 10_000, usual.gainMs()),
                usual.decisions());
        long most = body.whole("max_changes", 1, MOST_CHANGES, 10);
        Set<String> only = body.has("rule_ids") ? Set.copyOf(body.names("rule_ids", 1, MOST_RULES, false)) : Set.of();
        List<Recommendation> found = AdviceBodies.advice(director, least).stream()
                .filter(each -> covered(call, each.rule()))
                .filter(each -> only.isEmpty()
                        || (each.rule() != null && only.contains(each.rule().value())))
                .toList();
        List<Optimizer.Step> steps = optimizer.steps(found, most);
        if (dryRun) {
            return Reply.now(Reply.json(answer(
                    null,
                    true,
                    steps.stream()
                            .map(step -> new Optimizer.Taken(step, "", null))
                            .toList(),
                    found)));
        }
        byte[] bytes = new byte[ID_BYTES];
        random.nextBytes(bytes);
        String id = "opt-" + HexFormat.of().formatHex(bytes);
        return optimizer
                .carryOut(asked(call), id, steps)
                .thenApply(taken -> Reply.json(answer(id, false, written(taken), found)));
    }

    /** Whether the caller may hear of what would be done to that rule; of none of them when it is null. */
    private boolean covered(Call call, @Nullable RuleId rule) {
        return call.principal().mayEverywhere(call.permission())
                || (rule != null
                        && edits.gate().reads(call.principal(), call.permission(), DefinitionKey.geographicRule(rule)));
    }

    private static ObjectNode answer(
            @Nullable String id, boolean dryRun, List<Optimizer.Taken> done, List<Recommendation> found) {
        ObjectNode json = Json.object();
        json.put("optimization_id", id);
        json.put("dry_run", dryRun);
        ArrayNode changes = json.putArray("changes");
        ArrayNode refused = json.putArray("refused");
        for (Optimizer.Taken each : done) {
            show((each.refused().isEmpty() ? changes : refused).addObject(), each);
        }
        ArrayNode recommendations = json.putArray("recommendations");
        found.forEach(each -> AdviceBodies.show(recommendations.addObject(), each));
        return json;
    }

    private static void show(ObjectNode json, Optimizer.Taken done) {
        Optimizer.Step plan = done.step();
        json.put("rule_id", plan.rule().id().value());
        show(json.putObject("before"), plan.before());
        show(json.putObject("after"), plan.after());
        ArrayNode why = json.putArray("why");
        plan.why().forEach(why::add);
        if (!done.refused().isEmpty()) {
            json.put("refused", done.refused());
        }
    }

    private static void show(ObjectNode json, Optimization.Setting setting) {
        ArrayNode targets = json.putArray("target_regions");
        setting.targets().forEach(region -> targets.add(region.value()));
        json.put("latency_threshold_ms", setting.latencyThresholdMs());
    }

    private CompletionStage<HttpResponse> undo(Call call) {
        call.onlyQueries();
        String id = call.variable(0);
        CompletionStage<List<Optimizer.Taken>> undone = optimizer.undo(asked(call), id, rule -> covered(call, rule));
        if (undone == null) {
            throw Problem.unknown("optimization_id", id);
        }
        return undone.thenApply(taken -> Reply.json(answer(id, false, written(taken), List.of())));
    }

    private static Optimizer.Asked asked(Call call) {
        return new Optimizer.Asked(call.writer(), call::request, call.written());
    }

    /** Fails when nothing was written and writes are not possible now. */
    private static List<Optimizer.Taken> written(List<Optimizer.Taken> taken) {
        for (Optimizer.Taken each : taken) {
            if (each.outcome() instanceof EditOutcome.Done) {
                return taken;
            }
            if (each.outcome() instanceof EditOutcome.NotDone notDone && notDone.why() == EditOutcome.Why.UNAVAILABLE) {
                throw EditProblem.of(
                        DefinitionKey.geographicRule(each.step().rule().id()), EditProblem.Doing.CHANGE, notDone);
            }
        }
        return taken;
    }
}
