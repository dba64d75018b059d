package dev.windrose.live.journal;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import dev.windrose.decide.definition.CongestionWindow;
import dev.windrose.decide.definition.UnreadableDefinitions;
import dev.windrose.live.pool.Offload;
import dev.windrose.watch.Alarms;
import dev.windrose.watch.DefinitionMeters;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes over the events of one other region: pulls them in order and hands each to its definition, one at a time per
 * definition and several definitions at once. The place is saved only after every event before it was persisted here.
 *
 * <p>A definition that cannot take an event after some tries is parked: the others go on, an alarm is raised, and the
 * parked events are fetched and tried again from time to time.
 */
public final class SourceInbox extends AbstractBehavior<SourceInbox.Command> {

    sealed interface Command {}

    private record Loaded(
            CursorStore.@Nullable Cursor cursor, @Nullable Map<String, Long> parked) implements Command {}

    private record Pulled(JournalServer.@Nullable Batch batch) implements Command {}

    private record Delivered(String persistenceId, @Nullable Throwable failure) implements Command {}

    private record Saved(@Nullable Throwable failure) implements Command {}

    private record ParkedPulled(String persistenceId, JournalServer.@Nullable Batch batch) implements Command {}

    private record ParkedDelivered(
            String persistenceId, long upTo, @Nullable Throwable failure) implements Command {}

    private record Judged(String persistenceId, Throwable failure, boolean journalAnswers) implements Command {}

    private enum Load implements Command {
        INSTANCE
    }

    private enum PullNow implements Command {
        INSTANCE
    }

    private enum RetryParked implements Command {
        INSTANCE
    }

    private record Retry(String persistenceId) implements Command {}

    private record ParkStored(
            String persistenceId, @Nullable Throwable failure) implements Command {}

    private record StorePark(String persistenceId) implements Command {}

    /** Hands one event to its definition; completes when it is persisted there. */
    public interface Delivery {
        CompletionStage<Done> deliver(StoredEvent event, Duration atMost);
    }

    /** Longer than a page from a slow database takes. */
    private static final Duration LATE = Duration.ofSeconds(3);

    /** Grows as long as the journal takes them in time. */
    private static final int IN_FLIGHT_AT_FIRST = 16;

    /** A journal that takes longer for one row is late. */
    private static final Duration ANSWERS_AT_MOST = Duration.ofSeconds(2);

    private static final Duration RETRY_FIRST = Duration.ofMillis(200);
    private static final Duration RETRY_AT_MOST = Duration.ofSeconds(5);
    private static final Duration PULL_AGAIN = Duration.ofMillis(500);

    /** With more than this still to come, in places of the other journal, this region is behind. */
    private static final long BEHIND_PLACES = 200;

    /** A place that moved without any event of interest is saved only this often. */
    private static final long UNSAVED_PLACES = 1_000;

    /** The events of one definition that are being handed over. */
    private static final class Lane {
        final Deque<StoredEvent> events = new ArrayDeque<>();
        int tries = 0;
        long begunNanos = 0;
    }

    /** @param behind told the other region's name while many of its events are still to come */
    static Behavior<Command> create(
            String self,
            String source,
            ActorRef<JournalServer.Command> server,
            CursorStore store,
            Delivery delivery,
            Consumer<String> behind,
            JournalSettings settings,
            DefinitionMeters meters) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers ->
                new SourceInbox(context, timers, self, source, server, store, delivery, behind, settings, meters)));
    }

    private final TimerScheduler<Command> timers;
    private final String self;
    private final String source;
    private final ActorRef<JournalServer.Command> server;
    private final CursorStore store;
    private final Delivery delivery;
    private final Consumer<String> behind;
    private final JournalSettings settings;
    private final DefinitionMeters meters;
    private final Executor blocking;

    private final Map<String, Lane> lanes = new LinkedHashMap<>();
    private Map<String, Long> parked = new HashMap<>();
    private CursorStore.Cursor cursor = CursorStore.Cursor.START;
    private CursorStore.Cursor next = CursorStore.Cursor.START;
    private long savedOrdering = 0;
    private int inFlight = 0;
    private final CongestionWindow window;
    private final UnreadableDefinitions suspects;
    private int applied = 0;
    private boolean taking = false;
    private boolean delivered = false;

    private SourceInbox(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            String self,
            String source,
            ActorRef<JournalServer.Command> server,
            CursorStore store,
            Delivery delivery,
            Consumer<String> behind,
            JournalSettings settings,
            DefinitionMeters meters) {
        super(context);
        context.setLoggerName(SourceInbox.class);
        this.timers = timers;
        this.self = self;
        this.source = source;
        this.server = server;
        this.store = store;
        this.delivery = delivery;
        this.behind = behind;
        this.settings = settings;
        this.meters = meters;
        this.window = new CongestionWindow(1, Math.min(IN_FLIGHT_AT_FIRST, settings.inFlight()), settings.inFlight());
        this.suspects = new UnreadableDefinitions(settings.deliverTries());
        this.blocking = context.getSystem().dispatchers().lookup(DispatcherSelector.blocking());
        timers.startTimerWithFixedDelay(RetryParked.INSTANCE, settings.retryParkedEvery());
        load();
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessageEquals(Load.INSTANCE, this::onLoad)
                .onMessage(Loaded.class, this::onLoaded)
                .onMessageEquals(PullNow.INSTANCE, this::onPullNow)
                .onMessage(Pulled.class, this::onPulled)
                .onMessage(Delivered.class, this::onDelivered)
                .onMessage(Judged.class, this::onJudged)
                .onMessage(Retry.class, this::onRetry)
                .onMessage(ParkStored.class, this::onParkStored)
                .onMessage(StorePark.class, this::onStorePark)
                .onMessage(Saved.class, this::onSaved)
                .onMessageEquals(RetryParked.INSTANCE, this::onRetryParked)
                .onMessage(ParkedPulled.class, this::onParkedPulled)
                .onMessage(ParkedDelivered.class, this::onParkedDelivered)
                .build();
    }

    private Behavior<Command> onLoad() {
        load();
        return this;
    }

    private void load() {
        CompletableFuture<Loaded> loaded =
                Offload.to(blocking, () -> new Loaded(store.load(source), new HashMap<>(store.parked(source))));
        getContext().pipeToSelf(loaded, (value, failure) -> value == null ? new Loaded(null, null) : value);
    }

    private Behavior<Command> onLoaded(Loaded loaded) {
        if (loaded.cursor() == null || loaded.parked() == null) {
            timers.startSingleTimer(Load.INSTANCE, RETRY_AT_MOST);
            return this;
        }
        cursor = loaded.cursor();
        savedOrdering = cursor.ordering();
        parked = loaded.parked();
        showParked();
        getContext().getLog().info("replicating from region [{}], position [{}]", source, cursor.ordering());
        return onPullNow();
    }

    private Behavior<Command> onPullNow() {
        meters.cursor(source, cursor.ordering());
        getContext()
                .ask(
                        JournalServer.Batch.class,
                        server,
                        settings.holdPull().plus(LATE),
                        (ActorRef<JournalServer.Batch> replyTo) ->
                                new JournalServer.Pull(self, cursor.incarnation(), cursor.ordering(), replyTo),
                        (batch, failure) -> new Pulled(batch));
        return this;
    }

    private Behavior<Command> onPulled(Pulled pulled) {
        JournalServer.Batch batch = pulled.batch();
        if (batch == null) {
            timers.startSingleTimer(PullNow.INSTANCE, PULL_AGAIN);
            return this;
        }
        meters.sourceHead(source, batch.head());
        if (!batch.incarnation().equals(cursor.incarnation())) {
            return onOtherIncarnation(batch);
        }
        if (batch.head() <= cursor.ordering()) {
            meters.alarms().mended(Alarms.Kind.INCARNATION, source);
        }
        if (batch.head() - batch.upTo() > BEHIND_PLACES) {
            behind.accept(source);
        }
        taking = true;
        next = new CursorStore.Cursor(batch.incarnation(), Math.max(cursor.ordering(), batch.upTo()));
        for (StoredEvent event : batch.events()) {
            if (event.ordering() > cursor.ordering() && !parked.containsKey(event.persistenceId())) {
                lanes.computeIfAbsent(event.persistenceId(), id -> new Lane())
                        .events
                        .addLast(event);
            }
        }
        fill();
        return this;
    }

    private Behavior<Command> onOtherIncarnation(JournalServer.Batch batch) {
        if (!cursor.incarnation().isEmpty()) {
            getContext()
                    .getLog()
                    .error(
                            "journal of region [{}] was replaced: [{}], was [{}]; replicating again from its start",
                            source,
                            batch.incarnation(),
                            cursor.incarnation());
            meters.alarms()
                    .raise(
                            Alarms.Kind.INCARNATION,
                            source,
                            "the journal of this region was replaced; its events are read again from their start");
        }
        cursor = new CursorStore.Cursor(batch.incarnation(), 0);
        return onPullNow();
    }

    private void fill() {
        for (Map.Entry<String, Lane> lane : lanes.entrySet()) {
            if (inFlight >= window.size()) {
                return;
            }
            if (lane.getValue().tries == 0) {
                deliver(lane.getKey(), lane.getValue());
            }
        }
        if (lanes.isEmpty() && inFlight == 0 && taking) {
            taking = false;
            finishBatch();
        }
    }

    private void deliver(String persistenceId, Lane lane) {
        lane.tries++;
        lane.begunNanos = System.nanoTime();
        inFlight++;
        getContext()
                .pipeToSelf(
                        delivery.deliver(lane.events.getFirst(), settings.deliverTimeout()),
                        (done, failure) -> new Delivered(persistenceId, failure));
    }

    private Behavior<Command> onDelivered(Delivered delivered) {
        inFlight--;
        Lane lane = lanes.get(delivered.persistenceId());
        if (lane == null) {
            return this;
        }
        if (delivered.failure() == null) {
            meters.applied(source);
            applied++;
            window.done();
            suspects.read(delivered.persistenceId());
            this.delivered = true;
            lane.events.removeFirst();
            lane.tries = 0;
            if (lane.events.isEmpty()) {
                lanes.remove(delivered.persistenceId());
            }
        } else {
            window.late(lane.begunNanos, System.nanoTime());
            judge(delivered.persistenceId(), delivered.failure());
        }
        fill();
        return this;
    }

    /** What stands in the way may be a slow journal, the breaker in front of it, or this definition alone. */
    private void judge(String persistenceId, Throwable failure) {
        CompletableFuture<Boolean> answers = Offload.to(blocking, () -> {
                    store.load(source);
                    return true;
                })
                .completeOnTimeout(false, ANSWERS_AT_MOST.toMillis(), TimeUnit.MILLISECONDS);
        getContext()
                .pipeToSelf(
                        answers,
                        (answered, problem) ->
                                new Judged(persistenceId, failure, problem == null && Boolean.TRUE.equals(answered)));
    }

    private Behavior<Command> onJudged(Judged judged) {
        Lane lane = lanes.get(judged.persistenceId());
        if (lane == null) {
            return this;
        }
        if (judged.journalAnswers() && suspects.failed(judged.persistenceId(), applied, System.nanoTime())) {
            park(judged.persistenceId(), lane, judged.failure());
        } else {
            long wait = Math.min(RETRY_FIRST.toMillis() << Math.min(lane.tries, 10), RETRY_AT_MOST.toMillis());
            timers.startSingleTimer(judged.persistenceId(), new Retry(judged.persistenceId()), Duration.ofMillis(wait));
        }
        return this;
    }

    private Behavior<Command> onRetry(Retry retry) {
        Lane lane = lanes.get(retry.persistenceId());
        if (lane != null) {
            deliver(retry.persistenceId(), lane);
        }
        return this;
    }

    private void park(String persistenceId, Lane lane, Throwable failure) {
        long ordering = lane.events.getFirst().ordering();
        getContext()
                .getLog()
                .error(
                        "definition [{}] cannot apply the event at position [{}] of region [{}] and is parked, cause [{}]",
                        persistenceId,
                        ordering,
                        source,
                        failure.toString());
        lanes.remove(persistenceId);
        suspects.read(persistenceId);
        parked.put(persistenceId, ordering);
        showParked();
        // The batch ends only when the parking is stored, so nothing is forgotten when this node dies in between.
        inFlight++;
        storeParked(persistenceId);
    }

    private void storeParked(String persistenceId) {
        Long ordering = parked.get(persistenceId);
        CompletableFuture<Done> stored = Offload.to(blocking, () -> {
            store.park(source, persistenceId, ordering);
            return Done.getInstance();
        });
        getContext().pipeToSelf(stored, (done, problem) -> new ParkStored(persistenceId, problem));
    }

    private Behavior<Command> onParkStored(ParkStored stored) {
        if (stored.failure() != null) {
            timers.startSingleTimer(new StorePark(stored.persistenceId()), RETRY_AT_MOST);
        } else {
            inFlight--;
            fill();
        }
        return this;
    }

    private Behavior<Command> onStorePark(StorePark store) {
        storeParked(store.persistenceId());
        return this;
    }

    private void finishBatch() {
        boolean worthSaving = delivered || next.ordering() - savedOrdering > UNSAVED_PLACES;
        delivered = false;
        if (!worthSaving) {
            cursor = next;
            onPullNow();
            return;
        }
        CursorStore.Cursor saving = next;
        CompletableFuture<Done> stored = Offload.to(blocking, () -> {
            store.save(source, saving);
            return Done.getInstance();
        });
        getContext().pipeToSelf(stored, (done, failure) -> new Saved(failure));
    }

    private Behavior<Command> onSaved(Saved saved) {
        // Without the save the same events come again after a restart, and are known to be seen: only work is lost.
        if (saved.failure() == null) {
            savedOrdering = next.ordering();
        }
        cursor = next;
        return onPullNow();
    }

    private Behavior<Command> onRetryParked() {
        parked.forEach((persistenceId, ordering) -> getContext()
                .ask(
                        JournalServer.Batch.class,
                        server,
                        settings.deliverTimeout(),
                        (ActorRef<JournalServer.Batch> replyTo) ->
                                new JournalServer.PullOne(persistenceId, ordering - 1, replyTo),
                        (batch, failure) -> new ParkedPulled(persistenceId, batch)));
        return this;
    }

    private Behavior<Command> onParkedPulled(ParkedPulled pulled) {
        JournalServer.Batch batch = pulled.batch();
        if (batch == null || !parked.containsKey(pulled.persistenceId())) {
            return this;
        }
        CompletionStage<Done> all = CompletableFuture.completedFuture(Done.getInstance());
        for (StoredEvent event : batch.events()) {
            all = all.thenCompose(done -> delivery.deliver(event, settings.deliverTimeout()));
        }
        getContext()
                .pipeToSelf(all, (done, failure) -> new ParkedDelivered(pulled.persistenceId(), batch.upTo(), failure));
        return this;
    }

    private Behavior<Command> onParkedDelivered(ParkedDelivered done) {
        String persistenceId = done.persistenceId();
        if (done.failure() != null || !parked.containsKey(persistenceId)) {
            return this;
        }
        // Batches that came meanwhile passed this definition over; it is free when what they had is taken as well.
        if (done.upTo() >= next.ordering()) {
            parked.remove(persistenceId);
            getContext().getLog().info("definition [{}] of region [{}] is no longer parked", persistenceId, source);
        } else {
            parked.put(persistenceId, done.upTo() + 1);
        }
        showParked();
        inFlight++;
        storeParked(persistenceId);
        return this;
    }

    private void showParked() {
        meters.parked(source, parked.size());
        meters.alarms()
                .set(
                        Alarms.Kind.PARKED,
                        source,
                        parked.isEmpty()
                                ? null
                                : "definitions cannot apply events of this region, see GET /api/v1/journal");
    }
}
