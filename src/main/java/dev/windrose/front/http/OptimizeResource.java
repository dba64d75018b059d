package dev.windrose.front.http;

import akka.http.javadsl.model.HttpResponse;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.windrose.decide.optimise.GeographicAdvice;
import dev.windrose.decide.optimise.Recommendation;
import dev.windrose.decide.rule.Change;
import dev.windrose.decide.rule.Fields;
import dev.windrose.decide.rule.Optimization;
import dev.windrose.decide.rule.RuleState;
import dev.windrose.live.rule.RuleGateway;
import dev.windrose.model.Algorithm;
import dev.windrose.model.DefinitionKey;
import dev.windrose.model.GeographicRule;
import dev.windrose.model.Permission;
import dev.windrose.model.RegionId;
import dev.windrose.model.Rule;
import dev.windrose.model.RuleId;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /api/v1/geographic-rules/optimize}: what would be changed, and with {@code "dry_run": false} the change itself;
 * {@code POST /api/v1/geographic-rules/optimize/{id}/undo} takes it back.
 *
 * <p>Nothing is changed that does not rest on enough samples, that somebody changed meanwhile, or that a rule's freeze
 * forbids. Each change is an event of the rule with author and reason, like one that a person made.
 */
final class OptimizeResource {

    private static final Set<String> KNOWN = Set.of("dry_run", "rule_ids", "min_samples", "min_gain_ms", "max_changes");

    private static final String PATH = "/api/v1/geographic-rules/optimize";
    private static final int MOST_CHANGES = 100;
    private static final int MOST_RULES = 1000;
    private static final int ID_BYTES = 6;

    /** What one rule would become. */
    private record Plan(
            GeographicRule rule,
            RuleState state,
            Optimization.Setting before,
            Optimization.Setting after,
            List<String> why) {}

    /** A plan, and why it was not carried out; empty when it was. */
    private record Done(Plan plan, String refused) {}

    private final ApiParts parts;
    private final Edits edits;
    private final SecureRandom random = new SecureRandom();

    OptimizeResource(ApiParts parts, Edits edits) {
        this.parts = parts;
        this.edits = edits;
    }

    void addTo(Router router) {
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
        List<Recommendation> found = GeographyResource.advice(parts, least).stream()
                .filter(each -> covered(call, each.rule()))
                .filter(each -> only.isEmpty()
                        || (each.rule() != null && only.contains(each.rule().value())))
                .toList();
        List<Plan> plans = plans(found, most);
        if (dryRun) {
            return Reply.now(Reply.json(answer(
                    null, true, plans.stream().map(plan -> new Done(plan, "")).toList(), found)));
        }
        byte[] bytes = new byte[ID_BYTES];
        random.nextBytes(bytes);
        String id = "opt-" + HexFormat.of().formatHex(bytes);
        return each(plans, plan -> apply(call, id, plan)).thenApply(done -> Reply.json(answer(id, false, done, found)));
    }

    /** Whether the caller may hear of what would be done to that rule; of none of them when it is null. */
    private boolean covered(Call call, @Nullable RuleId rule) {
        return call.principal().mayEverywhere(call.permission())
                || (rule != null
                        && edits.gate().reads(call.principal(), call.permission(), DefinitionKey.geographicRule(rule)));
    }

    private static ObjectNode answer(@Nullable String id, boolean dryRun, List<Done> done, List<Recommendation> found) {
        ObjectNode json = Json.object();
        json.put("optimization_id", id);
        json.put("dry_run", dryRun);
        ArrayNode changes = json.putArray("changes");
        ArrayNode refused = json.putArray("refused");
        for (Done each : done) {
            show((each.refused().isEmpty() ? changes : refused).addObject(), each);
        }
        ArrayNode recommendations = json.putArray("recommendations");
        found.forEach(each -> GeographyResource.show(recommendations.addObject(), each));
        return json;
    }

    private static void show(ObjectNode json, Done done) {
        Plan plan = done.plan();
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

    /** What to change, a rule at a time, the largest gains first. */
    private List<Plan> plans(List<Recommendation> found, long most) {
        Map<RuleId, List<Recommendation>> byRule = new LinkedHashMap<>();
        for (Recommendation each : found) {
            if (each.rule() != null && each.kind().applies()) {
                byRule.computeIfAbsent(each.rule(), rule -> new ArrayList<>()).add(each);
            }
        }
        List<Plan> plans = new ArrayList<>();
        byRule.forEach((id, changes) -> {
            GeographicRule rule = parts.director().catalog().geographicRules().get(id);
            RuleState state = parts.director().catalog().state(DefinitionKey.geographicRule(id));
            if (rule != null && state != null && plans.size() < most) {
                plans.add(plan(rule, state, changes));
            }
        });
        return plans;
    }

    private static Plan plan(GeographicRule rule, RuleState state, List<Recommendation> changes) {
        List<RegionId> targets = rule.targets();
        double threshold = rule.latencyThresholdMs();
        List<String> why = new ArrayList<>();
        for (Recommendation change : changes) {
            targets = change.targets().isEmpty() ? targets : change.targets();
            threshold = Double.isNaN(change.thresholdMs()) ? threshold : change.thresholdMs();
            why.add(change.why());
        }
        return new Plan(
                rule,
                state,
                new Optimization.Setting(rule.targets(), rule.latencyThresholdMs()),
                new Optimization.Setting(targets, threshold),
                why);
    }

    private CompletionStage<Done> apply(Call call, String id, Plan plan) {
        Map<String, String> fields = new HashMap<>(plan.after().fields());
        fields.put(
                Fields.OPTIMIZATION,
                new Optimization(id, parts.operations().clock().epochMs(), plan.before(), plan.after()).text());
        String frozen = frozen(plan.rule());
        if (frozen != null) {
            // Who may not change it is not told which rule it is.
            String why = forbidden(call, plan, fields);
            return CompletableFuture.completedFuture(
                    new Done(plan, why == null ? "rule '" + frozen + "' is frozen now" : why));
        }
        return changed(call, plan, fields, "optimize " + id + ": " + String.join("; ", plan.why()));
    }

    private CompletionStage<Done> changed(Call call, Plan plan, Map<String, String> fields, String reason) {
        String forbidden = forbidden(call, plan, fields);
        if (forbidden != null) {
            return CompletableFuture.completedFuture(new Done(plan, forbidden));
        }
        DefinitionKey key = DefinitionKey.geographicRule(plan.rule().id());
        return edits.outcome(
                        call, key, Change.Kind.CHANGED, fields, plan.state().revision(), reason)
                .handle((outcome, failure) -> {
                    if (outcome == null) {
                        return new Done(plan, "not written: " + failure.getMessage());
                    }
                    return new Done(plan, outcome.result() == RuleGateway.Result.DONE ? "" : outcome.detail());
                });
    }

    /** Why the caller may not make that change; null when they may. */
    private @Nullable String forbidden(Call call, Plan plan, Map<String, String> fields) {
        try {
            DefinitionKey key = DefinitionKey.geographicRule(plan.rule().id());
            edits.gate().requireEdit(call, key, Change.Kind.CHANGED, fields);
            return null;
        } catch (Problem e) {
            return String.valueOf(e.getMessage());
        }
    }

    /** A rule that the geographic rule moves and that nobody may change now; null when there is none. */
    private @Nullable String frozen(GeographicRule rule) {
        for (Rule each : parts.director().catalog().rules().values()) {
            RuleId only = rule.rule();
            boolean moved = only == null ? each.algorithm() == Algorithm.GEOGRAPHIC : only.equals(each.id());
            if (moved
                    && each.failover()
                            .safety()
                            .frozen(parts.operations().clock().epochMs())) {
                return each.id().value();
            }
        }
        return null;
    }

    private CompletionStage<HttpResponse> undo(Call call) {
        call.onlyQueries();
        String id = call.variable(0);
        List<Plan> plans = new ArrayList<>();
        List<Done> kept = new ArrayList<>();
        parts.director().catalog().geographicRules().forEach((name, rule) -> {
            RuleState state = parts.director().catalog().state(DefinitionKey.geographicRule(name));
            Optimization last = state == null ? null : last(state);
            if (state != null && last != null && last.id().equals(id) && covered(call, name)) {
                Optimization.Setting now = new Optimization.Setting(rule.targets(), rule.latencyThresholdMs());
                Plan plan = new Plan(rule, state, now, last.before(), List.of("undo " + id));
                if (now.equals(last.after())) {
                    plans.add(plan);
                } else {
                    kept.add(new Done(plan, "changed since by somebody else, so it stays"));
                }
            }
        });
        if (plans.isEmpty() && kept.isEmpty()) {
            throw Problem.unknown("optimization_id", id);
        }
        return each(plans, plan -> {
                    Map<String, String> fields = new HashMap<>(plan.after().fields());
                    fields.put(Fields.OPTIMIZATION, "");
                    return changed(call, plan, fields, "undo " + id);
                })
                .thenApply(done -> {
                    List<Done> all = new ArrayList<>(done);
                    all.addAll(kept);
                    return Reply.json(answer(id, false, all, List.of()));
                });
    }

    private static @Nullable Optimization last(RuleState state) {
        String text = state.text(Fields.OPTIMIZATION);
        try {
            return text == null || text.isEmpty() ? null : Optimization.parse(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private interface Step {
        CompletionStage<Done> take(Plan plan);
    }

    /** One after the other: what is refused does not hold up the rest. */
    private static CompletionStage<List<Done>> each(List<Plan> plans, Step step) {
        CompletionStage<List<Done>> all = CompletableFuture.completedFuture(new ArrayList<>());
        for (Plan plan : plans) {
            all = all.thenCompose(done -> step.take(plan).thenApply(one -> {
                done.add(one);
                return done;
            }));
        }
        return all;
    }
}
