package dev.windrose.front.http;

import dev.windrose.decide.geo.RegionCatalogue;
import dev.windrose.decide.rule.Change;
import dev.windrose.decide.rule.RuleState;
import dev.windrose.live.rule.RuleGateway;
import dev.windrose.model.DefinitionKey;
import dev.windrose.model.RegionId;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Hands edits to where they are written, and says in the words of HTTP how they ended. */
final class Edits {

    private static final long RETRY_SECONDS = 2;

    private final ApiParts parts;

    Edits(ApiParts parts) {
        this.parts = parts;
    }

    /** The state after the edit; fails with a {@link Problem} when it was not done. */
    CompletionStage<RuleState> submit(Call call, DefinitionKey key, Change.Kind kind, Map<String, String> fields) {
        return outcome(call, key, kind, fields, call.ifMatch()).thenApply(outcome -> switch (outcome.result()) {
            case DONE -> outcome.state();
            case EXISTS ->
                throw Problem.of(
                        Problem.Kind.EXISTS,
                        what(key) + ": '" + key.name() + "' exists (expected: a new name, or PUT to replace it)");
            case MISSING -> throw Problem.unknown(what(key), key.name());
            case STALE ->
                throw Problem.of(
                        Problem.Kind.STALE, outcome.detail() + "; read it again and send the change with its new ETag");
            case REFUSED -> throw Problem.invalid(outcome.detail());
        });
    }

    /** How the edit ended; fails with a {@link Problem} only when it may not have been done at all. */
    CompletionStage<RuleGateway.Outcome> outcome(
            Call call, DefinitionKey key, Change.Kind kind, Map<String, String> fields, @Nullable String revision) {
        RuleGateway gateway = parts.gateway().get();
        if (gateway == null) {
            throw Problem.unavailable(
                    "this node has no control plane now, so nothing can be written; decisions go on, try again",
                    RETRY_SECONDS);
        }
        return gateway.submit(key, new RuleGateway.Edit(kind, fields, revision, call.author(), call.reason()))
                .exceptionally(failure -> {
                    throw unavailable(failure);
                });
    }

    private static Problem unavailable(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause instanceof RuleGateway.Unavailable unavailable
                ? Problem.unavailable(
                        String.valueOf(unavailable.getMessage()),
                        unavailable.retryAfter().toSeconds())
                : Problem.unavailable("the edit could not be written, try again", RETRY_SECONDS);
    }

    /** Refuses regions that nobody has heard of: a misspelt target would never serve. */
    void knownRegions(String field, Collection<String> regions) {
        for (String region : regions) {
            if (!known(region)) {
                throw Problem.invalid(field + ": '" + region
                        + "' (expected: a region of the cluster, of a public cloud, or registered with PUT"
                        + " /api/v1/regions/" + region + ")");
            }
        }
    }

    boolean known(String region) {
        RegionId id = new RegionId(region);
        return parts.regions().contains(id)
                || parts.director().catalog().regions().containsKey(id)
                || RegionCatalogue.knows(region);
    }

    static String what(DefinitionKey key) {
        return switch (key.kind()) {
            case RULE, GEOGRAPHIC_RULE -> "rule_id";
            case REGION -> "region_id";
        };
    }
}
