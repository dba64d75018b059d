package dev.windrose.live.table;

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
import dev.windrose.live.board.Board;
import dev.windrose.live.board.NodeEntries;
import dev.windrose.live.supervision.SupervisedActor;
import dev.windrose.live.wire.WireMessage;
import dev.windrose.model.RuleId;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Shares each node's counts, so that every node can show the totals of all. Lives in the control plane; the counters
 * themselves do not.
 *
 * <p>Every node writes its own entries only. The counts of a removed node are kept for a week. A node that returns at
 * another address continues its counts and is recognised by the series of its counters, so it counts once.
 */
public final class UsageBoard extends AbstractBehavior<UsageBoard.Command> {

    public sealed interface Command {}

    /**
     * One node's counts, for the rules of one bucket.
     *
     * @param rules total and failed decisions by rule
     * @param usage decisions made by geographic rule
     * @param chosen the same since the node's start, by region
     * @param traffic decisions since the node's start by area and region, for the areas of the bucket
     * @param series identifies these counters, wherever they are stored; empty when unknown
     */
    public record Counted(
            Map<String, RuleCounts> rules,
            Map<String, Long> usage,
            Map<String, Map<String, Long>> chosen,
            Map<String, Map<String, Long>> traffic,
            String series)
            implements WireMessage {
        public Counted {
            rules = Map.copyOf(rules);
            usage = Map.copyOf(usage);
            // A node of an earlier version does not send it.
            chosen = Map.copyOf(Objects.requireNonNullElse(chosen, Map.of()));
            traffic = Map.copyOf(Objects.requireNonNullElse(traffic, Map.of()));
            series = Objects.requireNonNullElse(series, "");
        }

        boolean isNothing() {
            return rules.isEmpty() && usage.isEmpty() && chosen.isEmpty() && traffic.isEmpty();
        }

        long decisions() {
            return rules.values().stream().mapToLong(RuleCounts::total).sum();
        }
    }

    private enum Share implements Command {
        INSTANCE
    }

    private record Told(Board.News news) implements Command {}

    private static final Duration DROP_AFTER = Duration.ofDays(7);

    /** Enough buckets that an entry stays small when there are 10,000 rules. */
    private static final int BUCKETS = 32;

    /**
     * @param replicator of the whole cluster
     * @param part notified while the replicator is late
     */
    public static Behavior<Command> create(
            Tallies tallies, Duration every, ActorRef<Replicator.Command> replicator, SupervisedActor part) {
        return Behaviors.setup(context ->
                Behaviors.withTimers(timers -> new UsageBoard(context, timers, tallies, every, replicator, part)));
    }

    private final Tallies tallies;
    private final NodeEntries<Counted> entries;
    private final Map<Integer, Counted> shared = new HashMap<>();

    private UsageBoard(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            Tallies tallies,
            Duration every,
            ActorRef<Replicator.Command> replicator,
            SupervisedActor part) {
        super(context);
        this.tallies = tallies;
        this.entries = new NodeEntries<>(
                context, timers, replicator, part, System::nanoTime, DROP_AFTER, Told::new, (key, node, counted) -> {});
        for (int i = 0; i < BUCKETS; i++) {
            entries.follow(key(i));
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
                .onMessage(Told.class, this::onTold)
                .build();
    }

    private Behavior<Command> onShare() {
        Map<Integer, Map<String, RuleCounts>> rules = new HashMap<>();
        Map<Integer, Map<String, Long>> usage = new HashMap<>();
        tallies.counters()
                .ruleCounts()
                .forEach((rule, counts) -> rules.computeIfAbsent(bucket(rule.value()), bucket -> new HashMap<>())
                        .put(rule.value(), counts));
        tallies.counters()
                .usageCounts()
                .forEach((rule, count) -> usage.computeIfAbsent(bucket(rule.value()), bucket -> new HashMap<>())
                        .put(rule.value(), count));
        Map<Integer, Map<String, Map<String, Long>>> chosen =
                byBucket(tallies.traffic().byGeographicRule());
        Map<Integer, Map<String, Map<String, Long>>> traffic =
                byBucket(tallies.traffic().byArea());
        for (int i = 0; i < BUCKETS; i++) {
            int bucket = i;
            Counted counted = new Counted(
                    rules.getOrDefault(bucket, Map.of()),
                    usage.getOrDefault(bucket, Map.of()),
                    chosen.getOrDefault(bucket, Map.of()),
                    traffic.getOrDefault(bucket, Map.of()),
                    tallies.counters().series());
            Counted before = shared.get(bucket);
            if (before == null ? !counted.isNothing() : !counted.equals(before)) {
                shared.put(bucket, counted);
                entries.tell(key(bucket), counted);
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

    private Behavior<Command> onTold(Told told) {
        if (entries.on(told.news())) {
            sum();
        }
        return this;
    }

    private void sum() {
        Map<RuleId, RuleCounts> rules = new HashMap<>();
        Map<RuleId, Long> usage = new HashMap<>();
        Map<String, Map<String, Long>> chosen = new HashMap<>();
        Map<String, Map<String, Long>> traffic = new HashMap<>();
        entries.held()
                .values()
                .forEach(nodes -> others(nodes).forEach(counted -> {
                    counted.rules().forEach((rule, counts) -> rules.merge(new RuleId(rule), counts, RuleCounts::plus));
                    counted.usage().forEach((rule, count) -> usage.merge(new RuleId(rule), count, Long::sum));
                    add(chosen, counted.chosen());
                    add(traffic, counted.traffic());
                }));
        tallies.countedElsewhere(rules, usage, chosen, traffic);
    }

    /** The counts of others: for each series the entry with the highest counts, without this node's own. */
    private Collection<Counted> others(Map<String, Counted> nodes) {
        Map<String, Counted> others = new HashMap<>();
        nodes.forEach((node, counted) -> {
            boolean own = counted.series().equals(tallies.counters().series());
            if (!node.equals(entries.self()) && !own) {
                others.merge(
                        counted.series().isEmpty() ? "of " + node : counted.series(),
                        counted,
                        (one, other) -> one.decisions() >= other.decisions() ? one : other);
            }
        });
        return others.values();
    }

    private static void add(Map<String, Map<String, Long>> sums, Map<String, Map<String, Long>> counted) {
        counted.forEach((name, regions) -> regions.forEach((region, count) ->
                sums.computeIfAbsent(name, first -> new HashMap<>()).merge(region, count, Long::sum)));
    }
}
