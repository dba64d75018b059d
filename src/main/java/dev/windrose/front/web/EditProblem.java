package dev.windrose.front.web;

import dev.windrose.decide.definition.DefinitionState;
import dev.windrose.live.edit.EditOutcome;
import dev.windrose.live.edit.EditOutcome.Why;
import dev.windrose.live.edit.Editor;
import dev.windrose.model.DefinitionKey;
import java.util.Set;

/** Maps the outcome of an edit that was not done to a problem: the only place that does. */
public final class EditProblem {

    /** The requested operation, which determines the advice to the caller. */
    public enum Doing {
        /** The creation of a rule: any error is in the body. */
        CREATE,
        /** Creation or replacement by the body. */
        REPLACE,
        /** Any other edit. */
        CHANGE
    }

    /** The state after the edit; throws a {@link Problem} when it was refused. */
    public static DefinitionState done(DefinitionKey key, Doing doing, EditOutcome outcome) {
        return outcome.fold(
                EditOutcome.Done::after,
                notDone -> {
                    throw of(key, doing, notDone);
                },
                unknown -> {
                    throw unknown(key, unknown);
                });
    }

    /** For an edit that did not happen. */
    public static Problem of(DefinitionKey key, Doing doing, EditOutcome.NotDone notDone) {
        String detail = notDone.detail();
        boolean creates = doing == Doing.CREATE;
        return switch (notDone.why()) {
            case EXISTS -> exists(key, doing);
            case MISSING -> creates ? Problem.invalid(detail) : Problem.unknown(Editor.what(key), key.name());
            case STALE ->
                switch (doing) {
                    case CREATE -> Problem.invalid(detail);
                    case REPLACE -> Problem.of(Problem.Kind.STALE, detail);
                    case CHANGE ->
                        Problem.of(
                                Problem.Kind.STALE, detail + "; read it again and send the change with its new ETag");
                };
            case REFUSED -> Problem.invalid(detail);
            case UNFIT, IN_USE -> unfit(notDone);
            case FORBIDDEN -> Problem.of(Problem.Kind.FORBIDDEN, detail);
            case FROZEN -> creates ? Problem.invalid(detail) : Problem.of(Problem.Kind.UNSAFE, detail);
            case REUSED -> Problem.of(Problem.Kind.KEY_REUSED, detail);
            case CLOCK -> Problem.of(Problem.Kind.CLOCK_OFF, detail);
            case UNAVAILABLE -> Problem.unavailable(detail, notDone.retryAfter().toSeconds());
        };
    }

    /**
     * For one edit of a sequence, where the current definition prevents the rest.
     *
     * @param byOthers reasons that mean someone else was first
     * @param soFar what is done already, and what to do next
     */
    public static Problem ofStep(DefinitionKey key, EditOutcome.NotDone notDone, Set<Why> byOthers, String soFar) {
        return switch (notDone.why()) {
            case EXISTS, MISSING, STALE, REFUSED, FROZEN ->
                Problem.of(
                        byOthers.contains(notDone.why()) ? Problem.Kind.STALE : Problem.Kind.UNSAFE,
                        key + ": " + notDone.detail() + "; " + soFar);
            case UNFIT, IN_USE, FORBIDDEN, REUSED, CLOCK, UNAVAILABLE -> of(key, Doing.CHANGE, notDone);
        };
    }

    /** For an edit with an unknown outcome. */
    public static Problem unknown(DefinitionKey key, EditOutcome.Unknown unknown) {
        return Problem.of(
                Problem.Kind.OUTCOME_UNKNOWN,
                unknown.detail() + ": the edit of " + key.entityId()
                        + " may have been made, or may still be made; repeat the same request"
                        + " with the same Idempotency-Key, or with the same body within a minute: it is made only once; or"
                        + " read the definition again");
    }

    /** For edits that would make other definitions inconsistent. */
    public static Problem unfit(EditOutcome.NotDone notDone) {
        return notDone.why() == Why.IN_USE
                ? Problem.of(Problem.Kind.UNSAFE, notDone.detail())
                : Problem.invalid(notDone.detail());
    }

    private static Problem exists(DefinitionKey key, Doing doing) {
        return switch (doing) {
            case CREATE ->
                Problem.of(
                        Problem.Kind.DUPLICATE,
                        "rule_id: '" + key.name() + "' exists (expected: a new name, or PUT " + path(key)
                                + " to replace it)");
            case REPLACE -> Problem.of(Problem.Kind.EXISTS, "was created by someone else in the meantime; retry");
            case CHANGE ->
                Problem.of(
                        Problem.Kind.EXISTS,
                        Editor.what(key) + ": '" + key.name() + "' exists (expected: a new name, or "
                                + (key.kind() == DefinitionKey.Kind.KEY
                                        ? "POST " + path(key) + "/rotate for a new secret"
                                        : "PUT to replace it")
                                + ")");
        };
    }

    private static String path(DefinitionKey key) {
        String all = switch (key.kind()) {
            case RULE -> "rules";
            case GEOGRAPHIC_RULE -> "geographic-rules";
            case REGION -> "regions";
            case KEY -> "keys";
        };
        return "/api/v1/" + all + "/" + key.name();
    }

    private EditProblem() {}
}
