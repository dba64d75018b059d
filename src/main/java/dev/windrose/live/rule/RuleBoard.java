package dev.windrose.live.rule;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.cluster.ddata.Key;
import akka.cluster.ddata.typed.javadsl.Replicator;
import akka.cluster.ddata.typed.javadsl.ReplicatorMessageAdapter;
import akka.cluster.ddata.typed.javadsl.ReplicatorSettings;
import dev.windrose.decide.rule.RuleState;
import dev.windrose.model.DefinitionKey;
import dev.windrose.model.RegionId;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Spreads the state of every definition to every node of the region, and from there to this node's table.
 *
 * <p>A definition lives on one node of its region; the others hear of it here. The replicator is the region's own: other
 * regions have the definitions from their journals.
 */
final class RuleBoard extends AbstractBehavior<RuleBoard.Command> {

    sealed interface Command {}

    /** A definition on this node has this state. */
    record Heard(DefinitionKey key, RuleState state) implements Command {}

    /** Every definition in the journal was read once. */
    enum AllAwake implements Command {
        INSTANCE
    }

    private record Changed(Replicator.SubscribeResponse<BoardBucket> response) implements Command {}

    private record Updated(Replicator.UpdateResponse<BoardBucket> response) implements Command {}

    private enum Confirm implements Command {
        INSTANCE
    }

    private static final Duration CONFIRM_EVERY = Duration.ofSeconds(1);

    private static final class BucketKey extends Key<BoardBucket> {
        private static final long serialVersionUID = 1L;

        BucketKey(int bucket) {
            super("rules-" + bucket);
        }
    }

    /**
     * The board of one node.
     *
     * @param heard is told definitions, new or not
     * @param current is called while everything that the journal holds was told
     * @param digests kept up to date for the comparison with other regions
     */
    static Behavior<Command> create(
            RegionId self, Consumer<Map<DefinitionKey, RuleState>> heard, Runnable current, Digests digests) {
        return Behaviors.setup(context ->
                Behaviors.withTimers(timers -> new RuleBoard(context, timers, self, heard, current, digests)));
    }

    private final ReplicatorMessageAdapter<Command, BoardBucket> replicator;
    private final Consumer<Map<DefinitionKey, RuleState>> heard;
    private final Runnable current;
    private final Digests digests;
    private final BucketKey[] keys = new BucketKey[Digests.BUCKETS];

    private boolean awake = false;

    private RuleBoard(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            RegionId self,
            Consumer<Map<DefinitionKey, RuleState>> heard,
            Runnable current,
            Digests digests) {
        super(context);
        this.digests = digests;
        this.heard = heard;
        this.current = current;
        ActorRef<Replicator.Command> own = context.spawn(
                Replicator.behavior(
                        ReplicatorSettings.create(context.getSystem()).withRole("dc-" + self.value())),
                "replicator");
        this.replicator = new ReplicatorMessageAdapter<>(context, own, Duration.ofSeconds(3));
        for (int i = 0; i < Digests.BUCKETS; i++) {
            keys[i] = new BucketKey(i);
            replicator.subscribe(keys[i], Changed::new);
        }
        timers.startTimerWithFixedDelay(Confirm.INSTANCE, CONFIRM_EVERY);
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Heard.class, this::onHeard)
                .onMessageEquals(AllAwake.INSTANCE, this::onAllAwake)
                .onMessageEquals(Confirm.INSTANCE, this::onConfirm)
                .onMessage(Changed.class, this::onChanged)
                .onMessage(Updated.class, updated -> this)
                .build();
    }

    private Behavior<Command> onHeard(Heard news) {
        heard.accept(Map.of(news.key(), news.state()));
        digests.heard(news.key().entityId(), news.state());
        String entity = news.key().entityId();
        replicator.askUpdate(
                replyTo -> new Replicator.Update<>(
                        keys[Digests.bucket(entity)],
                        BoardBucket.EMPTY,
                        Replicator.writeLocal(),
                        replyTo,
                        bucket -> bucket.with(entity, news.state())),
                Updated::new);
        return this;
    }

    private Behavior<Command> onAllAwake() {
        awake = true;
        return onConfirm();
    }

    private Behavior<Command> onConfirm() {
        if (awake) {
            current.run();
        }
        return this;
    }

    private Behavior<Command> onChanged(Changed changed) {
        if (changed.response() instanceof Replicator.Changed<BoardBucket> bucket) {
            Map<DefinitionKey, RuleState> states = new HashMap<>();
            bucket.dataValue().states().forEach((entity, state) -> {
                states.put(DefinitionKey.parse(entity), state);
                digests.heard(entity, state);
            });
            heard.accept(states);
        }
        return this;
    }
}
