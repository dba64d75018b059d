package dev.windrose.front.http;

import akka.actor.typed.ActorSystem;
import dev.windrose.decide.geo.RegionCatalogue;
import dev.windrose.decide.rule.Askable;
import dev.windrose.decide.rule.Change;
import dev.windrose.decide.rule.RegionUse;
import dev.windrose.decide.rule.Request;
import dev.windrose.decide.rule.RuleChecks;
import dev.windrose.decide.rule.RuleState;
import dev.windrose.live.rule.RuleGateway;
import dev.windrose.live.table.Catalog;
import dev.windrose.live.table.Director;
import dev.windrose.model.DefinitionKey;
import dev.windrose.model.HealthCheck;
import dev.windrose.model.RegionId;
import dev.windrose.model.Rule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Hands edits to where they are written, and says in the words of HTTP how they ended. */
public final class Edits {

    private static final long RETRY_SECONDS = 2;

    private static final int MERGED_AT_MOST = 5;
    private static final int USERS_NAMED = 5;

    private static final Duration LOOK_EVERY = Duration.ofMillis(5);

    /** Longer than the table takes to be swapped; a node that is slower than this answers all the same. */
    private static final Duration SEEN_AT_MOST = Duration.ofSeconds(2);

    private final ActorSystem<?> system;
    private final Set<RegionId> regions;
    private final Director director;
    private final HealthCheck defaults;
    private final Supplier<@Nullable RuleGateway> gateway;
    private final Gate gate;
    private final Warned warned;

    public Edits(
            ActorSystem<?> system,
            Set<RegionId> regions,
            Director director,
            HealthCheck defaults,
            Supplier<@Nullable RuleGateway> gateway,
            Gate gate) {
        this.system = system;
        this.regions = regions;
        this.director = director;
        this.defaults = defaults;
        this.gateway = gateway;
        this.gate = gate;
        this.warned = new Warned(regions, director, gate);
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
        return outcome(call, key, kind, fields, revision, reason, call.request(key));
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
        gate.requireEdit(call, key, kind, fields);
        requireFitting(call, key, kind, fields);
        RuleGateway gateway = this.gateway.get();
        if (gateway == null) {
            throw Problem.unavailable(
                    "this node has no control plane now, so nothing can be written; decisions go on, try again",
                    RETRY_SECONDS);
        }
        RuleState here = director.catalog().state(key);
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
                    RuleState known = director.catalog().state(key);
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
    private void requireFitting(Call call, DefinitionKey key, Change.Kind kind, Map<String, String> fields) {
        boolean region = key.kind() == DefinitionKey.Kind.REGION;
        if (!region && (key.kind() != DefinitionKey.Kind.RULE || kind == Change.Kind.REMOVED)) {
            return;
        }
        Catalog before = director.catalog().with(call.note().states());
        RuleState now = before.states().getOrDefault(key, RuleState.EMPTY);
        RuleState then = now.edited(kind, fields);
        if (!RuleChecks.problems(key, now, then, defaults).isEmpty()) {
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
                knownElsewhere(regions, region));
        List<DefinitionKey> shown =
                users.stream().filter(user -> gate.sees(call, user)).toList();
        if (!users.isEmpty()) {
            throw Problem.of(Problem.Kind.UNSAFE, needed(region, kind, shown, users.size() - shown.size()));
        }
    }

    /** Whether rules may name the region though nobody registered it. */
    static boolean knownElsewhere(Set<RegionId> regions, RegionId region) {
        return regions.contains(region) || RegionCatalogue.knows(region.value());
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
    private void whenSeen(
            DefinitionKey key, RuleGateway.Outcome outcome, long until, CompletableFuture<RuleGateway.Outcome> seen) {
        RuleState here = director.catalog().states().getOrDefault(key, RuleState.EMPTY);
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
        return director.catalog().regions().containsKey(id) || knownElsewhere(regions, id);
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
