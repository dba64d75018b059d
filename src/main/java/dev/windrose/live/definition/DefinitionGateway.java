package dev.windrose.live.definition;

import dev.windrose.decide.definition.Change;
import dev.windrose.decide.definition.DefinitionState;
import dev.windrose.decide.definition.IdempotencyKey;
import dev.windrose.model.DefinitionKey;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Entry point for edits. An edit is acknowledged only after this region's journal has it.
 *
 * <p>A refusal is a value. The stage fails with {@link Unavailable} when the edit did not happen and may be retried,
 * and with {@link OutcomeUnknown} when the outcome is unknown.
 */
public interface DefinitionGateway {

    CompletionStage<Outcome> submit(DefinitionKey key, Edit edit);

    /**
     * What is asked for.
     *
     * @param fields new texts of fields, by wire name
     * @param revision the revision the caller has seen; the edit is refused when it is not the current one. Null: any
     * @param request names the request, so that its repetition is the same edit; null when it cannot be repeated
     */
    record Edit(
            Change.Kind kind,
            Map<String, String> fields,
            @Nullable String revision,
            String author,
            String reason,
            @Nullable IdempotencyKey request) {

        public Edit {
            fields = Map.copyOf(fields);
        }

        /** One that cannot be repeated. */
        public Edit(
                Change.Kind kind, Map<String, String> fields, @Nullable String revision, String author, String reason) {
            this(kind, fields, revision, author, reason, null);
        }
    }

    /** How an edit ended. */
    enum Result {
        DONE,
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
        REUSED,
        /** It was not made and will not be: the journal did not take it, or not in time. */
        NOT_DONE,
        /** The clock of the node that would stamp it is off; it was not made. */
        CLOCK,
        /** It was handed to the journal, and nobody knows whether it is there. */
        UNKNOWN
    }

    /**
     * The answer to an edit.
     *
     * @param state the state after the edit, or the untouched one when it was not done
     * @param detail what was wrong and what was expected; empty when done
     * @param repeats what the same request was done as before; null when it was done now, or was not
     */
    record Outcome(Result result, DefinitionState state, String detail, Change.@Nullable Kind repeats) {

        public Outcome(Result result, DefinitionState state, String detail) {
            this(result, state, detail, null);
        }
    }

    /** The edit was handed on and no answer came in time: it may have happened, or may happen yet. */
    final class OutcomeUnknown extends RuntimeException {

        private static final long serialVersionUID = 1L;

        public OutcomeUnknown(String message) {
            super(message);
        }
    }

    /** Writes are not possible now: no journal, or no control plane. The edit did not happen; decisions go on. */
    final class Unavailable extends RuntimeException {

        private static final long serialVersionUID = 1L;

        private final transient Duration retryAfter;

        public Unavailable(String message, Duration retryAfter) {
            super(message);
            this.retryAfter = retryAfter;
        }

        public Duration retryAfter() {
            return retryAfter;
        }
    }
}
