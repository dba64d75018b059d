package dev.windrose.decide.definition;

import dev.windrose.model.DefinitionKey;
import dev.windrose.model.HealthCheck;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A requested edit, and its evaluation.
 *
 * @param fields new texts of fields, by wire name
 * @param revision the revision the caller has seen; the edit is refused unless it is current. Null: any
 * @param request identifies the request; null when it cannot be retried
 */
public record ProposedEdit(
        Change.Kind kind,
        Map<String, String> fields,
        @Nullable String revision,
        String author,
        String reason,
        @Nullable IdempotencyKey request) {

    /** How long a request with a key is remembered, by the stamps of the definition. */
    public static final Duration REMEMBERED = Duration.ofHours(24);

    /** How long a request without one is, which is repeated only when its answer may not have arrived. */
    public static final Duration REMEMBERED_WITHOUT_KEY = Duration.ofSeconds(60);

    /** Why an edit is not done. */
    public enum Why {
        /** Creation of something that is there already. */
        EXISTS,
        /** Change of something that is not there. */
        MISSING,
        /** The revision given is not the current one. */
        STALE,
        /** The definition that would result breaks a rule; the detail says which. */
        REFUSED,
        /** Its safety rules forbid changes at this time. */
        FROZEN,
        /** The key of the request was used for another one. */
        REUSED
    }

    /** What becomes of an edit. */
    public sealed interface Verdict {}

    /** It is not done, and nothing changes. */
    public record Refused(Why why, String detail) implements Verdict {}

    /**
     * It is done already.
     *
     * @param as what the same request was done as; null when the definition says so by itself
     */
    public record Done(Change.@Nullable Kind as) implements Verdict {}

    /** It is to be recorded. */
    public record Write(Change change) implements Verdict {}

    public ProposedEdit {
        fields = Map.copyOf(fields);
    }

    /**
     * What becomes of the edit.
     *
     * @param unanswered whether the answer to the request of that id may not have arrived: then it may be repeated without a key
     * @param nowMs wall clock
     * @param region where the edit is made
     */
    public Verdict on(
            DefinitionKey key,
            DefinitionState state,
            Predicate<String> unanswered,
            long nowMs,
            String region,
            HealthCheck defaults) {
        Verdict known = repeated(key, state, unanswered, nowMs);
        if (known == null) {
            known = refusal(key, state, nowMs);
        }
        if (known != null) {
            return known;
        }
        Stamp stamp = state.nextStamp(nowMs, region);
        Change change =
                new Change(kind, fields, stamp, author, reason, state.causes().heard(), request, null);
        List<String> problems = DefinitionChecks.problems(key, state, state.after(change), defaults);
        return problems.isEmpty() ? new Write(change) : new Refused(Why.REFUSED, String.join("; ", problems));
    }

    private @Nullable Verdict repeated(
            DefinitionKey key, DefinitionState state, Predicate<String> unanswered, long nowMs) {
        CausalContext.Done done = request == null ? null : state.causes().done(request.id());
        if (request == null || done == null) {
            return null;
        }
        if (!request.keyed()) {
            return unanswered.test(request.id()) && stillSays(state, done) ? new Done(done.kind()) : null;
        }
        if (nowMs - done.stamp().epochMs() > REMEMBERED.toMillis()) {
            return null;
        }
        if (!done.request().content().equals(request.content())) {
            return new Refused(
                    Why.REUSED,
                    "Idempotency-Key: used for another request to " + key.name() + " (expected: a key of its own)");
        }
        if (!state.exists() && done.kind() != Change.Kind.REMOVED) {
            return new Refused(Why.MISSING, key.name() + " was written by this request and has been removed since");
        }
        return new Done(done.kind());
    }

    /** Whether what the request wrote is in force: else who asks again without a key asks for it anew. */
    private boolean stillSays(DefinitionState state, CausalContext.Done done) {
        if (done.kind() == Change.Kind.REMOVED) {
            return !state.exists() && done.stamp().equals(state.removed());
        }
        boolean made = done.kind() == Change.Kind.CREATED;
        if (!state.exists() || (made && !done.stamp().equals(state.created()))) {
            return false;
        }
        // A definition is created once, whoever changed it since; whoever replaces one asks for its texts.
        return (made && kind == Change.Kind.CREATED)
                || (!fields.isEmpty()
                        && fields.keySet().stream()
                                .allMatch(field -> done.stamp().equals(state.stamp(field))));
    }

    private @Nullable Verdict refusal(DefinitionKey key, DefinitionState state, long nowMs) {
        boolean creates = kind == Change.Kind.CREATED;
        if (kind == Change.Kind.ACKNOWLEDGED) {
            return Conflict.of(state).isEmpty() ? new Done(null) : null;
        }
        if (creates && state.exists()) {
            return new Refused(Why.EXISTS, key.name() + " exists");
        }
        if (!creates && !state.exists()) {
            return new Refused(Why.MISSING, key.name() + " does not exist");
        }
        if (FreezeGuard.forbids(state, kind, fields.keySet(), nowMs)) {
            return new Refused(
                    Why.FROZEN,
                    "safety.freezes: nobody changes " + key.name()
                            + " now (expected: wait until the freeze is over, or change safety first)");
        }
        if (revision != null && !revision.equals(state.revision())) {
            return new Refused(
                    Why.STALE, "revision: " + revision + " (expected: " + state.revision() + ", the current one)");
        }
        boolean nothing = !creates && kind != Change.Kind.REMOVED && changesNothing(state);
        // Whoever writes again what is in force settles what lost against it.
        return nothing && !state.causes().lost(fields.keySet()) ? new Done(null) : null;
    }

    private boolean changesNothing(DefinitionState state) {
        boolean failover = kind == Change.Kind.FAILED_OVER || kind == Change.Kind.FAILED_BACK;
        for (Map.Entry<String, String> field : fields.entrySet()) {
            String before = state.text(field.getKey());
            // Several regions come to decide the same failover, each in its own words: the first one is recorded.
            if (failover
                    ? !sameMark(before, field.getValue())
                    : !field.getValue().equals(before)) {
                return false;
            }
        }
        return true;
    }

    private static boolean sameMark(@Nullable String before, String after) {
        try {
            boolean out = before != null
                    && !before.isEmpty()
                    && PolicyText.mark(before).out();
            return out == PolicyText.mark(after).out();
        } catch (IllegalArgumentException e) {
            // What cannot be read is refused by the checks of the definition.
            return false;
        }
    }
}
