package dev.windrose.live.edit;

import dev.windrose.decide.definition.Catalog;
import dev.windrose.decide.definition.Change;
import dev.windrose.decide.definition.DefinitionState;
import dev.windrose.decide.definition.Fields;
import dev.windrose.decide.definition.FreezeGuard;
import dev.windrose.decide.definition.IdempotencyKey;
import dev.windrose.decide.definition.Optimization;
import dev.windrose.decide.optimise.Recommendation;
import dev.windrose.live.table.Director;
import dev.windrose.model.DefinitionKey;
import dev.windrose.model.GeographicRule;
import dev.windrose.model.RegionId;
import dev.windrose.model.RuleId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Applies recommendations for geographic rules, one rule at a time, and undoes them. It never changes what someone else
 * has changed in the meantime, or what a rule's freeze forbids. Safe for all threads.
 */
public final class Optimizer {

    /** A proposed change of one rule. */
    public record Step(
            GeographicRule rule,
            DefinitionState state,
            Optimization.Setting before,
            Optimization.Setting after,
            List<String> why) {}

    /**
     * The outcome of a step.
     *
     * @param refused why it was not done; empty when it was
     * @param outcome of the edit; null when there was none
     */
    public record Taken(Step step, String refused, @Nullable EditOutcome outcome) {}

    /**
     * The requester.
     *
     * @param request identifies the edit of a definition; see {@link EditRequest}
     */
    public record Asked(Writer.Person writer, Function<DefinitionKey, IdempotencyKey> request, RequestEdits written) {}

    private final Editor editor;
    private final Director director;
    private final LongSupplier epochMs;

    /** @param epochMs wall clock, for freezes and records */
    public Optimizer(Editor editor, Director director, LongSupplier epochMs) {
        this.editor = editor;
        this.director = director;
        this.epochMs = epochMs;
    }

    /**
     * The proposed changes, in the order of the recommendations.
     *
     * @param most rules to change
     */
    public List<Step> steps(List<Recommendation> recommended, long most) {
        Map<RuleId, List<Recommendation>> byRule = new LinkedHashMap<>();
        for (Recommendation each : recommended) {
            if (each.rule() != null && each.kind().applies()) {
                byRule.computeIfAbsent(each.rule(), rule -> new ArrayList<>()).add(each);
            }
        }
        Catalog catalog = director.catalog();
        List<Step> steps = new ArrayList<>();
        byRule.forEach((id, changes) -> {
            GeographicRule rule = catalog.geographicRules().get(id);
            DefinitionState state = catalog.state(DefinitionKey.geographicRule(id));
            if (rule != null && state != null && steps.size() < most) {
                steps.add(step(rule, state, changes));
            }
        });
        return steps;
    }

    private static Step step(GeographicRule rule, DefinitionState state, List<Recommendation> changes) {
        List<RegionId> targets = rule.targets();
        double threshold = rule.latencyThresholdMs();
        List<String> why = new ArrayList<>();
        for (Recommendation change : changes) {
            targets = change.targets().isEmpty() ? targets : change.targets();
            threshold = Double.isNaN(change.thresholdMs()) ? threshold : change.thresholdMs();
            why.add(change.why());
        }
        return new Step(rule, state, setting(rule), new Optimization.Setting(targets, threshold), why);
    }

    private static Optimization.Setting setting(GeographicRule rule) {
        return new Optimization.Setting(rule.targets(), rule.latencyThresholdMs());
    }

    /**
     * Applies the steps, one after the other: a refused one does not stop the rest.
     *
     * @param id identifies all of them, so that they can be undone
     */
    public CompletionStage<List<Taken>> carryOut(Asked by, String id, List<Step> steps) {
        return each(steps, step -> {
            Map<String, String> fields = new HashMap<>(step.after().fields());
            fields.put(
                    Fields.OPTIMIZATION, new Optimization(id, epochMs.getAsLong(), step.before(), step.after()).text());
            EditRequest edit = edit(by, step, fields, "optimize " + id + ": " + String.join("; ", step.why()));
            // Affected rules are mentioned only after authorization.
            RuleId frozen = editor.refusal(by.writer(), edit) != null
                    ? null
                    : FreezeGuard.moved(step.rule(), director.catalog().rules().values(), epochMs.getAsLong());
            return frozen == null
                    ? taken(by, step, edit)
                    : CompletableFuture.completedFuture(new Taken(step, "rule '" + frozen + "' is frozen now", null));
        });
    }

    /**
     * Undoes what was applied under that id; later changes by others stay.
     *
     * @param covered whether the writer may see that rule
     * @return null when the id is unknown
     */
    public @Nullable CompletionStage<List<Taken>> undo(Asked by, String id, Predicate<RuleId> covered) {
        Catalog catalog = director.catalog();
        List<Step> steps = new ArrayList<>();
        List<Taken> kept = new ArrayList<>();
        catalog.geographicRules().forEach((name, rule) -> {
            DefinitionState state = catalog.state(DefinitionKey.geographicRule(name));
            Optimization last = state == null ? null : last(state);
            if (state != null && last != null && last.id().equals(id) && covered.test(name)) {
                Step step = new Step(rule, state, setting(rule), last.before(), List.of("undo " + id));
                if (setting(rule).equals(last.after())) {
                    steps.add(step);
                } else {
                    kept.add(new Taken(step, "changed since by someone else, so it was left unchanged", null));
                }
            }
        });
        if (steps.isEmpty() && kept.isEmpty()) {
            return null;
        }
        return each(steps, step -> {
                    Map<String, String> fields = new HashMap<>(step.after().fields());
                    fields.put(Fields.OPTIMIZATION, "");
                    return taken(by, step, edit(by, step, fields, "undo " + id));
                })
                .thenApply(taken -> {
                    List<Taken> all = new ArrayList<>(taken);
                    all.addAll(kept);
                    return all;
                });
    }

    private static @Nullable Optimization last(DefinitionState state) {
        String text = state.text(Fields.OPTIMIZATION);
        try {
            return text == null || text.isEmpty() ? null : Optimization.parse(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static EditRequest edit(Asked by, Step step, Map<String, String> fields, String reason) {
        DefinitionKey key = DefinitionKey.geographicRule(step.rule().id());
        return new EditRequest(
                key,
                Change.Kind.CHANGED,
                fields,
                step.state().revision(),
                reason,
                by.request().apply(key));
    }

    private CompletionStage<Taken> taken(Asked by, Step step, EditRequest edit) {
        return editor.edit(by.writer(), edit, by.written())
                .thenApply(outcome -> new Taken(step, refused(outcome), outcome));
    }

    private static String refused(EditOutcome outcome) {
        return outcome.fold(
                done -> "",
                notDone -> switch (notDone.why()) {
                    case EXISTS, MISSING, STALE, REFUSED, UNFIT, IN_USE, FORBIDDEN, FROZEN -> notDone.detail();
                    case REUSED, CLOCK, UNAVAILABLE -> "not written: " + notDone.detail();
                },
                unknown -> "possibly written: " + unknown.detail());
    }

    private static CompletionStage<List<Taken>> each(List<Step> steps, Function<Step, CompletionStage<Taken>> take) {
        CompletionStage<List<Taken>> all = CompletableFuture.completedFuture(new ArrayList<>());
        for (Step step : steps) {
            all = all.thenCompose(done -> take.apply(step).thenApply(one -> {
                done.add(one);
                return done;
            }));
        }
        return all;
    }
}
