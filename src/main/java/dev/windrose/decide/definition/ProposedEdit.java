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

    /** The same for a request without one, which is retried only when its answer may not have arrived. */
    public static final Duration REMEMBERED_WITHOUT_KEY = Duration.ofSeconds(60);

    /** Why an edit is refused. */
    public enum Why {
        /** Creation of something that already exists. */
        EXISTS,
        /** Change of something that does not exist. */
        MISSING,
        /** The given revision is not current. */
        STALE,
        /** The resulting definition is invalid; the detail says why. */
        REFUSED,
        /** Its safety rules forbid changes at this time. */
        FROZEN,
        /** The request's key was already used for a different request. */
        REUSED
    }

    /** The result of evaluating an edit. */
    public sealed interface Verdict {}

    /** Refused; nothing changes. */
    public record Refused(Why why, String detail) implements Verdict {}

    /**
     * Already done.
     *
     * @param as the kind of the completed request; null when the definition itself shows it
     */
    public record Done(Change.@Nullable Kind as) implements Verdict {}

    /** To be recorded. */
    public record Write(Change change) implements Verdict {}

    public ProposedEdit {
        fields = Map.copyOf(fields);
    }

    /**
     * Evaluates the edit.
     *
     * @param unanswered whether the answer to the request of that id may not have arrived: then it may be retried
     *     without a key
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
                    "Idempotency-Key: already used for another request to " + key.name() + " (expected: a new key)");
        }
        if (!state.exists() && done.kind() != Change.Kind.REMOVED) {
            return new Refused(Why.MISSING, key.name() + " was written by this request and has been removed since");
        }
        return new Done(done.kind());
    }

    /** Whether the request's changes are in force: otherwise a repetition without a key is a new request. */
    private boolean stillSays(DefinitionState state, CausalContext.Done done) {
        if (done.kind() == Change.Kind.REMOVED) {
            return !state.exists() && done.stamp().equals(state.removed());
        }
        boolean made = done.kind() == Change.Kind.CREATED;
        if (!state.exists() || (made && !done.stamp().equals(state.created()))) {
            return false;
        }
        // A creation counts as done whoever changed the definition since; a replacement only while its texts are in
        // force.
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
                    "safety.freezes: no changes to " + key.name()
                            + " during a freeze (expected: wait until the freeze is over, or change safety first)");
        }
        if (revision != null && !revision.equals(state.revision())) {
            return new Refused(
                    Why.STALE, "revision: " + revision + " (expected: " + state.revision() + ", the current one)");
        }
        boolean nothing = !creates && kind != Change.Kind.REMOVED && changesNothing(state);
        // Writing the text in force again resolves what lost against it.
        return nothing && !state.causes().lost(fields.keySet()) ? new Done(null) : null;
    }

    private boolean changesNothing(DefinitionState state) {
        boolean failover = kind == Change.Kind.FAILED_OVER || kind == Change.Kind.FAILED_BACK;
        for (Map.Entry<String, String> field : fields.entrySet()) {
            String before = state.text(field.getKey());
            // Several regions decide the same failover, each in its own words: the first record counts.
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
            // Unreadable text is refused by the definition's checks.
            return false;
        }
    }
}
