package dev.windrose.live.definition;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.cluster.ddata.Key;
import akka.cluster.ddata.typed.javadsl.Replicator;
import akka.cluster.ddata.typed.javadsl.ReplicatorSettings;
import dev.windrose.decide.definition.DefinitionState;
import dev.windrose.live.board.Board;
import dev.windrose.live.supervision.SupervisedActor;
import dev.windrose.live.supervision.Supervision;
import dev.windrose.model.DefinitionKey;
import dev.windrose.model.RegionId;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Distributes the state of every definition to every node of the region, and to this node's table.
 *
 * <p>A definition lives on one node of its region; the others receive its state here. The replicator is local to the
 * region: other regions have the definitions from their journals. The {@link DefinitionDigests} outlive this actor, so
 * a restarted board rewrites all of them.
 */
final class DefinitionBoard extends AbstractBehavior<DefinitionBoard.Command> {

    sealed interface Command {}

    /** A definition in the digests has changed. */
    record Heard(String entity) implements Command {}

    private record Told(Board.News news) implements Command {}

    private enum StillHere implements Command {
        INSTANCE
    }

    private static final Duration STILL_HERE_EVERY = Duration.ofSeconds(1);
    private static final Duration RESTART_FIRST = Duration.ofMillis(500);
    private static final Duration RESTART_AT_MOST = Duration.ofSeconds(10);

    private static final class BucketKey extends Key<BoardBucket> {
        private static final long serialVersionUID = 1L;

        BucketKey(int bucket) {
            super("rules-" + bucket);
        }
    }

    /**
     * The board of one node, and the replicator of its region.
     *
     * @param heard receives definitions, changed or not
     * @param current is called about once a second
     * @param digests kept up to date for the comparison with other regions
     */
    static Behavior<Command> create(
            RegionId self,
            Consumer<Map<DefinitionKey, DefinitionState>> heard,
            Runnable current,
            DefinitionDigests digests,
            Supervision parts) {
        // The replicators of a region find each other by this actor path, in all versions.
        Behavior<Command> both = Behaviors.setup(context -> {
            ActorRef<Replicator.Command> replicator = context.spawn(
                    Replicator.behavior(
                            ReplicatorSettings.create(context.getSystem()).withRole("dc-" + self.value())),
                    "replicator");
            // Its termination fails this actor: both are restarted.
            context.watch(replicator);
            ActorRef<Command> board = context.spawn(
                    parts.lasting("rule-board", part -> board(heard, current, digests, replicator, part)), "board");
            return Behaviors.receiveMessage(command -> {
                board.tell(command);
                return Behaviors.same();
            });
        });
        return Behaviors.supervise(both)
                .onFailure(SupervisorStrategy.restartWithBackoff(RESTART_FIRST, RESTART_AT_MOST, 0.2));
    }

    static Behavior<Command> board(
            Consumer<Map<DefinitionKey, DefinitionState>> heard,
            Runnable current,
            DefinitionDigests digests,
            ActorRef<Replicator.Command> replicator,
            SupervisedActor part) {
        return Behaviors.setup(context -> Behaviors.withTimers(
                timers -> new DefinitionBoard(context, timers, heard, current, digests, replicator, part)));
    }

    private final Board<BoardBucket> board;
    private final Consumer<Map<DefinitionKey, DefinitionState>> heard;
    private final Runnable current;
    private final DefinitionDigests digests;
    private final BucketKey[] keys = new BucketKey[DefinitionDigests.BUCKETS];

    private DefinitionBoard(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            Consumer<Map<DefinitionKey, DefinitionState>> heard,
            Runnable current,
            DefinitionDigests digests,
            ActorRef<Replicator.Command> replicator,
            SupervisedActor part) {
        super(context);
        context.setLoggerName(DefinitionBoard.class);
        this.digests = digests;
        this.heard = heard;
        this.current = current;
        this.board = new Board<>(context, timers, replicator, BoardBucket.EMPTY, part, System::nanoTime, Told::new);
        for (int i = 0; i < DefinitionDigests.BUCKETS; i++) {
            keys[i] = new BucketKey(i);
            board.follow(keys[i]);
            if (!digests.states(i).isEmpty()) {
                write(i);
            }
        }
        timers.startTimerWithFixedDelay(StillHere.INSTANCE, STILL_HERE_EVERY);
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Heard.class, this::onHeard)
                .onMessageEquals(StillHere.INSTANCE, this::onStillHere)
                .onMessage(Told.class, this::onTold)
                .build();
    }

    private Behavior<Command> onHeard(Heard news) {
        write(DefinitionDigests.bucket(news.entity()));
        return this;
    }

    /** Writes all definitions of a bucket: this also covers earlier writes that failed. */
    private void write(int bucket) {
        board.write(keys[bucket], held -> held.with(digests.states(bucket)));
    }

    private Behavior<Command> onStillHere() {
        current.run();
        return this;
    }

    private Behavior<Command> onTold(Told told) {
        Board.@Nullable Held<BoardBucket> held = board.on(told.news());
        if (held != null) {
            Map<DefinitionKey, DefinitionState> states = new HashMap<>();
            held.data().states().forEach((entity, state) -> take(entity, state, states));
            if (!states.isEmpty()) {
                heard.accept(states);
            }
        }
        return this;
    }

    /** A definition of an unknown kind is left to later versions. */
    private void take(String entity, DefinitionState state, Map<DefinitionKey, DefinitionState> states) {
        try {
            DefinitionKey key = DefinitionKey.parse(entity);
            digests.heard(entity, state);
            states.put(key, state);
        } catch (IllegalArgumentException e) {
            getContext().getLog().debug("definition [{}] skipped, cause [{}]", entity, e.getMessage());
        }
    }
}
