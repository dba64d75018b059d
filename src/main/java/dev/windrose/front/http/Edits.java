package dev.windrose.front.http;

import akka.actor.typed.ActorSystem;
import dev.windrose.decide.geo.RegionCatalogue;
import dev.windrose.decide.rule.Change;
import dev.windrose.decide.rule.Request;
import dev.windrose.decide.rule.RuleChecks;
import dev.windrose.decide.rule.RuleState;
import dev.windrose.live.rule.RuleGateway;
import dev.windrose.live.table.Catalog;
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
        return outcome(call, key, kind, fields, call.ifMatch()).thenApply(outcome -> done(key, outcome));
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
            boolean again = given == null && merges && outcome.result() == RuleGateway.Result.STALE;
            return again && triesLeft > 1
                    ? patched(call, key, true, outcome.state(), merge, triesLeft - 1)
                    : CompletableFuture.completedFuture(new Edited(now, done(key, outcome)));
        });
    }

    /** The state after the edit; throws a {@link Problem} when it was not done. */
    static RuleState done(DefinitionKey key, RuleGateway.Outcome outcome) {
        return switch (outcome.result()) {
            case DONE -> outcome.state();
            case EXISTS ->
                throw Problem.of(
                        Problem.Kind.EXISTS,
                        what(key) + ": '" + key.name() + "' exists (expected: a new name, or " + instead(key) + ")");
            case MISSING -> throw Problem.unknown(what(key), key.name());
            case STALE ->
                throw Problem.of(
                        Problem.Kind.STALE, outcome.detail() + "; read it again and send the change with its new ETag");
            case REFUSED -> throw Problem.invalid(outcome.detail());
            case FROZEN -> throw Problem.of(Problem.Kind.UNSAFE, outcome.detail());
            case REUSED, CLOCK, NOT_DONE, UNKNOWN -> throw neither(outcome);
        };
    }

    /** How the edit ended; fails with a {@link Problem} only when it may not have been done at all. */
    CompletionStage<RuleGateway.Outcome> outcome(
            Call call, DefinitionKey key, Change.Kind kind, Map<String, String> fields, @Nullable String revision) {
        return outcome(call, key, kind, fields, revision, call.reason());
    }

    /** The same for a reason that the caller need not give. */
    CompletionStage<RuleGateway.Outcome> outcome(
            Call call,
            DefinitionKey key,
            Change.Kind kind,
            Map<String, String> fields,
            @Nullable String revision,
            String reason) {
        return outcome(call, key, kind, fields, revision, reason, call.request(key), null);
    }

    /** The same for one of several edits of a call. */
    CompletionStage<RuleGateway.Outcome> outcome(
            Call call,
            DefinitionKey key,
            Change.Kind kind,
            Map<String, String> fields,
            @Nullable String revision,
            Fitting set) {
        return outcome(call, key, kind, fields, revision, call.reason(), call.request(key), set);
    }

    /** The same for a request with a name of its own. */
    CompletionStage<RuleGateway.Outcome> outcome(
            Call call,
            DefinitionKey key,
            Change.Kind kind,
            Map<String, String> fields,
            @Nullable String revision,
            String reason,
            @Nullable Request request) {
        return outcome(call, key, kind, fields, revision, reason, request, null);
    }

    private CompletionStage<RuleGateway.Outcome> outcome(
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
                .exceptionally(failure -> {
                    throw unavailable(key, failure);
                })
                .thenCompose(outcome -> {
                    switch (outcome.result()) {
                        case REUSED, CLOCK, NOT_DONE, UNKNOWN -> throw neither(outcome);
                        default -> {}
                    }
                    if (outcome.repeats() != null) {
                        call.note().replayed(key);
                    } else if (outcome.result() == RuleGateway.Result.DONE) {
                        call.note().changed(key, here == null ? RuleState.EMPTY : here, outcome.state());
                    }
                    RuleState known = parts.director().catalog().state(key);
                    // What the journal knows to be removed is gone; what it never heard of is on its way.
                    if (outcome.result() == RuleGateway.Result.MISSING
                            && known != null
                            && known.merge(outcome.state()).exists()) {
                        throw Problem.unavailable(
                                what(key) + ": '" + key.name()
                                        + "' is not in this region's journal yet, which is taking it"
                                        + " over from the others; try again",
                                RETRY_SECONDS);
                    }
                    CompletableFuture<RuleGateway.Outcome> seen = new CompletableFuture<>();
                    whenSeen(key, outcome, System.nanoTime() + SEEN_AT_MOST.toNanos(), seen);
                    return seen;
                });
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
        require(new Fitting(region -> knownElsewhere(parts, region), now, Map.of(key, after), gate.sight(call))
                .of(key, now));
    }

    /** Refuses several edits that would break what other definitions say once all of them are made. */
    Fitting requireFitting(Call call, Map<DefinitionKey, RuleState> edited) {
        Catalog now = parts.director().catalog();
        Fitting set = new Fitting(region -> knownElsewhere(parts, region), now, edited, gate.sight(call));
        require(edited.keySet().stream()
                .sorted(Plan.ORDER)
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
    private void whenSeen(
            DefinitionKey key, RuleGateway.Outcome outcome, long until, CompletableFuture<RuleGateway.Outcome> seen) {
        RuleState here = parts.director().catalog().states().getOrDefault(key, RuleState.EMPTY);
        if (outcome.result() != RuleGateway.Result.DONE
                || here.merge(outcome.state().withoutRequests()).equals(here)
                || System.nanoTime() - until >= 0) {
            seen.complete(outcome);
            return;
        }
        system.scheduler()
                .scheduleOnce(LOOK_EVERY, () -> whenSeen(key, outcome, until, seen), system.executionContext());
    }

    /** Why an edit was neither done nor refused for what it says. */
    static Problem neither(RuleGateway.Outcome outcome) {
        return switch (outcome.result()) {
            case REUSED -> Problem.of(Problem.Kind.KEY_REUSED, outcome.detail());
            case CLOCK -> Problem.of(Problem.Kind.CLOCK_OFF, outcome.detail());
            case UNKNOWN -> Problem.of(Problem.Kind.OUTCOME_UNKNOWN, outcome.detail());
            default -> Problem.unavailable(outcome.detail(), RETRY_SECONDS);
        };
    }

    private static Problem unavailable(DefinitionKey key, Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof RuleGateway.Unavailable unavailable) {
            return Problem.unavailable(
                    String.valueOf(unavailable.getMessage()),
                    unavailable.retryAfter().toSeconds());
        }
        String why = cause instanceof RuleGateway.OutcomeUnknown unknown
                ? String.valueOf(unknown.getMessage())
                : "the edit was handed on and not answered";
        return Problem.of(
                Problem.Kind.OUTCOME_UNKNOWN,
                why + ": the edit of " + key.entityId() + " may have been made, or may be yet; repeat the same request"
                        + " with the same Idempotency-Key, or the same body within a minute, which makes it once; or"
                        + " read the definition again");
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

    /** What to do instead of creating what is there. */
    private static String instead(DefinitionKey key) {
        return key.kind() == DefinitionKey.Kind.KEY
                ? "POST /api/v1/keys/" + key.name() + "/rotate for a new secret"
                : "PUT to replace it";
    }

    static String what(DefinitionKey key) {
        return switch (key.kind()) {
            case RULE, GEOGRAPHIC_RULE -> "rule_id";
            case REGION -> "region_id";
            case KEY -> "key";
        };
    }
}
