package dev.windrose.live.edit;

import dev.windrose.decide.definition.DefinitionState;
import dev.windrose.live.definition.DefinitionGateway;
import java.time.Duration;
import java.util.concurrent.CompletionException;

/** Maps the journal's answer to an edit, or its absence, to an outcome. */
final class JournalAnswer {

    private static final Duration RETRY = Duration.ofSeconds(2);

    /** Maps the answer to an outcome. */
    static EditOutcome outcome(DefinitionState before, DefinitionGateway.Outcome outcome) {
        String detail = outcome.detail();
        return switch (outcome.result()) {
            case DONE -> new EditOutcome.Done(before, outcome.state(), outcome.repeats());
            case EXISTS -> notDone(EditOutcome.Why.EXISTS, outcome);
            case MISSING -> notDone(EditOutcome.Why.MISSING, outcome);
            case STALE -> notDone(EditOutcome.Why.STALE, outcome);
            case REFUSED -> notDone(EditOutcome.Why.REFUSED, outcome);
            case FROZEN -> notDone(EditOutcome.Why.FROZEN, outcome);
            case REUSED -> EditOutcome.NotDone.of(EditOutcome.Why.REUSED, detail);
            case CLOCK -> EditOutcome.NotDone.of(EditOutcome.Why.CLOCK, detail);
            case NOT_DONE -> unavailable(detail);
            case UNKNOWN -> new EditOutcome.Unknown(detail);
        };
    }

    private static EditOutcome notDone(EditOutcome.Why why, DefinitionGateway.Outcome outcome) {
        return new EditOutcome.NotDone(why, outcome.state(), outcome.detail(), Duration.ZERO);
    }

    /** Nothing was written; the same edit may be retried soon. */
    static EditOutcome unavailable(String detail) {
        return new EditOutcome.NotDone(EditOutcome.Why.UNAVAILABLE, null, detail, RETRY);
    }

    /** Maps the absence of an answer to an outcome. */
    static EditOutcome missing(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof DefinitionGateway.Unavailable unavailable) {
            return new EditOutcome.NotDone(
                    EditOutcome.Why.UNAVAILABLE,
                    null,
                    String.valueOf(unavailable.getMessage()),
                    unavailable.retryAfter());
        }
        return new EditOutcome.Unknown(
                cause instanceof DefinitionGateway.OutcomeUnknown unknown
                        ? String.valueOf(unknown.getMessage())
                        : "the edit was sent but not answered");
    }

    private JournalAnswer() {}
}
