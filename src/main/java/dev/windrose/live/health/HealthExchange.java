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

    private record BoardsChanged(int bucket, Replicator.SubscribeResponse<LWWMap<String, HealthBoard>> response)
            implements Command {}

    private record BeatsChanged(Replicator.SubscribeResponse<LWWMap<String, Beat>> response) implements Command {}

    private record Written(Object response) implements Command {}

    private record Members(ClusterEvent.ClusterDomainEvent event) implements Command {}

    private enum BeatNow implements Command {
        INSTANCE
    }

    private static final LWWMapKey<String, Beat> BEATS = new LWWMapKey<>("health-beats");

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
    private final ReplicatorMessageAdapter<Command, LWWMap<String, HealthBoard>> boards;
    private final ReplicatorMessageAdapter<Command, LWWMap<String, Beat>> beats;
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
        this.boards = new ReplicatorMessageAdapter<>(context, data.replicator(), Duration.ofSeconds(3));
        this.beats = new ReplicatorMessageAdapter<>(context, data.replicator(), Duration.ofSeconds(3));
        for (int i = 0; i < HealthBoard.BUCKETS; i++) {
            int bucket = i;
            boards.subscribe(key(bucket), response -> new BoardsChanged(bucket, response));
        }
        beats.subscribe(BEATS, BeatsChanged::new);
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

    private static LWWMapKey<String, HealthBoard> key(int bucket) {
        return new LWWMapKey<>("health-" + bucket);
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Publish.class, this::onPublish)
                .onMessage(BoardsChanged.class, this::onBoardsChanged)
                .onMessage(BeatsChanged.class, this::onBeatsChanged)
                .onMessageEquals(BeatNow.INSTANCE, this::onBeatNow)
                .onMessage(Members.class, members -> onMembers())
                .onMessage(Written.class, written -> this)
                .onSignal(PostStop.class, stopped -> onStopped())
                .build();
    }

    private Behavior<Command> onPublish(Publish publish) {
        boards.askUpdate(
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
        beats.askUpdate(
                replyTo -> new Replicator.Update<>(
                        BEATS,
                        LWWMap.empty(),
                        Replicator.writeLocal(),
                        replyTo,
                        map -> map.put(address, node, new Beat(self.value(), beat))),
                Written::new);
        return this;
    }

    private Behavior<Command> onBoardsChanged(BoardsChanged changed) {
        if (changed.response() instanceof Replicator.Changed<LWWMap<String, HealthBoard>> map) {
            map.dataValue().getEntries().forEach((from, board) -> {
                if (!from.equals(node)) {
                    watch.tell(new HealthWatch.BoardHeard(from, changed.bucket(), board));
                }
            });
        }
        return this;
    }

    private Behavior<Command> onBeatsChanged(BeatsChanged changed) {
        if (changed.response() instanceof Replicator.Changed<LWWMap<String, Beat>> map) {
            map.dataValue().getEntries().forEach((from, heard) -> {
                Long before = beatNumbers.put(from, heard.number());
                if (!from.equals(node) && before != null && before != heard.number()) {
                    watch.tell(new HealthWatch.BeatHeard(from, heard.region()));
                }
            });
        }
        return this;
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
