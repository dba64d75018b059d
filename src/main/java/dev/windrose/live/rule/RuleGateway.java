package dev.windrose.live.rule;

import dev.windrose.decide.rule.Change;
import dev.windrose.decide.rule.RuleState;
import dev.windrose.model.DefinitionKey;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Where the front hands in edits. An edit is acknowledged only after the journal of this region has it.
 *
 * <p>A refusal is a value. The stage fails only with {@link Unavailable}: the edit may or may not have happened, and
 * the caller may try again.
 */
public interface RuleGateway {

    CompletionStage<Outcome> submit(DefinitionKey key, Edit edit);

    /**
     * What is asked for.
     *
     * @param fields new texts of fields, by wire name
     * @param revision the revision the caller has seen; the edit is refused when it is not the current one. Null: any
     */
    record Edit(
            Change.Kind kind,
            Map<String, String> fields,
            @Nullable String revision,
            String author,
            String reason) {

        public Edit {
            fields = Map.copyOf(fields);
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
        FROZEN
    }

    /**
     * The answer to an edit.
     *
     * @param state the state after the edit, or the untouched one when it was not done
     * @param detail what was wrong and what was expected; empty when done
     */
    record Outcome(Result result, RuleState state, String detail) {}

    /** Writes are not possible now: no journal, or no control plane. Decisions go on. */
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
