package dev.windrose.live.definition;

import akka.actor.typed.ActorRef;
import dev.windrose.decide.definition.DefinitionState;
import dev.windrose.model.DefinitionKey;
import dev.windrose.watch.DefinitionMeters;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Forwards edits to their definitions, waits for a bounded time, and interprets the answer or its absence. */
final class EditGateway implements DefinitionGateway {

    /** Sends messages to a definition, wherever it lives. */
    interface Definitions {
        CompletionStage<RuleActor.Answer> ask(
                String entity, Function<ActorRef<RuleActor.Answer>, RuleActor.Command> asked, Duration atMost);
    }

    private static final Duration LATEST = Duration.ofMillis(250);

    private final Definitions definitions;
    private final DefinitionSettings settings;
    private final RuleActor.Clock clock;
    private final Consumer<Map<DefinitionKey, DefinitionState>> heard;
    private final DefinitionMeters meters;

    /** @param heard receives what was written */
    EditGateway(
            Definitions definitions,
            DefinitionSettings settings,
            RuleActor.Clock clock,
            Consumer<Map<DefinitionKey, DefinitionState>> heard,
            DefinitionMeters meters) {
        this.definitions = definitions;
        this.settings = settings;
        this.clock = clock;
        this.heard = heard;
        this.meters = meters;
    }

    @Override
    public CompletionStage<Outcome> submit(DefinitionKey key, Edit edit) {
        long began = System.nanoTime();
        // Slightly less than the caller waits, so that "not in time" arrives in time.
        long within = settings.editTimeout().toMillis() * 9 / 10;
        long until = clock.epochMs() + within;
        // Akka's stages would run a plain handle in a thread of its own on machines with only two cores.
        return definitions
                .ask(
                        key.entityId(),
                        replyTo -> new RuleActor.Submit(
                                edit.kind(),
                                edit.fields(),
                                edit.revision(),
                                edit.author(),
                                edit.reason(),
                                replyTo,
                                edit.request(),
                                within,
                                until),
                        settings.editTimeout())
                .toCompletableFuture()
                // The ask's own timeout ends with the control plane; the caller must get an answer then, too.
                .orTimeout(settings.editTimeout().plus(LATEST).toMillis(), TimeUnit.MILLISECONDS)
                .handleAsync(
                        (answer, failure) -> outcome(answer, Duration.ofNanos(System.nanoTime() - began)),
                        Runnable::run)
                .thenApply(outcome -> told(key, outcome));
    }

    /**
     * Another node of the region may have written it: this one, whose client reads next, does not wait for the board.
     */
    private Outcome told(DefinitionKey key, Outcome outcome) {
        if (outcome.result() == Result.DONE) {
            heard.accept(Map.of(key, outcome.state()));
        }
        return outcome;
    }

    private Outcome outcome(RuleActor.@Nullable Answer answer, Duration took) {
        if (answer == null || answer.result() == Result.UNKNOWN) {
            meters.edited(took, "unknown");
            throw new OutcomeUnknown("the journal of this region did not answer in time");
        }
        meters.edited(took, answer.result().name().toLowerCase(Locale.ROOT));
        if (answer.result() == Result.NOT_DONE) {
            throw new Unavailable(answer.detail() + "; decisions continue", settings.retryAfter());
        }
        return new Outcome(answer.result(), answer.state(), answer.detail(), answer.repeats());
    }
}
