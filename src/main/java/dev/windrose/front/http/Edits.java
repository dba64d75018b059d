package dev.windrose.front.http;

import akka.actor.typed.ActorSystem;
import dev.windrose.decide.geo.RegionCatalogue;
import dev.windrose.decide.rule.Askable;
import dev.windrose.decide.rule.Catalog;
import dev.windrose.decide.rule.Change;
import dev.windrose.decide.rule.RegionUse;
import dev.windrose.decide.rule.Request;
import dev.windrose.decide.rule.RuleChecks;
import dev.windrose.decide.rule.RuleState;
import dev.windrose.live.edit.EditOutcome;
import dev.windrose.live.rule.RuleGateway;
import dev.windrose.model.DefinitionKey;
import dev.windrose.model.RegionId;
import dev.windrose.model.Rule;
import java.time.Duration;
import java.util.ArrayList;
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
    private static final int USERS_NAMED = 5;

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
        return outcome(call, key, kind, fields, revision, reason, call.request(key));
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
        gate.requireEdit(call, key, kind, fields);
        requireFitting(call, key, kind, fields);
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
    private void requireFitting(Call call, DefinitionKey key, Change.Kind kind, Map<String, String> fields) {
        boolean region = key.kind() == DefinitionKey.Kind.REGION;
        if (!region && (key.kind() != DefinitionKey.Kind.RULE || kind == Change.Kind.REMOVED)) {
            return;
        }
        Catalog before = parts.director().catalog().with(call.note().states());
        RuleState now = before.states().getOrDefault(key, RuleState.EMPTY);
        RuleState then = now.edited(kind, fields);
        if (!RuleChecks.problems(key, now, then, parts.defaults()).isEmpty()) {
            // Wrong by itself, which its actor says in one sentence.
            return;
        }
        Catalog after = before.with(Map.of(key, then));
        if (region) {
            requireUnused(call, new RegionId(key.name()), kind, before, after);
        }
        List<String> problems = unaskable(key, before, after);
        if (!problems.isEmpty()) {
            throw Problem.invalid(String.join("; ", problems.subList(0, Math.min(USERS_NAMED, problems.size()))));
        }
    }

    /** The checks that could be asked before an edit of the definition, or were not there, and cannot be asked after it. */
    static List<String> unaskable(DefinitionKey key, Catalog before, Catalog after) {
        RegionId only = key.kind() == DefinitionKey.Kind.REGION ? new RegionId(key.name()) : null;
        List<String> problems = new ArrayList<>();
        after.rules().forEach((id, rule) -> {
            if (only != null || id.value().equals(key.name())) {
                Rule was = before.rules().get(id);
                List<String> found = new ArrayList<>(Askable.problems(rule, after.regions(), only));
                if (was != null && !found.isEmpty()) {
                    found.removeAll(Askable.problems(was, before.regions(), only));
                }
                problems.addAll(found);
            }
        });
        return problems;
    }

    /** Refuses to take a region, or the last endpoint of one, away from rules that send clients there. */
    private void requireUnused(Call call, RegionId region, Change.Kind kind, Catalog before, Catalog after) {
        List<DefinitionKey> users = RegionUse.broken(
                before.regions().get(region),
                after.regions().get(region),
                before.rules().values(),
                before.geographicRules().values(),
                knownElsewhere(parts, region));
        List<DefinitionKey> shown =
                users.stream().filter(user -> gate.sees(call, user)).toList();
        if (!users.isEmpty()) {
            throw Problem.of(Problem.Kind.UNSAFE, needed(region, kind, shown, users.size() - shown.size()));
        }
    }

    /** Whether rules may name the region though nobody registered it. */
    static boolean knownElsewhere(ApiParts parts, RegionId region) {
        return parts.regions().contains(region) || RegionCatalogue.knows(region.value());
    }

    /**
     * Why a region may not be taken away.
     *
     * @param users those that the caller may see
     * @param hidden how many others there are
     */
    static String needed(RegionId region, Change.Kind kind, List<DefinitionKey> users, int hidden) {
        int more = users.size() + hidden - Math.min(USERS_NAMED, users.size());
        String first =
                users.stream().limit(USERS_NAMED).map(DefinitionKey::entityId).collect(Collectors.joining(", "));
        String names = first + (more > 0 ? (first.isEmpty() ? "" : " and ") + more + " more" : "");
        return kind == Change.Kind.REMOVED
                ? "region_id: '" + region + "' is in use by " + names
                        + " (expected: no rule names it; take it out of target_regions and fallback first)"
                : "endpoints: none for '" + region + "', which is in use by " + names
                        + " (expected: at least one while a rule sends clients there; take the region out of"
                        + " target_regions and fallback first, or drain it)";
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
        for (String region : regions) {
            if (!known(region)) {
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
