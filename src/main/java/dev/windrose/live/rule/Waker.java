package dev.windrose.live.rule;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads every definition of the journal once after a start, and says when all were read. Then it ends. */
final class Waker extends AbstractBehavior<Waker.Command> {

    sealed interface Command {}

    private record Woken(String entity, @Nullable Throwable failure) implements Command {}

    private record Again(String entity) implements Command {}

    /** Definitions that are read at the same time. */
    private static final int AT_ONCE = 32;

    private static final Duration AGAIN = Duration.ofSeconds(1);

    /** @param wake reads one definition */
    static Behavior<Command> create(
            Collection<String> entities,
            Function<String, CompletionStage<RuleActor.Awake>> wake,
            ActorRef<RuleBoard.Command> board) {
        return Behaviors.setup(
                context -> Behaviors.withTimers(timers -> new Waker(context, timers, entities, wake, board).started()));
    }

    private final TimerScheduler<Command> timers;
    private final Function<String, CompletionStage<RuleActor.Awake>> wake;
    private final ActorRef<RuleBoard.Command> board;
    private final Deque<String> asleep;
    private final int total;
    private int pending = 0;
    private int woken = 0;

    private Waker(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            Collection<String> entities,
            Function<String, CompletionStage<RuleActor.Awake>> wake,
            ActorRef<RuleBoard.Command> board) {
        super(context);
        this.timers = timers;
        this.wake = wake;
        this.board = board;
        this.asleep = new ArrayDeque<>(entities);
        this.total = asleep.size();
    }

    private Behavior<Command> started() {
        getContext().getLog().info("reads definitions [{}] from the journal", total);
        return next();
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Woken.class, this::onWoken)
                .onMessage(Again.class, this::onAgain)
                .build();
    }

    private Behavior<Command> onWoken(Woken message) {
        if (message.failure() != null) {
            timers.startSingleTimer(message.entity(), new Again(message.entity()), AGAIN);
            return this;
        }
        pending--;
        woken++;
        if (woken % 1000 == 0) {
            getContext().getLog().info("read definitions [{}] of [{}]", woken, total);
        }
        return next();
    }

    private Behavior<Command> onAgain(Again again) {
        ask(again.entity());
        return this;
    }

    private Behavior<Command> next() {
        while (pending < AT_ONCE && !asleep.isEmpty()) {
            pending++;
            ask(asleep.removeFirst());
        }
        if (pending > 0) {
            return this;
        }
        getContext().getLog().info("read all definitions [{}]", total);
        board.tell(RuleBoard.AllAwake.INSTANCE);
        return Behaviors.stopped();
    }

    private void ask(String entity) {
        getContext().pipeToSelf(wake.apply(entity), (awake, failure) -> new Woken(entity, failure));
    }
}
