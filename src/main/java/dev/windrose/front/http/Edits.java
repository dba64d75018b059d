package dev.windrose.front.http;

import akka.actor.typed.ActorSystem;
import dev.windrose.decide.geo.RegionCatalogue;
import dev.windrose.decide.rule.Catalog;
import dev.windrose.decide.rule.Change;
import dev.windrose.decide.rule.Fitting;
import dev.windrose.decide.rule.ManifestPlan;
import dev.windrose.decide.rule.Request;
import dev.windrose.decide.rule.RuleChecks;
import dev.windrose.decide.rule.RuleState;
import dev.windrose.live.edit.EditOutcome;
import dev.windrose.live.rule.RuleGateway;
import dev.windrose.model.DefinitionKey;
import dev.windrose.model.RegionId;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Hands edits to where they are written, and says in the words of HTTP how they ended. */
final class Edits {

    private static final long RETRY_SECONDS = 2;
    private static final Duration RETRY = Duration.ofSeconds(RETRY_SECONDS);

    private static final int MERGED_AT_MOST = 5;
    private static final int MISFITS_TOLD = 5;

    private static final Duration LOOK_EVERY = Duration.ofMillis(5);

    /** Longer than the table takes to be swapped; a node that is slower than this answers all the same. */
    private static final Duration SEEN_AT_MOST = Duration.ofSeconds(2);

    private final ActorSystem<?> system;
    private final ApiParts parts;
    private final Gate gate;
    private final Warned warned;

    Edits(ActorSystem<?> system, ApiParts parts, Gate gate) {
        this.system = system;
        this.parts = parts;
        this.gate = gate;
        this.warned = new Warned(parts, gate);
    }

    /** Who may do what. */
    Gate gate() {
        return gate;
    }

    /** What is probably not meant. */
    Warned warned() {
        return warned;
    }

    /** The state after the edit; fails with a {@link Problem} when it was not done. */
    CompletionStage<RuleState> submit(Call call, DefinitionKey key, Change.Kind kind, Map<String, String> fields) {
        return outcome(call, key, kind, fields, call.ifMatch()).thenApply(outcome -> EditProblem.done(key, EditProblem.Doing.CHANGE, outcome));
    }

    /** What an edit writes. */
    record Fields(Change.Kind kind, Map<String, String> texts) {}

    /** Makes of what is there what is to be written. */
    interface Merge {
        Fields of(RuleState now);
    }

    /** A definition before and after an edit. */
    record Edited(RuleState before, RuleState after) {}

    /**
     * Merges something into a definition. What others write in the meantime is merged with, and not overwritten.
     *
     * @param merges whether what is written depends on what is there
     */
    CompletionStage<Edited> patched(Call call, DefinitionKey key, boolean merges, RuleState now, Merge merge) {
        return patched(call, key, merges, now, merge, MERGED_AT_MOST);
    }

    private CompletionStage<Edited> patched(
            Call call, DefinitionKey key, boolean merges, RuleState now, Merge merge, int triesLeft) {
        Fields fields = merge.of(now);
        String given = call.ifMatch();
        String revision = given == null && merges && now.exists() ? now.revision() : given;
        return outcome(call, key, fields.kind(), fields.texts(), revision).thenCompose(outcome -> {
            boolean again = given == null && merges && triesLeft > 1;
            return again
                            && outcome instanceof EditOutcome.NotDone notDone
                            && notDone.why() == EditOutcome.Why.STALE
                            && notDone.state() != null
                    ? patched(call, key, true, notDone.state(), merge, triesLeft - 1)
                    : CompletableFuture.completedFuture(
                            new Edited(now, EditProblem.done(key, EditProblem.Doing.CHANGE, outcome)));
        });
    }

    /** How the edit ended; throws a {@link Problem} when it was not handed on. */
    CompletionStage<EditOutcome> outcome(
            Call call, DefinitionKey key, Change.Kind kind, Map<String, String> fields, @Nullable String revision) {
        return outcome(call, key, kind, fields, revision, call.reason());
    }

    /** The same for a reason that the caller need not give. */
    CompletionStage<EditOutcome> outcome(
            Call call,
            DefinitionKey key,
            Change.Kind kind,
            Map<String, String> fields,
            @Nullable String revision,
            String reason) {
        return outcome(call, key, kind, fields, revision, reason, call.request(key), null);
    }

    /** The same for one of several edits of a call. */
    CompletionStage<EditOutcome> outcome(
            Call call,
            DefinitionKey key,
            Change.Kind kind,
            Map<String, String> fields,
            @Nullable String revision,
            Fitting set) {
        return outcome(call, key, kind, fields, revision, call.reason(), call.request(key), set);
    }

    /** The same for a request with a name of its own. */
    CompletionStage<EditOutcome> outcome(
            Call call,
            DefinitionKey key,
            Change.Kind kind,
            Map<String, String> fields,
            @Nullable String revision,
            String reason,
            @Nullable Request request) {
        return outcome(call, key, kind, fields, revision, reason, request, null);
    }

    private CompletionStage<EditOutcome> outcome(
            Call call,
            DefinitionKey key,
            Change.Kind kind,
            Map<String, String> fields,
            @Nullable String revision,
            String reason,
            @Nullable Request request,
            @Nullable Fitting set) {
        gate.requireEdit(call, key, kind, fields);
        requireFitting(call, key, kind, fields, set);
        RuleGateway gateway = parts.gateway().get();
        if (gateway == null) {
            throw Problem.unavailable(
                    "this node has no control plane now, so nothing can be written; decisions go on, try again",
                    RETRY_SECONDS);
        }
        RuleState here = parts.director().catalog().state(key);
        RuleState made = kind == Change.Kind.CREATED ? here : null;
        // Whether this request made it is for its actor to say. Where the journal lost it the revision keeps it from
        // being made twice.
        String only = made == null ? revision : made.revision();
        return gateway.submit(key, new RuleGateway.Edit(kind, fields, only, call.author(), reason, request))
                .thenApply(outcome -> made != null && outcome.result() == RuleGateway.Result.STALE
                        ? new RuleGateway.Outcome(RuleGateway.Result.EXISTS, made, key.name() + " exists")
                        : outcome)
                .handle((outcome, failure) ->
                        outcome == null ? unanswered(failure) : outcome(here == null ? RuleState.EMPTY : here, outcome))
                .thenCompose(outcome -> {
                    if (outcome instanceof EditOutcome.Done done) {
                        if (done.repeats() != null) {
                            call.note().replayed(key);
                        } else {
                            call.note().changed(key, done.before(), done.after());
                        }
                        return seen(key, done);
                    }
                    return CompletableFuture.completedFuture(notHereYet(key, outcome));
                });
    }

    private static EditOutcome outcome(RuleState before, RuleGateway.Outcome outcome) {
        String detail = outcome.detail();
        return switch (outcome.result()) {
            case DONE -> new EditOutcome.Done(before, outcome.state(), outcome.repeats());
            case EXISTS -> notDone(EditOutcome.Why.EXISTS, outcome);
            case MISSING -> notDone(EditOutcome.Why.MISSING, outcome);
            case STALE -> notDone(EditOutcome.Why.STALE, outcome);
            case REFUSED -> notDone(EditOutcome.Why.REFUSED, outcome);
            case FROZEN -> notDone(EditOutcome.Why.FROZEN, outcome);
            case REUSED -> new EditOutcome.NotDone(EditOutcome.Why.REUSED, null, detail, Duration.ZERO);
            case CLOCK -> new EditOutcome.NotDone(EditOutcome.Why.CLOCK, null, detail, Duration.ZERO);
            case NOT_DONE -> unavailable(detail);
            case UNKNOWN -> new EditOutcome.Unknown(detail);
        };
    }

    private static EditOutcome notDone(EditOutcome.Why why, RuleGateway.Outcome outcome) {
        return new EditOutcome.NotDone(why, outcome.state(), outcome.detail(), Duration.ZERO);
    }

    private static EditOutcome unavailable(String detail) {
        return new EditOutcome.NotDone(EditOutcome.Why.UNAVAILABLE, null, detail, RETRY);
    }

    /** What the journal knows to be removed is gone; what it never heard of is on its way. */
    private EditOutcome notHereYet(DefinitionKey key, EditOutcome outcome) {
        RuleState known = parts.director().catalog().state(key);
        return outcome instanceof EditOutcome.NotDone notDone
                        && notDone.why() == EditOutcome.Why.MISSING
                        && known != null
                        && notDone.state() != null
                        && known.merge(notDone.state()).exists()
                ? unavailable(EditProblem.what(key) + ": '" + key.name()
                        + "' is not in this region's journal yet, which is taking it over from the others; try again")
                : outcome;
    }

    /** Refuses what is right by itself and would break what other definitions say. */
    private void requireFitting(
            Call call, DefinitionKey key, Change.Kind kind, Map<String, String> fields, @Nullable Fitting set) {
        if (key.kind() != DefinitionKey.Kind.REGION && key.kind() != DefinitionKey.Kind.RULE) {
            return;
        }
        Catalog catalog = parts.director().catalog();
        if (set != null) {
            require(set.of(key, catalog));
            return;
        }
        Catalog now = catalog.with(call.note().states());
        RuleState before = now.states().getOrDefault(key, RuleState.EMPTY);
        RuleState after = before.edited(kind, fields);
        if (!RuleChecks.problems(key, before, after, parts.defaults()).isEmpty()) {
            // Wrong by itself, which its actor says in one sentence.
            return;
        }
        require(new Fitting(region -> knownElsewhere(parts, region), now, Map.of(key, after), gate.sight(call)::covers).of(key, now));
    }

    /** Refuses several edits that would break what other definitions say once all of them are made. */
    Fitting requireFitting(Call call, Map<DefinitionKey, RuleState> edited) {
        Catalog now = parts.director().catalog();
        Fitting set = new Fitting(region -> knownElsewhere(parts, region), now, edited, gate.sight(call)::covers);
        require(edited.keySet().stream()
                .sorted(ManifestPlan.ORDER)
                .flatMap(key -> set.of(key, now).stream())
                .toList());
        return set;
    }

    private static void require(List<Fitting.Misfit> misfits) {
        for (Fitting.Misfit misfit : misfits) {
            if (misfit.inUse()) {
                throw Problem.of(Problem.Kind.UNSAFE, misfit.text());
            }
        }
        if (!misfits.isEmpty()) {
            throw Problem.invalid(misfits.stream()
                    .limit(MISFITS_TOLD)
                    .map(Fitting.Misfit::text)
                    .collect(Collectors.joining("; ")));
        }
    }

    /** Whether rules may name the region though nobody registered it. */
    static boolean knownElsewhere(ApiParts parts, RegionId region) {
        return parts.regions().contains(region) || RegionCatalogue.knows(region.value());
    }

    /** Waits until this node answers from the edit, so that who wrote may read and route at once. */
    private CompletionStage<EditOutcome> seen(DefinitionKey key, EditOutcome.Done done) {
        CompletableFuture<EditOutcome> seen = new CompletableFuture<>();
        whenSeen(key, done, System.nanoTime() + SEEN_AT_MOST.toNanos(), seen);
        return seen;
    }

    private void whenSeen(
            DefinitionKey key, EditOutcome.Done done, long until, CompletableFuture<EditOutcome> seen) {
        RuleState here = parts.director().catalog().states().getOrDefault(key, RuleState.EMPTY);
        if (here.merge(done.after().withoutRequests()).equals(here) || System.nanoTime() - until >= 0) {
            seen.complete(done);
            return;
        }
        system.scheduler().scheduleOnce(LOOK_EVERY, () -> whenSeen(key, done, until, seen), system.executionContext());
    }

    private static EditOutcome unanswered(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof RuleGateway.Unavailable unavailable) {
            return new EditOutcome.NotDone(
                    EditOutcome.Why.UNAVAILABLE,
                    null,
                    String.valueOf(unavailable.getMessage()),
                    unavailable.retryAfter());
        }
        return new EditOutcome.Unknown(
                cause instanceof RuleGateway.OutcomeUnknown unknown
                        ? String.valueOf(unknown.getMessage())
                        : "the edit was handed on and not answered");
    }

    /** Refuses regions that nobody has heard of: a misspelt target would never serve. */
    void knownRegions(String field, Collection<String> regions) {
        knownRegions(field, regions, Sight.WHOLE);
    }

    /** The same; what the caller may not hear of is as what nobody has heard of. */
    void knownRegions(String field, Collection<String> regions, Sight sight) {
        for (String region : regions) {
            if (!known(region) || !(sight.names(new RegionId(region)) || knownElsewhere(parts, new RegionId(region)))) {
                throw Problem.unknownReference(field + ": '" + region
                        + "' (expected: a region of the cluster, of a public cloud, or registered with PUT"
                        + " /api/v1/regions/" + region + ")");
            }
        }
    }

    boolean known(String region) {
        RegionId id = new RegionId(region);
        return parts.director().catalog().regions().containsKey(id) || knownElsewhere(parts, id);
    }
}
