package dev.windrose.live.geo;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.cluster.ddata.Key;
import akka.cluster.ddata.LWWMap;
import akka.cluster.ddata.LWWMapKey;
import akka.cluster.ddata.typed.javadsl.Replicator;
import dev.windrose.decide.geo.GossipFilter;
import dev.windrose.decide.geo.LatencyMap;
import dev.windrose.live.board.Board;
import dev.windrose.live.board.NodeEntries;
import dev.windrose.live.supervision.SupervisedActor;
import dev.windrose.live.wire.WireMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Shares the places with the most traffic, as measured by this node, with the nodes of all regions. Lives in the
 * control plane; without it each node knows only what its own clients report.
 *
 * <p>Every node writes its own entries only, in {@link GossipFilter#BUCKETS} parts, and only those that changed materially.
 */
public final class LatencyBoard extends AbstractBehavior<LatencyBoard.Command> {

    public sealed interface Command {}

    private enum Share implements Command {
        INSTANCE
    }

    private record Measured(List<LatencyMap.Place> places) implements Command {}

    private record News(Board.News news) implements Command {}

    /**
     * One node's data for one part of the places. Compact: whole numbers, and regions by index.
     *
     * @param atEpochMs wall clock of publication. Only for its age: samples count for hours, clocks of regions differ
     *     by seconds
     * @param regions that legs refer to by index
     */
    public record Told(long atEpochMs, List<String> regions, List<Spot> places) implements WireMessage {
        public Told {
            regions = List.copyOf(regions);
            places = List.copyOf(places);
        }
    }

    /**
     * A place.
     *
     * @param legs five numbers each: region, round trip and spread in 10 µs, samples in tenths, age in seconds
     */
    public record Spot(String place, String within, int weight, List<Integer> legs) implements WireMessage {
        public Spot {
            legs = List.copyOf(legs);
        }
    }

    /** Samples older than a quarter of the half-life are old enough to publish newer ones. */
    private static final int STALE = 4;

    /** Its samples count for hours, but a node that returns measures and publishes anew. */
    private static final Duration DROP_AFTER = Duration.ofHours(1);

    /**
     * @param replicator of the whole cluster
     * @param part notified while the replicator is late
     */
    public static Behavior<Command> create(
            LatencyPlane plane,
            LatencySettings settings,
            ActorRef<Replicator.Command> replicator,
            SupervisedActor part) {
        return Behaviors.setup(context -> Behaviors.withTimers(
                timers -> new LatencyBoard(context, timers, plane.keeper(), settings, replicator, part)));
    }

    private final ActorRef<LatencyKeeper.Command> keeper;
    private final LatencySettings settings;
    private final NodeEntries<Told> entries;
    private final Map<Integer, List<LatencyMap.Place>> told = new HashMap<>();
    private final Map<Integer, Long> toldAtNanos = new HashMap<>();

    private LatencyBoard(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            ActorRef<LatencyKeeper.Command> keeper,
            LatencySettings settings,
            ActorRef<Replicator.Command> replicator,
            SupervisedActor part) {
        super(context);
        this.keeper = keeper;
        this.settings = settings;
        this.entries = new NodeEntries<>(
                context, timers, replicator, part, System::nanoTime, DROP_AFTER, News::new, this::heard);
        for (int i = 0; i < GossipFilter.BUCKETS; i++) {
            entries.follow(key(i));
        }
        timers.startTimerWithFixedDelay(Share.INSTANCE, settings.shareEvery());
    }

    private static Key<LWWMap<String, Told>> key(int bucket) {
        return LWWMapKey.create("latency-" + bucket);
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessageEquals(Share.INSTANCE, this::onShare)
                .onMessage(Measured.class, this::onMeasured)
                .onMessage(News.class, this::onNews)
                .build();
    }

    private Behavior<Command> onShare() {
        ActorRef<Command> board = getContext().getSelf();
        keeper.tell(new LatencyKeeper.Heaviest(settings.sharePlaces(), places -> board.tell(new Measured(places))));
        return this;
    }

    private Behavior<Command> onMeasured(Measured measured) {
        Map<Integer, List<LatencyMap.Place>> buckets = new HashMap<>();
        measured.places()
                .forEach(place -> buckets.computeIfAbsent(
                                GossipFilter.bucket(place.place()), bucket -> new ArrayList<>())
                        .add(place));
        for (int bucket = 0; bucket < GossipFilter.BUCKETS; bucket++) {
            List<LatencyMap.Place> now = buckets.getOrDefault(bucket, List.of());
            long agoSeconds = (System.nanoTime() - toldAtNanos.getOrDefault(bucket, System.nanoTime())) / 1_000_000_000;
            if (GossipFilter.differs(
                    told.getOrDefault(bucket, List.of()),
                    now,
                    agoSeconds,
                    settings.halfLife().toSeconds() / STALE)) {
                told.put(bucket, now);
                toldAtNanos.put(bucket, System.nanoTime());
                entries.tell(key(bucket), LatencyGossip.told(now, System.currentTimeMillis()));
            }
        }
        return this;
    }

    private long longAgoEpochMs() {
        return System.currentTimeMillis()
                - settings.halfLife().multipliedBy(LatencyMap.HEARD_HALF_LIVES).toMillis();
    }

    private Behavior<Command> onNews(News news) {
        entries.on(news.news());
        return this;
    }

    private void heard(String key, String node, Told news) {
        if (news.atEpochMs() < longAgoEpochMs()) {
            // An entry of a removed node, or of one without news: it no longer counts.
            entries.drop(LWWMapKey.create(key), node);
        } else {
            keeper.tell(
                    new LatencyKeeper.Heard(node + " " + key, LatencyGossip.places(news, System.currentTimeMillis())));
        }
    }
}
