package dev.windrose.live.health;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.cluster.ClusterEvent;
import akka.cluster.Member;
import akka.cluster.MemberStatus;
import akka.cluster.ddata.LWWMap;
import akka.cluster.ddata.LWWMapKey;
import akka.cluster.ddata.SelfUniqueAddress;
import akka.cluster.ddata.typed.javadsl.DistributedData;
import akka.cluster.ddata.typed.javadsl.Replicator;
import akka.cluster.ddata.typed.javadsl.ReplicatorMessageAdapter;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Subscribe;
import dev.windrose.live.wire.WireMessage;
import dev.windrose.model.RegionId;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Carries boards between the nodes of all regions by Distributed Data, and tells the {@link HealthWatch} which nodes of
 * its own region share the checks. Lives in the control plane.
 */
public final class HealthExchange extends AbstractBehavior<HealthExchange.Command> {

    public sealed interface Command {}

    /** This node's board of one bucket. */
    public record Publish(int bucket, HealthBoard board) implements Command {}

    /** A sign of life of an observer. */
    public record Beat(String region, long number) implements WireMessage {}

    // One record for boards and beats: an actor has one adapter per class of message, so the key tells them apart.
    private record Changed(Replicator.SubscribeResponse<LWWMap<String, WireMessage>> response) implements Command {}

    private record Written(Object response) implements Command {}

    private record Members(ClusterEvent.ClusterDomainEvent event) implements Command {}

    private enum BeatNow implements Command {
        INSTANCE
    }

    private static final String BOARDS = "health-";
    private static final LWWMapKey<String, WireMessage> BEATS = new LWWMapKey<>("observers");

    public static Behavior<Command> create(
            HealthSettings settings, RegionId self, ActorRef<HealthWatch.Command> watch) {
        return Behaviors.setup(
                context -> Behaviors.withTimers(timers -> new HealthExchange(context, timers, settings, self, watch)));
    }

    private final RegionId self;
    private final String node;
    private final ActorRef<HealthWatch.Command> watch;
    private final Cluster cluster;
    private final SelfUniqueAddress address;
    private final ReplicatorMessageAdapter<Command, LWWMap<String, WireMessage>> replicator;
    private final Map<String, Long> beatNumbers = new HashMap<>();
    private long beat = System.currentTimeMillis();

    private HealthExchange(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            HealthSettings settings,
            RegionId self,
            ActorRef<HealthWatch.Command> watch) {
        super(context);
        this.self = self;
        this.watch = watch;
        this.cluster = Cluster.get(context.getSystem());
        this.node = cluster.selfMember().address().hostPort();
        DistributedData data = DistributedData.get(context.getSystem());
        this.address = data.selfUniqueAddress();
        this.replicator = new ReplicatorMessageAdapter<>(context, data.replicator(), Duration.ofSeconds(3));
        for (int i = 0; i < HealthBoard.BUCKETS; i++) {
            replicator.subscribe(key(i), Changed::new);
        }
        replicator.subscribe(BEATS, Changed::new);
        cluster.subscriptions()
                .tell(Subscribe.create(
                        context.messageAdapter(ClusterEvent.MemberEvent.class, Members::new),
                        ClusterEvent.MemberEvent.class));
        cluster.subscriptions()
                .tell(Subscribe.create(
                        context.messageAdapter(ClusterEvent.ReachabilityEvent.class, Members::new),
                        ClusterEvent.ReachabilityEvent.class));
        timers.startTimerWithFixedDelay(BeatNow.INSTANCE, settings.beatEvery());
        watch.tell(new HealthWatch.Connected(context.getSelf()));
    }

    private static LWWMapKey<String, WireMessage> key(int bucket) {
        return new LWWMapKey<>(BOARDS + bucket);
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Publish.class, this::onPublish)
                .onMessage(Changed.class, this::onChanged)
                .onMessageEquals(BeatNow.INSTANCE, this::onBeatNow)
                .onMessage(Members.class, members -> onMembers())
                .onMessage(Written.class, written -> this)
                .onSignal(PostStop.class, stopped -> onStopped())
                .build();
    }

    private Behavior<Command> onPublish(Publish publish) {
        replicator.askUpdate(
                replyTo -> new Replicator.Update<>(
                        key(publish.bucket()),
                        LWWMap.empty(),
                        Replicator.writeLocal(),
                        replyTo,
                        map -> map.put(address, node, publish.board())),
                Written::new);
        return this;
    }

    private Behavior<Command> onBeatNow() {
        beat++;
        replicator.askUpdate(
                replyTo -> new Replicator.Update<>(
                        BEATS,
                        LWWMap.empty(),
                        Replicator.writeLocal(),
                        replyTo,
                        map -> map.put(address, node, new Beat(self.value(), beat))),
                Written::new);
        return this;
    }

    private Behavior<Command> onChanged(Changed changed) {
        if (changed.response() instanceof Replicator.Changed<LWWMap<String, WireMessage>> map) {
            String key = changed.response().key().id();
            map.dataValue().getEntries().forEach((from, told) -> {
                if (!from.equals(node)) {
                    heard(key, from, told);
                }
            });
        }
        return this;
    }

    private void heard(String key, String from, WireMessage told) {
        if (told instanceof HealthBoard board) {
            int bucket = Integer.parseInt(key.substring(BOARDS.length()));
            watch.tell(new HealthWatch.BoardHeard(from, bucket, board));
        } else if (told instanceof Beat heard) {
            Long before = beatNumbers.put(from, heard.number());
            if (before != null && before != heard.number()) {
                watch.tell(new HealthWatch.BeatHeard(from, heard.region()));
            }
        }
    }

    /** A node that cannot be reached checks nothing for the others: its share is taken at once. */
    private Behavior<Command> onMembers() {
        Set<String> nodes = new HashSet<>();
        nodes.add(node);
        Set<Member> unreachable = cluster.state().getUnreachable();
        for (Member member : cluster.state().getMembers()) {
            if (member.dataCenter().equals(self.value())
                    && member.status().equals(MemberStatus.up())
                    && !unreachable.contains(member)) {
                nodes.add(member.address().hostPort());
            }
        }
        watch.tell(new HealthWatch.Peers(node, nodes));
        return this;
    }

    private Behavior<Command> onStopped() {
        watch.tell(new HealthWatch.Disconnected(getContext().getSelf()));
        return this;
    }
}
