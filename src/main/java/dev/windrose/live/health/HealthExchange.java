package dev.windrose.live.health;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.PreRestart;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.cluster.ClusterEvent;
import akka.cluster.Member;
import akka.cluster.MemberStatus;
import akka.cluster.ddata.LWWMapKey;
import akka.cluster.ddata.typed.javadsl.Replicator;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Subscribe;
import dev.windrose.live.board.Board;
import dev.windrose.live.board.NodeEntries;
import dev.windrose.live.supervision.SupervisedActor;
import dev.windrose.live.wire.WireMessage;
import dev.windrose.model.RegionId;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Replicates boards between the nodes of all regions through Distributed Data, and tells the {@link HealthWatch} which
 * nodes of its own region share the checks. Lives in the control plane.
 */
public final class HealthExchange extends AbstractBehavior<HealthExchange.Command> {

    public sealed interface Command {}

    /** This node's board of one bucket. */
    public record Publish(int bucket, HealthBoard board) implements Command {}

    /** A heartbeat of an observer. */
    public record Beat(String region, long number) implements WireMessage {}

    private record Told(Board.News news) implements Command {}

    private record Members(ClusterEvent.ClusterDomainEvent event) implements Command {}

    private enum BeatNow implements Command {
        INSTANCE
    }

    private enum ConnectNow implements Command {
        INSTANCE
    }

    private static final Duration CONNECT_EVERY = Duration.ofSeconds(5);

    /** Longer than a node needs to return. */
    private static final Duration DROP_AFTER = Duration.ofMinutes(10);

    private static final String BOARDS = "health-";
    private static final LWWMapKey<String, WireMessage> BEATS = new LWWMapKey<>("observers");

    /**
     * @param replicator of the whole cluster
     * @param part notified while the replicator is late
     */
    public static Behavior<Command> create(
            HealthSettings settings,
            RegionId self,
            ActorRef<HealthWatch.Command> watch,
            ActorRef<Replicator.Command> replicator,
            SupervisedActor part) {
        return Behaviors.setup(context -> Behaviors.withTimers(
                timers -> new HealthExchange(context, timers, settings, self, watch, replicator, part)));
    }

    private final RegionId self;
    private final String node;
    private final ActorRef<HealthWatch.Command> watch;
    private final Cluster cluster;
    private final NodeEntries<WireMessage> entries;
    private final Map<String, Long> beatNumbers = new HashMap<>();
    private long beat = System.currentTimeMillis();

    private HealthExchange(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            HealthSettings settings,
            RegionId self,
            ActorRef<HealthWatch.Command> watch,
            ActorRef<Replicator.Command> replicator,
            SupervisedActor part) {
        super(context);
        this.self = self;
        this.watch = watch;
        this.cluster = Cluster.get(context.getSystem());
        this.entries = new NodeEntries<>(
                context, timers, replicator, part, System::nanoTime, DROP_AFTER, Told::new, this::heard);
        this.node = entries.self();
        for (int i = 0; i < HealthBoard.BUCKETS; i++) {
            entries.follow(key(i));
        }
        entries.follow(BEATS);
        cluster.subscriptions()
                .tell(Subscribe.create(
                        context.messageAdapter(ClusterEvent.MemberEvent.class, Members::new),
                        ClusterEvent.MemberEvent.class));
        cluster.subscriptions()
                .tell(Subscribe.create(
                        context.messageAdapter(ClusterEvent.ReachabilityEvent.class, Members::new),
                        ClusterEvent.ReachabilityEvent.class));
        timers.startTimerWithFixedDelay(BeatNow.INSTANCE, settings.beatEvery());
        timers.startTimerWithFixedDelay(ConnectNow.INSTANCE, CONNECT_EVERY);
        onConnectNow();
    }

    private static LWWMapKey<String, WireMessage> key(int bucket) {
        return new LWWMapKey<>(BOARDS + bucket);
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Publish.class, this::onPublish)
                .onMessage(Told.class, this::onTold)
                .onMessageEquals(ConnectNow.INSTANCE, this::onConnectNow)
                .onMessageEquals(BeatNow.INSTANCE, this::onBeatNow)
                .onMessage(Members.class, members -> onMembers())
                .onSignal(PostStop.class, stopped -> onStopped())
                .onSignal(PreRestart.class, restarted -> onStopped())
                .build();
    }

    private Behavior<Command> onPublish(Publish publish) {
        entries.tell(key(publish.bucket()), publish.board());
        return this;
    }

    private Behavior<Command> onBeatNow() {
        beat++;
        entries.tell(BEATS, new Beat(self.value(), beat));
        return this;
    }

    /** Either may have been restarted: the watch then knows neither this nor the members, or this none of its boards. */
    private Behavior<Command> onConnectNow() {
        watch.tell(new HealthWatch.Connected(getContext().getSelf()));
        return onMembers();
    }

    private Behavior<Command> onTold(Told told) {
        entries.on(told.news());
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

    /** An unreachable node checks nothing for the others: its share is taken over at once. */
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
