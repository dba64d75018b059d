package dev.windrose.live.member;

import akka.actor.Address;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.actor.typed.receptionist.Receptionist;
import akka.actor.typed.receptionist.ServiceKey;
import akka.cluster.Member;
import akka.cluster.typed.Cluster;
import dev.windrose.live.wire.WireMessage;
import dev.windrose.watch.Alarms;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.function.LongSupplier;

/** Compares this node's clock with those of the other nodes, and reports when they differ. */
public final class ClockExchange extends AbstractBehavior<ClockExchange.Command> {

    public sealed interface Command {}

    /**
     * What time is it?
     *
     * @param sentNanos what comes back with the answer
     */
    public record Ask(long sentNanos, ActorRef<Command> replyTo) implements Command, WireMessage {}

    /** The wall clock of a node, in ms since 1970. */
    public record Told(String node, String region, long epochMs, long sentNanos) implements Command, WireMessage {}

    private record Found(Set<ActorRef<Command>> peers) implements Command {}

    private enum Look implements Command {
        INSTANCE
    }

    private static final ServiceKey<Command> KEY = ServiceKey.create(Command.class, "clock");

    /** An alarm is raised within a few of these. */
    static final Duration ASK_EVERY = Duration.ofSeconds(2);

    /**
     * @param wallMs the machine's clock
     * @param clock receives the others' clocks
     * @param nanoTime a monotonic clock, the one of {@code clock}
     */
    public static Behavior<Command> create(
            String region, LongSupplier wallMs, NodeClock clock, LongSupplier nanoTime, Alarms alarms) {
        return Behaviors.setup(context -> Behaviors.withTimers(
                timers -> new ClockExchange(context, timers, region, wallMs, clock, nanoTime, alarms)));
    }

    private final Cluster cluster;
    private final String node;
    private final String region;
    private final LongSupplier wallMs;
    private final NodeClock clock;
    private final LongSupplier nanoTime;
    private final Alarms alarms;
    private final Set<String> alarmed = new HashSet<>();
    private Set<ActorRef<Command>> peers = Set.of();

    private ClockExchange(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            String region,
            LongSupplier wallMs,
            NodeClock clock,
            LongSupplier nanoTime,
            Alarms alarms) {
        super(context);
        this.cluster = Cluster.get(context.getSystem());
        this.node = text(cluster.selfMember().address());
        this.region = region;
        this.wallMs = wallMs;
        this.clock = clock;
        this.nanoTime = nanoTime;
        this.alarms = alarms;
        ActorRef<Receptionist.Command> receptionist = context.getSystem().receptionist();
        receptionist.tell(Receptionist.register(KEY, context.getSelf()));
        receptionist.tell(Receptionist.subscribe(
                KEY,
                context.messageAdapter(
                        Receptionist.Listing.class, listing -> new Found(listing.getServiceInstances(KEY)))));
        timers.startTimerWithFixedDelay(Look.INSTANCE, ASK_EVERY);
    }

    /** The name of a member as used elsewhere. */
    private static String text(Address address) {
        return address.getHost().orElse("") + ":" + address.getPort().orElse(0);
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Ask.class, this::onAsk)
                .onMessage(Told.class, this::onTold)
                .onMessage(Found.class, this::onFound)
                .onMessageEquals(Look.INSTANCE, this::onLook)
                .onSignal(PostStop.class, stopped -> onStopped())
                .build();
    }

    /** The next instance starts fresh, and does not know what this one raised. */
    private Behavior<Command> onStopped() {
        alarmed.forEach(each -> alarms.clear(Alarms.Kind.CLOCK, each));
        return this;
    }

    private Behavior<Command> onAsk(Ask ask) {
        ask.replyTo().tell(new Told(node, region, wallMs.getAsLong(), ask.sentNanos()));
        return this;
    }

    private Behavior<Command> onTold(Told told) {
        clock.heard(told.node(), told.region(), told.epochMs(), told.sentNanos());
        return this;
    }

    private Behavior<Command> onFound(Found found) {
        peers = found.peers();
        ask();
        return this;
    }

    private void ask() {
        for (ActorRef<Command> peer : peers) {
            if (!peer.equals(getContext().getSelf())) {
                peer.tell(new Ask(nanoTime.getAsLong(), getContext().getSelf()));
            }
        }
    }

    private Behavior<Command> onLook() {
        ask();
        Set<String> members = new HashSet<>();
        for (Member member : cluster.state().getMembers()) {
            members.add(text(member.address()));
        }
        clock.keep(members::contains);
        Set<String> off = new HashSet<>();
        for (NodeClock.Seen seen : clock.seen(node, region)) {
            if (clock.alarming(seen)) {
                off.add(seen.node());
                alarms.raise(
                        Alarms.Kind.CLOCK,
                        seen.node(),
                        "its clock is " + NodeClock.said(seen.aheadMs())
                                + (members.size() <= 2
                                        ? " of the other node's clock; with two nodes it is unknown which is right"
                                        : " of most nodes' clocks")
                                + "; set it, for example by NTP");
            }
        }
        alarmed.stream().filter(each -> !off.contains(each)).forEach(each -> alarms.clear(Alarms.Kind.CLOCK, each));
        alarmed.clear();
        alarmed.addAll(off);
        return this;
    }
}
