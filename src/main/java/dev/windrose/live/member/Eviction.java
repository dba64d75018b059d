package dev.windrose.live.member;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.actor.typed.receptionist.Receptionist;
import akka.actor.typed.receptionist.ServiceKey;
import akka.cluster.Member;
import akka.cluster.MemberStatus;
import akka.cluster.typed.Cluster;
import dev.windrose.decide.member.Votes;
import dev.windrose.live.wire.WireMessage;
import dev.windrose.model.RegionId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;

/**
 * Announces to the other nodes that this one is alive and which regions it misses, and evicts regions: by command, and
 * automatically when a majority of all regions has missed one for long. {@link Votes} defines the majority.
 */
public final class Eviction extends AbstractBehavior<Eviction.Command> {

    public sealed interface Command {}

    /** A heartbeat of a node, with the regions that it has not heard from for long. */
    public record Here(String node, String region, List<String> misses) implements Command, WireMessage {
        public Here {
            misses = List.copyOf(misses);
        }
    }

    /** An operator evicts a region. */
    public record Evict(RegionId region, String author, String reason, ActorRef<Membership.Evicted> replyTo)
            implements Command {}

    private record Found(Set<ActorRef<Command>> peers) implements Command {}

    private enum Say implements Command {
        INSTANCE
    }

    private static final ServiceKey<Command> KEY = ServiceKey.create(Command.class, "eviction");

    /** Time between two heartbeats. */
    static final Duration SAY_EVERY = Duration.ofSeconds(2);

    /** A heartbeat counts for this long, and a region heard from within it is alive. */
    static final Duration HEARD_WITHIN = Duration.ofSeconds(10);

    /**
     * @param regions all regions, this one included
     * @param evictAfter time after which a region missed by a majority is evicted; zero: only by command
     * @param lastHeard notified of every node heard from
     * @param nanoTime a monotonic clock
     */
    public static Behavior<Command> create(
            RegionId self, Set<RegionId> regions, Duration evictAfter, LastHeard lastHeard, LongSupplier nanoTime) {
        return Behaviors.setup(context -> Behaviors.withTimers(
                timers -> new Eviction(context, timers, self, regions, evictAfter, lastHeard, nanoTime)));
    }

    private final RegionId self;
    private final Set<RegionId> regions;
    private final String node;
    private final Cluster cluster;
    private final Votes roll;
    private final LastHeard lastHeard;
    private final LongSupplier nanoTime;
    private Set<ActorRef<Command>> peers = Set.of();

    private Eviction(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            RegionId self,
            Set<RegionId> regions,
            Duration evictAfter,
            LastHeard lastHeard,
            LongSupplier nanoTime) {
        super(context);
        context.setLoggerName(Eviction.class);
        this.self = self;
        this.regions = Set.copyOf(regions);
        this.cluster = Cluster.get(context.getSystem());
        this.node = cluster.selfMember().address().hostPort();
        this.nanoTime = nanoTime;
        this.lastHeard = lastHeard;
        this.roll = new Votes(node, self, regions, evictAfter, HEARD_WITHIN, nanoTime.getAsLong());
        ActorRef<Receptionist.Command> receptionist = context.getSystem().receptionist();
        receptionist.tell(Receptionist.register(KEY, context.getSelf()));
        receptionist.tell(Receptionist.subscribe(
                KEY,
                context.messageAdapter(
                        Receptionist.Listing.class, listing -> new Found(listing.getAllServiceInstances(KEY)))));
        timers.startTimerWithFixedDelay(Say.INSTANCE, SAY_EVERY);
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Here.class, this::onHere)
                .onMessage(Found.class, this::onFound)
                .onMessageEquals(Say.INSTANCE, this::onSay)
                .onMessage(Evict.class, this::onEvict)
                .build();
    }

    private Behavior<Command> onFound(Found found) {
        // Unreachable ones as well: only a region itself can show that it is alive.
        peers = found.peers();
        return this;
    }

    private Behavior<Command> onHere(Here here) {
        Set<RegionId> misses = new TreeSet<>();
        here.misses().forEach(name -> misses.add(new RegionId(name)));
        long now = nanoTime.getAsLong();
        roll.heard(here.node(), new RegionId(here.region()), misses, now);
        lastHeard.heard(here.node(), now);
        return this;
    }

    private Behavior<Command> onSay() {
        long now = nanoTime.getAsLong();
        for (RegionId region : regions) {
            if (nodes(region).isEmpty()) {
                roll.absent(region, now);
            }
        }
        List<String> misses = roll.missed(now).stream().map(RegionId::value).toList();
        Here here = new Here(node, self.value(), misses);
        for (ActorRef<Command> peer : peers) {
            if (!peer.equals(getContext().getSelf())) {
                peer.tell(here);
            }
        }
        for (RegionId region : roll.evicted(now)) {
            List<String> nodes = down(region);
            if (!nodes.isEmpty()) {
                getContext()
                        .getLog()
                        .warn(
                                "region [{}] evicted, nodes [{}]: a majority of the regions cannot reach it",
                                region,
                                nodes);
            }
        }
        return this;
    }

    private Behavior<Command> onEvict(Evict evict) {
        evict.replyTo().tell(evicted(evict));
        return this;
    }

    private Membership.Evicted evicted(Evict evict) {
        RegionId region = evict.region();
        if (region.equals(self)) {
            return new Membership.Evicted(Membership.Result.OWN, List.of());
        }
        if (roll.hears(region, nanoTime.getAsLong())) {
            return new Membership.Evicted(Membership.Result.ALIVE, List.of());
        }
        List<String> nodes = down(region);
        if (nodes.isEmpty()) {
            return new Membership.Evicted(Membership.Result.ABSENT, List.of());
        }
        getContext()
                .getLog()
                .warn(
                        "region [{}] evicted, nodes [{}]: by [{}], reason [{}]",
                        region,
                        nodes,
                        evict.author(),
                        evict.reason());
        return new Membership.Evicted(Membership.Result.DONE, nodes);
    }

    private List<String> down(RegionId region) {
        List<Member> nodes = nodes(region);
        nodes.forEach(member -> Downing.down(getContext().getSystem(), member));
        return nodes.stream().map(member -> member.address().hostPort()).toList();
    }

    /** The members of a region, excluding leaving ones. */
    private List<Member> nodes(RegionId region) {
        List<Member> nodes = new ArrayList<>();
        for (Member member : cluster.state().getMembers()) {
            boolean leaves = member.status().equals(MemberStatus.down())
                    || member.status().equals(MemberStatus.removed());
            if (member.dataCenter().equals(region.value()) && !leaves) {
                nodes.add(member);
            }
        }
        return nodes;
    }
}
