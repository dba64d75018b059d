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
     * A requested edit.
     *
     * @param fields new texts of fields, by wire name
     * @param revision the revision the caller has seen; the edit is refused unless it is current. Null: any
     * @param request identifies the request, so that a retry is the same edit; null when it cannot be retried
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

        /** An edit that cannot be retried. */
        public Edit(
                Change.Kind kind, Map<String, String> fields, @Nullable String revision, String author, String reason) {
            this(kind, fields, revision, author, reason, null);
        }
    }

    /** How an edit ended. */
    enum Result {
        DONE,
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
        REUSED,
        /** It did not happen and will not: the journal did not accept it, or not in time. */
        NOT_DONE,
        /** The clock of the node that would stamp it is off; it did not happen. */
        CLOCK,
        /** It was sent to the journal, and its outcome is unknown. */
        UNKNOWN
    }

    /**
     * The answer to an edit.
     *
     * @param state the state after the edit, or the unchanged one when it was refused
     * @param detail what was wrong and what was expected; empty when done
     * @param repeats the kind of the same request's earlier completion; null when it was done now, or refused
     */
    record Outcome(Result result, DefinitionState state, String detail, Change.@Nullable Kind repeats) {

        public Outcome(Result result, DefinitionState state, String detail) {
            this(result, state, detail, null);
        }
    }

    /** The edit was forwarded and no answer came in time: it may have happened, or may still happen. */
    final class OutcomeUnknown extends RuntimeException {

        private static final long serialVersionUID = 1L;

        public OutcomeUnknown(String message) {
            super(message);
        }
    }

    /** Writes are not possible now: no journal, or no control plane. The edit did not happen; decisions continue. */
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
