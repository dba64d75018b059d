package dev.windrose.live.edit;

import dev.windrose.decide.definition.Change;
import dev.windrose.decide.definition.DefinitionState;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of an edit. It is true: an edit reported as not done has not happened and will not; an unknown outcome is
 * reported as unknown.
 */
public sealed interface EditOutcome {

    /** Why an edit is refused. */
    enum Why {
        /** Creation of something that already exists. */
        EXISTS,
        /** Change of something that does not exist. */
        MISSING,
        /** The given revision is not current. */
        STALE,
        /** The resulting definition is invalid by itself. */
        REFUSED,
        /** It is valid by itself, but inconsistent with other definitions. */
        UNFIT,
        /** It would remove a region that rules need. */
        IN_USE,
        /** The grants of the writer do not cover it. */
        FORBIDDEN,
        /** Its safety rules forbid changes at this time. */
        FROZEN,
        /** The request's key was already used for a different request. */
        REUSED,
        /** The clock of the node that would stamp it is off. */
        CLOCK,
        /** Writes are not possible now, or not to this definition; the same edit may be retried. */
        UNAVAILABLE
    }

    /**
     * It is in the journal of this region.
     *
     * @param before the definition as this node knew it
     * @param after the resulting definition
     * @param repeats the kind of the same request's earlier completion; null when it was done now, or there was nothing
     *     to do
     */
    record Done(DefinitionState before, DefinitionState after, Change.@Nullable Kind repeats) implements EditOutcome {

        @Override
        public String detail() {
            return "";
        }
    }

    /**
     * It did not happen.
     *
     * @param state the current definition that the edit conflicts with; null when it was not compared
     * @param detail what was wrong and what was expected
     * @param retryAfter when to retry; zero when a retry would not help
     */
    record NotDone(Why why, @Nullable DefinitionState state, String detail, Duration retryAfter)
            implements EditOutcome {

        /** A refusal for which a retry would not help. */
        static NotDone of(Why why, String detail) {
            return new NotDone(why, null, detail, Duration.ZERO);
        }
    }

    /**
     * It was sent to the journal, and no answer came in time: it may have happened, or may still happen. A retry of the
     * same request is done once.
     *
     * @param detail which component did not answer
     */
    record Unknown(String detail) implements EditOutcome {}

    /** What was wrong, in a sentence; empty when it is done. */
    String detail();

    /** Maps the outcome by its kind. */
    default <T> T fold(
            Function<? super Done, ? extends T> done,
            Function<? super NotDone, ? extends T> notDone,
            Function<? super Unknown, ? extends T> unknown) {
        if (this instanceof Done is) {
            return done.apply(is);
        }
        if (this instanceof NotDone isNot) {
            return notDone.apply(isNot);
        }
        return unknown.apply((Unknown) this);
    }

    /** Whether it was refused for that reason. */
    default boolean isNotDone(Why why) {
        return this instanceof NotDone refused && refused.why() == why;
    }
}
