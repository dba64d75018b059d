package dev.windrose.live.definition;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.BehaviorInterceptor;
import akka.actor.typed.PostStop;
import akka.actor.typed.Signal;
import akka.actor.typed.TypedActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.persistence.JournalProtocol;
import dev.windrose.decide.definition.DefinitionState;
import dev.windrose.decide.definition.ProposedEdit;
import dev.windrose.live.journal.WriteFailure;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The unanswered edits of one definition. Each gets a true answer: an edit that waited too long is refused before it
 * starts, one that is dropped when the actor stops did not happen, and the outcome of a started one is known or
 * reported as unknown. Callers that wait for the definition to be read are notified when that fails.
 *
 * <p>It sits outside of the actor, because Akka's persistence stashes commands while it writes, fails without notifying
 * the sender, and drops the stash.
 */
final class PendingEdits extends BehaviorInterceptor<Object, Object> implements Predicate<String> {

    private static final int WAITING_AT_MOST = 4_000;
    private static final int UNANSWERED_AT_MOST = 1_000;
    private static final long UNANSWERED_MS = ProposedEdit.REMEMBERED_WITHOUT_KEY.toMillis();

    /** Tolerance for late edits by the requester's wall clock, beside the allowed difference of clocks. */
    private static final long TOLERATED_MS = 1_000;

    private final RuleActor.Clock clock;
    private final IdentityHashMap<RuleActor.Submit, Long> waiting = new IdentityHashMap<>();
    private final Map<String, Long> unanswered = new LinkedHashMap<>();
    private final List<ActorRef<RuleActor.Awake>> wakers = new ArrayList<>();
    private boolean awake = false;
    private RuleActor.@Nullable Submit begun = null;

    /** Wraps an actor with its pending edits. */
    static Behavior<RuleActor.Command> around(
            RuleActor.Clock clock, Function<PendingEdits, Behavior<RuleActor.Command>> actor) {
        return Behaviors.setup(context -> {
            PendingEdits submissions = new PendingEdits(clock);
            return submissions.around(actor.apply(submissions));
        });
    }

    private PendingEdits(RuleActor.Clock clock) {
        super(Object.class);
        this.clock = clock;
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // The journal's answers come the same way as commands.
    private Behavior<RuleActor.Command> around(Behavior<RuleActor.Command> actor) {
        return (Behavior) Behaviors.intercept(() -> this, (Behavior<Object>) (Behavior) actor);
    }

    @Override
    public Behavior<Object> aroundReceive(
            TypedActorContext<Object> context, Object message, ReceiveTarget<Object> actor) {
        if (message instanceof RuleActor.Submit submit) {
            if (waiting.size() >= WAITING_AT_MOST) {
                waiting.keySet().removeIf(this::late);
            }
            waiting.put(submit, clock.nanoTime());
        } else if (message instanceof RuleActor.Wake wake && !awake && wakers.size() < WAITING_AT_MOST) {
            wakers.add(wake.replyTo());
        }
        if (message instanceof JournalProtocol.WriteMessageFailure failure) {
            failed(failure.cause());
        } else if (message instanceof JournalProtocol.WriteMessageRejected rejected) {
            failed(rejected.cause());
        }
        return actor.apply(context, message);
    }

    @Override
    public Behavior<Object> aroundSignal(TypedActorContext<Object> context, Signal signal, SignalTarget<Object> actor) {
        if (signal instanceof PostStop) {
            failed(null);
            wakers.forEach(waker -> waker.tell(RuleActor.Awake.ENDED));
            // Stashed commands end with the actor.
            for (RuleActor.Submit submit : List.copyOf(waiting.keySet())) {
                answer(submit, notDone("its definition moved or restarted before the edit began"));
            }
        }
        return actor.apply(context, signal);
    }

    /** The definition is read: the actor itself answers callers that wait for that. */
    void awake() {
        awake = true;
        wakers.clear();
    }

    /** Whether the requester has given up: then the edit must not start. */
    boolean late(RuleActor.Submit submit) {
        if (submit.withinMs() <= 0) {
            return false;
        }
        // One clock may be ahead and the other behind; from the arrival on, this node's own clock counts.
        long tolerated = TOLERATED_MS + 2 * clock.offAtMostMs();
        return waited(submit) > submit.withinMs() * 1_000_000 || clock.epochMs() > submit.untilEpochMs() + tolerated;
    }

    /** Whether the requester may give up before the answer arrives: a retry of the request must be recognised. */
    private boolean slow(RuleActor.Submit submit) {
        long half = submit.withinMs() / 2;
        return submit.withinMs() > 0
                && (waited(submit) > half * 1_000_000 || clock.epochMs() > submit.untilEpochMs() - half);
    }

    private long waited(RuleActor.Submit submit) {
        Long arrived = waiting.get(submit);
        return arrived == null ? 0 : clock.nanoTime() - arrived;
    }

    /** The edit goes to the journal. */
    void begin(RuleActor.Submit submit) {
        begun = submit;
    }

    void answer(RuleActor.Submit submit, RuleActor.Answer answer) {
        boolean done = answer.result() == DefinitionGateway.Result.DONE;
        if (done && submit.request() != null && slow(submit)) {
            mayBeUnanswered(submit.request().id());
        }
        waiting.remove(submit);
        begun = null;
        if (understands(submit, answer.result())) {
            submit.replyTo().tell(answer);
        }
    }

    /** A requester of a version before 2 cannot read these results: it gets a timeout, which means the same. */
    private static boolean understands(RuleActor.Submit submit, DefinitionGateway.Result result) {
        return submit.withinMs() > 0
                || switch (result) {
                    case NOT_DONE, UNKNOWN, CLOCK -> false;
                    default -> true;
                };
    }

    /** The answer that this request was done may not have arrived. */
    void mayBeUnanswered(String request) {
        unanswered.put(request, clock.nanoTime());
        Iterator<String> oldest = unanswered.keySet().iterator();
        while (unanswered.size() > UNANSWERED_AT_MOST && oldest.hasNext()) {
            oldest.next();
            oldest.remove();
        }
    }

    /** How long after completion a request without a key may be retried. */
    static long repeatedWithinMs() {
        return UNANSWERED_MS;
    }

    @Override
    public boolean test(String request) {
        Long since = unanswered.get(request);
        return since != null && clock.nanoTime() - since < UNANSWERED_MS * 1_000_000;
    }

    static RuleActor.Answer notDone(String why) {
        return new RuleActor.Answer(
                DefinitionGateway.Result.NOT_DONE, DefinitionState.EMPTY, "the edit was not made: " + why + "; retry");
    }

    private void failed(@Nullable Throwable cause) {
        RuleActor.Submit submit = begun;
        if (submit != null) {
            answer(
                    submit,
                    WriteFailure.didNotHappen(cause)
                            ? notDone("the journal of this region does not accept it now")
                            : new RuleActor.Answer(DefinitionGateway.Result.UNKNOWN, DefinitionState.EMPTY, ""));
        }
    }
}
