package dev.windrose.live.table;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.cluster.ddata.LWWMapKey;
import akka.cluster.ddata.typed.javadsl.Replicator;
import dev.windrose.live.board.Board;
import dev.windrose.live.board.NodeEntries;
import dev.windrose.live.supervision.SupervisedActor;
import dev.windrose.live.wire.WireMessage;
import dev.windrose.model.RegionId;
import dev.windrose.model.RuleId;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Shares the clients' demand for each target between the nodes of all regions, so that every node fills the regions
 * alike. Lives in the control plane; without it each node knows its own clients only.
 */
public final class DemandBoard extends AbstractBehavior<DemandBoard.Command> {

    public sealed interface Command {}

    /**
     * What one node measured.
     *
     * @param number grows with every message, so that an old one is never mistaken for new
     * @param rates requests per second by rule and target
     * @param fares decisions, outcomes and failures per second, by region
     */
    public record Wanted(long number, Map<String, Map<String, Double>> rates, Map<String, RegionLoad> fares)
            implements WireMessage {
        public Wanted {
            rates = Map.copyOf(rates);
            // A node of an earlier version does not send it.
            fares = Map.copyOf(Objects.requireNonNullElse(fares, Map.of()));
        }
    }

    /**
     * Load and outcomes of one region on one node; each per second.
     *
     * @param capacity the region's capacity as learned by that node; 0 for none
     */
    public record RegionLoad(double sent, double reported, double failed, double capacity) implements WireMessage {}

    private enum Share implements Command {
        INSTANCE
    }

    private record Told(Board.News news) implements Command {}

    private static final LWWMapKey<String, Wanted> KEY = new LWWMapKey<>("demand");
    private static final Duration EVERY = Duration.ofSeconds(2);

    /** Data that is not repeated expires long before. */
    private static final Duration DROP_AFTER = Duration.ofMinutes(10);

    /**
     * @param replicator of the whole cluster
     * @param part notified while the replicator is late
     */
    public static Behavior<Command> create(
            Tallies tallies,
            ActorRef<TableKeeper.Command> keeper,
            ActorRef<Replicator.Command> replicator,
            SupervisedActor part) {
        return Behaviors.setup(context ->
                Behaviors.withTimers(timers -> new DemandBoard(context, timers, tallies, keeper, replicator, part)));
    }

    private final Tallies tallies;
    private final ActorRef<TableKeeper.Command> keeper;
    private final NodeEntries<Wanted> entries;
    private long number = System.currentTimeMillis();
    private boolean told = false;

    private DemandBoard(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            Tallies tallies,
            ActorRef<TableKeeper.Command> keeper,
            ActorRef<Replicator.Command> replicator,
            SupervisedActor part) {
        super(context);
        this.tallies = tallies;
        this.keeper = keeper;
        this.entries = new NodeEntries<>(
                context, timers, replicator, part, System::nanoTime, DROP_AFTER, Told::new, this::heard);
        entries.follow(KEY);
        timers.startTimerWithFixedDelay(Share.INSTANCE, EVERY);
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessageEquals(Share.INSTANCE, this::onShare)
                .onMessage(Told.class, this::onTold)
                .build();
    }

    private Behavior<Command> onShare() {
        Map<RuleId, Map<RegionId, Double>> here = tallies.demandHere();
        Map<String, RegionLoad> loads = new HashMap<>();
        tallies.regionLoadsHere().forEach((region, load) -> loads.put(region.value(), load));
        if (here.isEmpty() && !told) {
            return this;
        }
        told = !here.isEmpty();
        Map<String, Map<String, Double>> rates = new HashMap<>();
        here.forEach((rule, targets) -> {
            Map<String, Double> named = new HashMap<>();
            targets.forEach((region, rate) -> named.put(region.value(), rate));
            rates.put(rule.value(), named);
        });
        entries.tell(KEY, new Wanted(++number, rates, loads));
        return this;
    }

    private Behavior<Command> onTold(Told news) {
        entries.on(news.news());
        return this;
    }

    private void heard(String key, String node, Wanted wanted) {
        keeper.tell(new TableKeeper.DemandHeard(node, rates(wanted), regionLoads(wanted)));
    }

    private static Map<RegionId, RegionLoad> regionLoads(Wanted wanted) {
        Map<RegionId, RegionLoad> loads = new HashMap<>();
        wanted.fares().forEach((region, load) -> loads.put(new RegionId(region), load));
        return loads;
    }

    private static Map<RuleId, Map<RegionId, Double>> rates(Wanted wanted) {
        Map<RuleId, Map<RegionId, Double>> rates = new HashMap<>();
        wanted.rates().forEach((rule, targets) -> {
            Map<RegionId, Double> byRegion = new HashMap<>();
            targets.forEach((region, rate) -> byRegion.put(new RegionId(region), rate));
            rates.put(new RuleId(rule), byRegion);
        });
        return rates;
    }
}
