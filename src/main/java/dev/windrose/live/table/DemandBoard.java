package dev.windrose.live.table;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.cluster.ddata.LWWMap;
import akka.cluster.ddata.LWWMapKey;
import akka.cluster.ddata.SelfUniqueAddress;
import akka.cluster.ddata.typed.javadsl.DistributedData;
import akka.cluster.ddata.typed.javadsl.Replicator;
import akka.cluster.ddata.typed.javadsl.ReplicatorMessageAdapter;
import akka.cluster.typed.Cluster;
import dev.windrose.live.wire.WireMessage;
import dev.windrose.model.RegionId;
import dev.windrose.model.RuleId;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Shares what clients want of each target between the nodes of all regions, so that every node fills the regions alike.
 * Lives in the control plane; without it each node knows its own clients only.
 */
public final class DemandBoard extends AbstractBehavior<DemandBoard.Command> {

    public sealed interface Command {}

    /**
     * What one node measured.
     *
     * @param number grows with every message, so that nobody takes an old one for a new one
     * @param rates requests per second by rule and target
     * @param fares what was sent, reported and failed per second, by region
     */
    public record Wanted(long number, Map<String, Map<String, Double>> rates, Map<String, Fare> fares)
            implements WireMessage {
        public Wanted {
            rates = Map.copyOf(rates);
            // A node of an earlier version tells none.
            fares = Map.copyOf(Objects.requireNonNullElse(fares, Map.of()));
        }
    }

    /**
     * How the clients of one region fare on one node; each per second.
     *
     * @param capacity what that node has learned of the region's; 0 when it has not
     */
    public record Fare(double sent, double reported, double failed, double capacity) implements WireMessage {}

    private enum Share implements Command {
        INSTANCE
    }

    private record Changed(Replicator.SubscribeResponse<LWWMap<String, Wanted>> response) implements Command {}

    private record Updated(Replicator.UpdateResponse<LWWMap<String, Wanted>> response) implements Command {}

    private static final LWWMapKey<String, Wanted> KEY = new LWWMapKey<>("demand");
    private static final Duration EVERY = Duration.ofSeconds(2);

    public static Behavior<Command> create(Director director, ActorRef<TableKeeper.Command> keeper) {
        return Behaviors.setup(
                context -> Behaviors.withTimers(timers -> new DemandBoard(context, timers, director, keeper)));
    }

    private final Director director;
    private final ActorRef<TableKeeper.Command> keeper;
    private final String self;
    private final SelfUniqueAddress address;
    private final ReplicatorMessageAdapter<Command, LWWMap<String, Wanted>> replicator;
    private final Map<String, Long> numbers = new HashMap<>();
    private long number = System.currentTimeMillis();
    private boolean told = false;

    private DemandBoard(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            Director director,
            ActorRef<TableKeeper.Command> keeper) {
        super(context);
        this.director = director;
        this.keeper = keeper;
        DistributedData data = DistributedData.get(context.getSystem());
        this.address = data.selfUniqueAddress();
        this.self = Cluster.get(context.getSystem()).selfMember().address().hostPort();
        this.replicator = new ReplicatorMessageAdapter<>(context, data.replicator(), Duration.ofSeconds(3));
        replicator.subscribe(KEY, Changed::new);
        timers.startTimerWithFixedDelay(Share.INSTANCE, EVERY);
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
        Map<RuleId, Map<RegionId, Double>> here = director.demandHere();
        Map<String, Fare> fares = new HashMap<>();
        director.faresHere().forEach((region, fare) -> fares.put(region.value(), fare));
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
        Wanted wanted = new Wanted(++number, rates, fares);
        replicator.askUpdate(
                replyTo -> new Replicator.Update<>(
                        KEY, LWWMap.empty(), Replicator.writeLocal(), replyTo, map -> map.put(address, self, wanted)),
                Updated::new);
        return this;
    }

    private Behavior<Command> onChanged(Changed changed) {
        if (changed.response() instanceof Replicator.Changed<LWWMap<String, Wanted>> map) {
            map.dataValue().getEntries().forEach((node, wanted) -> {
                Long before = numbers.put(node, wanted.number());
                if (!node.equals(self) && (before == null || before != wanted.number())) {
                    keeper.tell(new TableKeeper.DemandHeard(node, rates(wanted), fares(wanted)));
                }
            });
        }
        return this;
    }

    private static Map<RegionId, Fare> fares(Wanted wanted) {
        Map<RegionId, Fare> fares = new HashMap<>();
        wanted.fares().forEach((region, fare) -> fares.put(new RegionId(region), fare));
        return fares;
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
