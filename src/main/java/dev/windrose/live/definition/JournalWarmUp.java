package dev.windrose.live.definition;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import dev.windrose.decide.definition.CongestionWindow;
import dev.windrose.decide.definition.UnreadableDefinitions;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads every definition of the journal once after a start, and reports when all are read. Starts when this node is Up:
 * before, no definition could answer. Concurrency adapts to how fast the journal answers.
 *
 * <p>A definition that cannot be read although the journal answers is set aside so that it blocks no other: its last
 * good state is served, edits of it are refused, an alarm is raised, and it is retried periodically.
 */
final class JournalWarmUp extends AbstractBehavior<JournalWarmUp.Command> {

    sealed interface Command {}

    /** This node is Up. */
    enum Begin implements Command {
        INSTANCE
    }

    private record Woken(
            String entity, long begunNanos, @Nullable Throwable failure) implements Command {}

    private record Judged(String entity, boolean journalAnswers) implements Command {}

    private record Again(String entity) implements Command {}

    /** Definitions being read concurrently. */
    private static final int AT_ONCE = 32;

    private static final int AT_FIRST = 8;

    /** Failures of one definition, while the journal answers, after which it counts as unreadable. */
    static final int TRIES = 3;

    private static final Duration AGAIN = Duration.ofSeconds(1);

    private static final Duration ASIDE_AGAIN = Duration.ofSeconds(30);

    /** Receives the progress. */
    interface Progress {
        /** These definitions are set aside; called whenever that changes. */
        void aside(Set<String> entities);

        /** All readable definitions were read. */
        void allAwake();
    }

    /**
     * @param whenUp gets the actor that waits for {@link Begin}
     * @param wake reads one definition
     * @param journal whether the journal currently answers at its usual speed
     */
    static Behavior<Command> create(
            Collection<String> entities,
            Consumer<ActorRef<Command>> whenUp,
            Function<String, CompletionStage<RuleActor.Awake>> wake,
            Supplier<CompletionStage<Boolean>> journal,
            Progress progress) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            whenUp.accept(context.getSelf());
            return new JournalWarmUp(context, timers, entities, wake, journal, progress);
        }));
    }

    private final TimerScheduler<Command> timers;
    private final Function<String, CompletionStage<RuleActor.Awake>> wake;
    private final Supplier<CompletionStage<Boolean>> journal;
    private final Progress progress;
    private final Deque<String> asleep;
    private final CongestionWindow window = new CongestionWindow(1, AT_FIRST, AT_ONCE);
    private final UnreadableDefinitions suspects = new UnreadableDefinitions(TRIES);
    private final Set<String> aside = new TreeSet<>();
    private final int total;
    private int pending = 0;
    private int asked = 0;
    private int woken = 0;
    private boolean begun = false;
    private boolean told = false;

    private JournalWarmUp(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            Collection<String> entities,
            Function<String, CompletionStage<RuleActor.Awake>> wake,
            Supplier<CompletionStage<Boolean>> journal,
            Progress progress) {
        super(context);
        context.setLoggerName(JournalWarmUp.class);
        this.timers = timers;
        this.wake = wake;
        this.journal = journal;
        this.progress = progress;
        this.asleep = new ArrayDeque<>(entities);
        this.total = asleep.size();
        progress.aside(Set.of());
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessageEquals(Begin.INSTANCE, this::onBegin)
                .onMessage(Woken.class, this::onWoken)
                .onMessage(Judged.class, this::onJudged)
                .onMessage(Again.class, this::onAgain)
                .build();
    }

    private Behavior<Command> onBegin() {
        if (begun) {
            return this;
        }
        begun = true;
        getContext().getLog().info("reading definitions [{}] from the journal", total);
        return next();
    }

    private Behavior<Command> onWoken(Woken message) {
        asked--;
        String entity = message.entity();
        if (message.failure() != null) {
            window.late(message.begunNanos(), System.nanoTime());
            // The cause may be the journal, the circuit breaker in front of it, or this definition alone.
            getContext()
                    .pipeToSelf(
                            journal.get(),
                            (answers, failure) -> new Judged(entity, failure == null && Boolean.TRUE.equals(answers)));
            return next();
        }
        window.done();
        suspects.read(entity);
        if (aside.remove(entity)) {
            getContext().getLog().info("definition [{}] can be read again", entity);
            progress.aside(Set.copyOf(aside));
        } else {
            pending--;
        }
        woken++;
        if (woken % 1000 == 0) {
            getContext().getLog().info("read definitions [{}] of [{}]", woken, total);
        }
        return next();
    }

    private Behavior<Command> onJudged(Judged judged) {
        String entity = judged.entity();
        // Until a first definition could be read, the journal is to blame, whatever it answers.
        boolean counts = judged.journalAnswers() && (woken > 0 || total == 1);
        if (counts && suspects.failed(entity, woken, System.nanoTime()) && aside.add(entity)) {
            pending--;
            getContext()
                    .getLog()
                    .error(
                            "definition [{}] cannot be read although the journal answers: its last good state is served,"
                                    + " edits of it are refused; restore its rows in event_journal, reading is retried",
                            entity);
            progress.aside(Set.copyOf(aside));
        }
        timers.startSingleTimer(entity, new Again(entity), aside.contains(entity) ? ASIDE_AGAIN : AGAIN);
        return next();
    }

    private Behavior<Command> onAgain(Again again) {
        if (aside.contains(again.entity()) || asked < window.size()) {
            ask(again.entity());
        } else {
            asleep.addLast(again.entity());
            pending--;
        }
        return this;
    }

    private Behavior<Command> next() {
        while (asked < window.size() && !asleep.isEmpty()) {
            pending++;
            ask(asleep.removeFirst());
        }
        if (pending > 0 || !asleep.isEmpty()) {
            return this;
        }
        if (!told) {
            told = true;
            getContext().getLog().info("read definitions [{}] of [{}], all that are readable", woken, total);
            progress.allAwake();
        }
        return aside.isEmpty() ? Behaviors.stopped() : this;
    }

    private void ask(String entity) {
        asked++;
        long begunNanos = System.nanoTime();
        getContext().pipeToSelf(wake.apply(entity), (awake, failure) -> new Woken(entity, begunNanos, failure));
    }
}
