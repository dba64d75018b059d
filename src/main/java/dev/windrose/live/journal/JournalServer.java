package dev.windrose.live.journal;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import dev.windrose.decide.definition.JournalGap;
import dev.windrose.decide.definition.PublishedPositions;
import dev.windrose.live.pool.Offload;
import dev.windrose.live.wire.WireMessage;
import dev.windrose.watch.Alarms;
import dev.windrose.watch.DefinitionMeters;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Gives the events that were first written in this region to the others, in the order of the journal.
 *
 * <p>One per region. Reads the region's own database with one query, whatever the number of rules, and keeps the newest
 * events in memory. Gives out only the prefix of the order that is whole: in PostgreSQL an ordering is taken before its
 * transaction ends, so a hole may still be filled. Both databases show an event only once it is forced to the disk, so what
 * is given out cannot be lost with the process or the power.
 */
public final class JournalServer extends AbstractBehavior<JournalServer.Command> {

    public sealed interface Command {}

    /**
     * Asks for the events after a place. Answered when there are some, or after a while without.
     *
     * @param reader the region that asks
     * @param incarnation of the journal that {@code after} belongs to; empty before the first contact
     */
    public record Pull(String reader, String incarnation, long after, ActorRef<Batch> replyTo)
            implements Command, WireMessage {}

    /** Asks for the events of one definition after a place; answered at once. */
    public record PullOne(String persistenceId, long after, ActorRef<Batch> replyTo) implements Command, WireMessage {}

    /** Something was written. */
    public enum Nudge implements Command, WireMessage {
        INSTANCE
    }

    /**
     * The next events.
     *
     * @param incarnation names this life of the journal
     * @param upTo every event up to this place that others should have is in this batch or was in an earlier one
     * @param head the highest place that is whole
     */
    public record Batch(String incarnation, long upTo, long head, List<StoredEvent> events) implements WireMessage {}

    private enum Look implements Command {
        INSTANCE
    }

    private record Opened(
            @Nullable Opening opening, @Nullable Throwable failure) implements Command {}

    private record Read(
            @Nullable List<StoredEvent> rows, @Nullable Throwable failure) implements Command {}

    private record Answer(
            String reader,
            ActorRef<Batch> replyTo,
            @Nullable Batch batch,
            @Nullable Throwable failure) implements Command {}

    private record Renewed(
            @Nullable String incarnation, @Nullable Throwable failure) implements Command {}

    private record Opening(String incarnation, long contiguous, long head) {}

    /** The most that goes into one batch: events, and bytes, well below the frame of the exchange between nodes. */
    static final int BATCH_EVENTS = 500;

    static final int BATCH_BYTES = 100_000;

    /** How far back a server that starts looks for holes that may still be filled. */
    private static final int RECENT = 1_000;

    /** Asks for one definition only: says nothing about how far it is. */
    private static final String NOBODY = "";

    private static final Duration GAP_LOOK = Duration.ofMillis(20);

    public static Behavior<Command> create(
            String self,
            Database database,
            ReplicatedEvents events,
            JournalSettings settings,
            DefinitionMeters meters) {
        return Behaviors.setup(context -> Behaviors.withTimers(
                timers -> new JournalServer(context, timers, self, database, events, settings, meters)));
    }

    private final TimerScheduler<Command> timers;
    private final JournalReader reader;
    private final JournalFacts facts;
    private final OwnEvents own;
    private final JournalSettings settings;
    private final DefinitionMeters meters;
    private final Executor blocking;

    private final HeldPulls held = new HeldPulls();
    private final PublishedPositions published = new PublishedPositions();
    private final JournalGap gap;

    private RecentEvents recent = new RecentEvents(0);
    private @Nullable String incarnation = null;
    private long contiguous = 0;
    private boolean reading = false;
    private boolean readAgain = false;
    private boolean failing = false;

    private JournalServer(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            String self,
            Database database,
            ReplicatedEvents replicated,
            JournalSettings settings,
            DefinitionMeters meters) {
        super(context);
        context.setLoggerName(JournalServer.class);
        this.timers = timers;
        this.reader = new JournalReader(database.dataSource());
        this.facts = new JournalFacts(database.dataSource());
        this.own = new OwnEvents(replicated, self);
        this.settings = settings;
        this.gap = new JournalGap(settings.gapTimeout());
        this.meters = meters;
        this.blocking = context.getSystem().dispatchers().lookup(DispatcherSelector.blocking());
        timers.startTimerWithFixedDelay("tail", Look.INSTANCE, settings.tailEvery());
        open();
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Pull.class, this::onPull)
                .onMessage(PullOne.class, this::onPullOne)
                .onMessageEquals(Nudge.INSTANCE, this::onLook)
                .onMessageEquals(Look.INSTANCE, this::onLook)
                .onMessage(Opened.class, this::onOpened)
                .onMessage(Read.class, this::onRead)
                .onMessage(Answer.class, this::onAnswer)
                .onMessage(Renewed.class, this::onRenewed)
                .build();
    }

    private void open() {
        reading = true;
        CompletableFuture<Opening> opening = Offload.to(blocking, () -> {
            long head = reader.head();
            long complete = reader.completeUpTo(Math.max(0, head - RECENT));
            return new Opening(facts.incarnation(), complete, head);
        });
        getContext().pipeToSelf(opening, Opened::new);
    }

    private Behavior<Command> onOpened(Opened opened) {
        reading = false;
        Opening opening = opened.opening();
        if (opening == null) {
            failed(opened.failure());
            return this;
        }
        incarnation = opening.incarnation();
        contiguous = opening.contiguous();
        published.opened(opening.head());
        recent = new RecentEvents(contiguous);
        meters.head(contiguous);
        getContext().getLog().info("serving journal [{}], head [{}]", incarnation, contiguous);
        held.release().forEach(this::onPull);
        read();
        return this;
    }

    private Behavior<Command> onLook() {
        expireHeld();
        if (reading) {
            readAgain = true;
        } else if (incarnation == null) {
            open();
        } else {
            read();
        }
        return this;
    }

    private void read() {
        reading = true;
        readAgain = false;
        long after = contiguous;
        CompletableFuture<List<StoredEvent>> rows = Offload.to(blocking, () -> reader.page(after));
        getContext().pipeToSelf(rows, Read::new);
    }

    private Behavior<Command> onRead(Read read) {
        reading = false;
        List<StoredEvent> rows = read.rows();
        if (rows == null) {
            failed(read.failure());
            return this;
        }
        failing = false;
        boolean hole = false;
        for (StoredEvent row : rows) {
            if (row.ordering() > contiguous + 1 && !isGivenUp(row.ordering())) {
                hole = true;
                break;
            }
            contiguous = row.ordering();
            if (own.has(row)) {
                recent.add(row);
            }
        }
        meters.head(contiguous);
        held.removeIf(this::serve);
        if (hole) {
            timers.startSingleTimer("hole", Look.INSTANCE, GAP_LOOK);
        } else if (readAgain || rows.size() == JournalReader.PAGE) {
            read();
        }
        return this;
    }

    /** Whether the numbers missing before {@code ordering} have been missing for so long that nobody will write them. */
    private boolean isGivenUp(long ordering) {
        long missing = contiguous + 1;
        boolean givenUp = gap.isGivenUp(missing, System.nanoTime());
        if (givenUp) {
            getContext().getLog().info("journal positions [{}] to [{}] were never written", missing, ordering - 1);
            meters.gap(ordering - missing);
        }
        return givenUp;
    }

    private Behavior<Command> onPull(Pull pull) {
        String current = incarnation;
        if (current == null) {
            held.hold(pull, System.nanoTime());
        } else if (!pull.incarnation().isEmpty() && !pull.incarnation().equals(current)) {
            give(pull.reader(), pull.replyTo(), new Batch(current, 0, contiguous, List.of()));
        } else if (published.isLost(pull.reader(), pull.after())) {
            lostTail(pull);
        } else if (!recent.reachesBackTo(pull.after())) {
            fromDatabase(pull);
        } else if (!serve(pull)) {
            held.hold(pull, System.nanoTime());
        }
        return this;
    }

    private void lostTail(Pull pull) {
        getContext()
                .getLog()
                .error(
                        "journal lost its tail: another region has seen position [{}], head is [{}]; the journal gets a new"
                                + " incarnation",
                        pull.after(),
                        contiguous);
        meters.alarms()
                .raise(
                        Alarms.Kind.LOST_TAIL,
                        pull.reader(),
                        "this region's journal lost events that region [" + pull.reader()
                                + "] has; they are recovered from there");
        incarnation = null;
        published.forget();
        held.hold(pull, System.nanoTime());
        getContext().pipeToSelf(Offload.to(blocking, facts::renewIncarnation), Renewed::new);
    }

    private Behavior<Command> onRenewed(Renewed renewed) {
        if (renewed.failure() != null) {
            failed(renewed.failure());
        }
        open();
        return this;
    }

    private void fromDatabase(Pull pull) {
        long head = contiguous;
        answer(
                pull.reader(),
                pull.replyTo(),
                String.valueOf(incarnation),
                pull.after(),
                head,
                () -> reader.page(pull.after()));
    }

    private Behavior<Command> onPullOne(PullOne pull) {
        String current = incarnation;
        if (current != null) {
            long head = contiguous;
            answer(
                    NOBODY,
                    pull.replyTo(),
                    current,
                    pull.after(),
                    head,
                    () -> reader.page(pull.persistenceId(), pull.after()));
        }
        return this;
    }

    private void answer(
            String to,
            ActorRef<Batch> replyTo,
            String current,
            long after,
            long head,
            Callable<List<StoredEvent>> query) {
        CompletableFuture<Batch> batch = Offload.to(blocking, () -> own.batch(current, after, head, query.call()));
        getContext().pipeToSelf(batch, (made, failure) -> new Answer(to, replyTo, made, failure));
    }

    private Behavior<Command> onAnswer(Answer answer) {
        Batch batch = answer.batch();
        if (batch == null) {
            // The one who asked asks again by itself.
            failed(answer.failure());
        } else {
            give(answer.reader(), answer.replyTo(), batch);
        }
        return this;
    }

    /** Answers from memory; false when there is nothing new. */
    private boolean serve(Pull pull) {
        if (incarnation == null) {
            return false;
        }
        Batch batch = recent.batch(incarnation, pull.after(), contiguous);
        if (batch == null) {
            return false;
        }
        give(pull.reader(), pull.replyTo(), batch);
        return true;
    }

    private void give(String to, ActorRef<Batch> replyTo, Batch batch) {
        published.published(to, batch.upTo());
        replyTo.tell(batch);
    }

    private void expireHeld() {
        String current = incarnation;
        if (current == null) {
            return;
        }
        held.expire(settings.holdPull(), System.nanoTime())
                .forEach(pull ->
                        give(pull.reader(), pull.replyTo(), new Batch(current, contiguous, contiguous, List.of())));
    }

    private void failed(@Nullable Throwable failure) {
        if (!failing) {
            failing = true;
            getContext().getLog().warn("journal cannot be read, cause [{}]", String.valueOf(failure));
        }
    }
}
