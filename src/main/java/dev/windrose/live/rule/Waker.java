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
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads every definition of the journal once after a start, and says when all were read.
 *
 * <p>One that cannot be read though the others can is set aside, so that it holds up nobody: its last good state is served,
 * edits of it are refused, an alarm is raised, and it is tried again from time to time.
 */
final class Waker extends AbstractBehavior<Waker.Command> {

    sealed interface Command {}

    private record Woken(String entity, @Nullable Throwable failure) implements Command {}

    private record Again(String entity) implements Command {}

    /** Definitions that are read at the same time. */
    private static final int AT_ONCE = 32;

    private static final Duration AGAIN = Duration.ofSeconds(1);

    /** Failures of one definition after which it is the definition's fault, if others were read meanwhile. */
    static final int TRIES = 3;

    private static final Duration ASIDE_AGAIN = Duration.ofSeconds(30);

    /**
     * @param wake reads one definition
     * @param aside is told which definitions are set aside, whenever that changes
     */
    static Behavior<Command> create(
            Collection<String> entities,
            Function<String, CompletionStage<RuleActor.Awake>> wake,
            ActorRef<RuleBoard.Command> board,
            Consumer<Set<String>> aside) {
        return Behaviors.setup(context ->
                Behaviors.withTimers(timers -> new Waker(context, timers, entities, wake, board, aside).started()));
    }

    private final TimerScheduler<Command> timers;
    private final Function<String, CompletionStage<RuleActor.Awake>> wake;
    private final ActorRef<RuleBoard.Command> board;
    private final Consumer<Set<String>> setAside;
    private final Deque<String> asleep;
    private final Map<String, Integer> failures = new HashMap<>();
    private final Set<String> aside = new TreeSet<>();
    private final int total;
    private int pending = 0;
    private int woken = 0;
    private boolean told = false;

    private Waker(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            Collection<String> entities,
            Function<String, CompletionStage<RuleActor.Awake>> wake,
            ActorRef<RuleBoard.Command> board,
            Consumer<Set<String>> setAside) {
        super(context);
        context.setLoggerName(Waker.class);
        this.timers = timers;
        this.wake = wake;
        this.board = board;
        this.setAside = setAside;
        this.asleep = new ArrayDeque<>(entities);
        this.total = asleep.size();
    }

    private Behavior<Command> started() {
        setAside.accept(Set.of());
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
        String entity = message.entity();
        if (message.failure() != null) {
            failed(entity);
            return next();
        }
        if (aside.remove(entity)) {
            getContext().getLog().info("definition [{}] can be read again", entity);
            setAside.accept(Set.copyOf(aside));
        } else {
            pending--;
        }
        failures.remove(entity);
        woken++;
        if (woken % 1000 == 0) {
            getContext().getLog().info("read definitions [{}] of [{}]", woken, total);
        }
        return next();
    }

    private void failed(String entity) {
        int times = failures.merge(entity, 1, Integer::sum);
        // While nothing at all can be read it is the database's fault, and all are waited for.
        boolean ownFault = times >= TRIES && (woken > 0 || total == 1);
        if (ownFault && aside.add(entity)) {
            pending--;
            getContext()
                    .getLog()
                    .error(
                            "definition [{}] cannot be read from the journal: its last good state is served, edits of it"
                                    + " are refused; restore its rows in event_journal, it is tried again",
                            entity);
            setAside.accept(Set.copyOf(aside));
        }
        timers.startSingleTimer(entity, new Again(entity), aside.contains(entity) ? ASIDE_AGAIN : AGAIN);
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
        if (!told) {
            told = true;
            getContext().getLog().info("read definitions [{}] of [{}], all that can be read", woken, total);
            board.tell(RuleBoard.AllAwake.INSTANCE);
        }
        return aside.isEmpty() ? Behaviors.stopped() : this;
    }

    private void ask(String entity) {
        getContext().pipeToSelf(wake.apply(entity), (awake, failure) -> new Woken(entity, failure));
    }
}
