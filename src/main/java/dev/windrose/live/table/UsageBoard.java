package dev.windrose.live.table;

import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.cluster.ddata.Key;
import akka.cluster.ddata.LWWMap;
import akka.cluster.ddata.LWWMapKey;
import akka.cluster.ddata.SelfUniqueAddress;
import akka.cluster.ddata.typed.javadsl.DistributedData;
import akka.cluster.ddata.typed.javadsl.Replicator;
import akka.cluster.ddata.typed.javadsl.ReplicatorMessageAdapter;
import akka.cluster.typed.Cluster;
import dev.windrose.live.wire.WireMessage;
import dev.windrose.model.RuleId;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Shares what each node has counted, so that every node can show the totals of all. Lives in the control plane; the
 * counters themselves do not.
 *
 * <p>Every node writes its own entries only. What a node counted stays counted when it is gone.
 */
public final class UsageBoard extends AbstractBehavior<UsageBoard.Command> {

    public sealed interface Command {}

    /**
     * What one node has counted, for the rules of one bucket.
     *
     * @param rules total and failed decisions by rule
     * @param usage decisions settled by geographic rule
     * @param chosen the same since the node's start, by region
     * @param traffic decisions since the node's start by area and region, for the areas of the bucket
     */
    public record Counted(
            Map<String, RuleCounts> rules,
            Map<String, Long> usage,
            Map<String, Map<String, Long>> chosen,
            Map<String, Map<String, Long>> traffic)
            implements WireMessage {
        public Counted {
            rules = Map.copyOf(rules);
            usage = Map.copyOf(usage);
            // A node of an earlier version tells none.
            chosen = Map.copyOf(Objects.requireNonNullElse(chosen, Map.of()));
            traffic = Map.copyOf(Objects.requireNonNullElse(traffic, Map.of()));
        }

        static final Counted NOTHING = new Counted(Map.of(), Map.of(), Map.of(), Map.of());
    }

    private enum Share implements Command {
        INSTANCE
    }

    private record Changed(Replicator.SubscribeResponse<LWWMap<String, Counted>> response) implements Command {}

    private record Updated(Replicator.UpdateResponse<LWWMap<String, Counted>> response) implements Command {}

    /** So many that an entry stays small when there are 10,000 rules. */
    private static final int BUCKETS = 32;

    public static Behavior<Command> create(Director director, Duration every) {
        return Behaviors.setup(
                context -> Behaviors.withTimers(timers -> new UsageBoard(context, timers, director, every)));
    }

    private final Director director;
    private final String self;
    private final SelfUniqueAddress address;
    private final ReplicatorMessageAdapter<Command, LWWMap<String, Counted>> replicator;
    private final Map<Integer, Counted> shared = new HashMap<>();
    private final Map<String, Map<String, Counted>> heard = new HashMap<>();

    private UsageBoard(
            ActorContext<Command> context, TimerScheduler<Command> timers, Director director, Duration every) {
        super(context);
        this.director = director;
        DistributedData data = DistributedData.get(context.getSystem());
        this.address = data.selfUniqueAddress();
        this.self = Cluster.get(context.getSystem()).selfMember().address().hostPort();
        this.replicator = new ReplicatorMessageAdapter<>(context, data.replicator(), Duration.ofSeconds(3));
        for (int i = 0; i < BUCKETS; i++) {
            replicator.subscribe(key(i), Changed::new);
        }
        timers.startTimerWithFixedDelay(Share.INSTANCE, every);
    }

    private static Key<LWWMap<String, Counted>> key(int bucket) {
        return LWWMapKey.create("usage-" + bucket);
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessageEquals(Share.INSTANCE, this::onShare)
                .onMessage(Changed.class, this::onChanged)
                .onMessage(Updated.class, updated -> this)
                .build();
    }

    private Behavior<Command> onShare() {
        Map<Integer, Map<String, RuleCounts>> rules = new HashMap<>();
        Map<Integer, Map<String, Long>> usage = new HashMap<>();
        director.counters()
                .ruleCounts()
                .forEach((rule, counts) -> rules.computeIfAbsent(bucket(rule.value()), bucket -> new HashMap<>())
                        .put(rule.value(), counts));
        director.counters()
                .usageCounts()
                .forEach((rule, count) -> usage.computeIfAbsent(bucket(rule.value()), bucket -> new HashMap<>())
                        .put(rule.value(), count));
        Map<Integer, Map<String, Map<String, Long>>> chosen =
                byBucket(director.traffic().byGeographicRule());
        Map<Integer, Map<String, Map<String, Long>>> traffic =
                byBucket(director.traffic().byArea());
        for (int i = 0; i < BUCKETS; i++) {
            int bucket = i;
            Counted counted = new Counted(
                    rules.getOrDefault(bucket, Map.of()),
                    usage.getOrDefault(bucket, Map.of()),
                    chosen.getOrDefault(bucket, Map.of()),
                    traffic.getOrDefault(bucket, Map.of()));
            if (!counted.equals(shared.getOrDefault(bucket, Counted.NOTHING))) {
                shared.put(bucket, counted);
                replicator.askUpdate(
                        replyTo -> new Replicator.Update<>(
                                key(bucket),
                                LWWMap.empty(),
                                Replicator.writeLocal(),
                                replyTo,
                                map -> map.put(address, self, counted)),
                        Updated::new);
            }
        }
        return this;
    }

    private static int bucket(String name) {
        return Math.floorMod(name.hashCode(), BUCKETS);
    }

    private static Map<Integer, Map<String, Map<String, Long>>> byBucket(Map<String, Map<String, Long>> counts) {
        Map<Integer, Map<String, Map<String, Long>>> buckets = new HashMap<>();
        counts.forEach((name, regions) ->
                buckets.computeIfAbsent(bucket(name), bucket -> new HashMap<>()).put(name, regions));
        return buckets;
    }

    private Behavior<Command> onChanged(Changed changed) {
        if (changed.response() instanceof Replicator.Changed<LWWMap<String, Counted>> bucket) {
            heard.put(changed.response().key().id(), bucket.dataValue().getEntries());
            Map<RuleId, RuleCounts> rules = new HashMap<>();
            Map<RuleId, Long> usage = new HashMap<>();
            Map<String, Map<String, Long>> chosen = new HashMap<>();
            Map<String, Map<String, Long>> traffic = new HashMap<>();
            heard.values()
                    .forEach(nodes -> nodes.forEach((node, counted) -> {
                        if (!node.equals(self)) {
                            counted.rules()
                                    .forEach((rule, counts) -> rules.merge(new RuleId(rule), counts, RuleCounts::plus));
                            counted.usage().forEach((rule, count) -> usage.merge(new RuleId(rule), count, Long::sum));
                            add(chosen, counted.chosen());
                            add(traffic, counted.traffic());
                        }
                    }));
            director.countedElsewhere(rules, usage, chosen, traffic);
        }
        return this;
    }

    private static void add(Map<String, Map<String, Long>> sums, Map<String, Map<String, Long>> counted) {
        counted.forEach((name, regions) -> regions.forEach((region, count) ->
                sums.computeIfAbsent(name, first -> new HashMap<>()).merge(region, count, Long::sum)));
    }
}
