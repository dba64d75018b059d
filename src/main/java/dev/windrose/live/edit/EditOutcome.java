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

    /** Why an edit is not done. */
    enum Why {
        /** Creation of something that is there already. */
        EXISTS,
        /** Change of something that is not there. */
        MISSING,
        /** The revision given is not the current one. */
        STALE,
        /** The definition that would result is wrong by itself. */
        REFUSED,
        /** It is right by itself, and what other definitions say could not be done any more. */
        UNFIT,
        /** It would take away a region that rules need. */
        IN_USE,
        /** The grants of the writer do not cover it. */
        FORBIDDEN,
        /** Its safety rules forbid changes at this time. */
        FROZEN,
        /** The key of the request was used for another one. */
        REUSED,
        /** The clock of the node that would stamp it is off. */
        CLOCK,
        /** Nothing can be written now, or not to this definition; the same edit may be tried again. */
        UNAVAILABLE
    }

    /**
     * It is in the journal of this region.
     *
     * @param before the definition as this node knew it
     * @param after the definition as it is now
     * @param repeats what the same request was done as before; null when it was done now, or when nothing was left to do
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
     * @param state the definition as it is, which the edit does not fit; null when it was not held against it
     * @param detail what was wrong and what was expected
     * @param retryAfter when to try again; zero when that would not help
     */
    record NotDone(Why why, @Nullable DefinitionState state, String detail, Duration retryAfter)
            implements EditOutcome {

        /** One that would not help to be tried again. */
        static NotDone of(Why why, String detail) {
            return new NotDone(why, null, detail, Duration.ZERO);
        }
    }

    /**
     * It was handed to the journal, and no answer came in time: it may have happened, or may happen yet. The same request asked
     * again is done once.
     *
     * @param detail who did not answer
     */
    record Unknown(String detail) implements EditOutcome {}

    /** What was wrong, in a sentence; empty when it is done. */
    String detail();

    /** What one of the three makes of it. */
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

    /** Whether it is not done for that reason. */
    default boolean isNotDone(Why why) {
        return this instanceof NotDone refused && refused.why() == why;
    }
}
