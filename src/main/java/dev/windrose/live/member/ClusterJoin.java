package dev.windrose.live.member;

import akka.actor.Address;
import akka.actor.AddressFromURIString;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Adapter;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.cluster.Member;
import akka.cluster.MemberStatus;
import akka.cluster.ddata.GSet;
import akka.cluster.ddata.typed.javadsl.DistributedData;
import akka.cluster.ddata.typed.javadsl.Replicator;
import akka.cluster.ddata.typed.javadsl.ReplicatorMessageAdapter;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Join;
import akka.cluster.typed.JoinSeedNodes;
import dev.windrose.decide.member.Founding;
import dev.windrose.decide.member.HeardNodes;
import dev.windrose.decide.member.NodeAnnouncement;
import dev.windrose.decide.member.SecondClusterWatch;
import dev.windrose.live.wire.WireMessage;
import dev.windrose.model.RegionId;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.LongSupplier;

/**
 * Brings a node into the cluster, or founds one ({@link Founding}), and goes on asking the seeds for the id of theirs: when two
 * clusters find each other, the members of the lesser one leave it ({@link ClusterPrecedence}).
 *
 * <p>Nodes of different clusters do not gossip, so this asks at the seeds' addresses, in no cluster and in any.
 */
public final class ClusterJoin extends AbstractBehavior<ClusterJoin.Command> {

    public sealed interface Command {}

    /**
     * What a node says of itself.
     *
     * @param asks whether it wants an answer
     */
    public record Hello(NodeAnnouncement standing, boolean asks) implements Command, WireMessage {}

    /** The node has what it needs to be a member. */
    public record Able(String journal) implements Command {}

    /** What this leads to. Called on a thread that must not wait. */
    public interface Outcome {
        /** Why the node is in no cluster, for people; empty when it is in one. */
        void waits(String reason);

        /** Says it at each round. */
        void stands(NodeAnnouncement standing);

        /** The node must leave the cluster it is in. */
        void leaves(String cause);
    }

    /**
     * How a node is set.
     *
     * @param seeds host:port of each; empty when the node is alone
     * @param ordered an operator orders it to found when it hears of no cluster
     */
    public record Plan(RegionId region, List<String> seeds, boolean ordered) {
        public Plan {
            seeds = List.copyOf(seeds);
        }
    }

    private enum Round implements Command {
        INSTANCE
    }

    private record Ids(Replicator.SubscribeResponse<GSet<String>> response) implements Command {}

    /** Name of this actor among those of its system, at which other nodes ask it. */
    public static final String NAME = "joining";

    private static final Duration ROUND = Duration.ofMillis(500);

    /** A member asks once in so many rounds: every 3 s. */
    private static final int MEMBERS_ASK_EVERY = 6;

    private static final Duration FRESH = Duration.ofSeconds(3);
    private static final Duration FRESH_FOR_MEMBERS = Duration.ofSeconds(10);

    /** A seed that does not answer may be of a version that does not know the question: it is asked as Akka does. */
    private static final Duration AKKA_ASKS_AFTER = Duration.ofSeconds(6);

    /** A join that is under way is left alone for so long. */
    private static final Duration JOIN_AGAIN_AFTER = Duration.ofSeconds(15);

    /** A cluster without an id gets one after this. */
    private static final Duration NAMED_AFTER = Duration.ofSeconds(10);

    /** A member that a seed does not know asks it this often, and is heard before the seed founds. */
    private static final Duration LISTENS = ROUND.multipliedBy(MEMBERS_ASK_EVERY + 2);

    public static Behavior<Command> create(
            Plan plan, SecondClusterSightings sightings, Outcome outcome, LongSupplier nanoTime, LongSupplier epochMs) {
        return Behaviors.setup(context -> Behaviors.withTimers(
                timers -> new ClusterJoin(context, timers, plan, sightings, outcome, nanoTime, epochMs)));
    }

    private final Plan plan;
    private final SecondClusterSightings sightings;
    private final Outcome outcome;
    private final LongSupplier nanoTime;
    private final LongSupplier epochMs;
    private final Cluster cluster;
    private final ClusterMembers members;
    private final ClusterId id;
    private final String protocol;
    private final String self;
    private final HeardNodes heard = new HeardNodes();
    private final SecondClusterWatch secondCluster = new SecondClusterWatch();

    private String journal = "";
    private final long bornNanos;
    private boolean able = false;
    private long ableSinceNanos;
    private boolean founds = false;
    private boolean left = false;
    private int round = 0;
    private String reason = "";
    private Set<String> joinsThrough = Set.of();
    private long joinsSinceNanos;
    private long memberSinceNanos = -1;

    private ClusterJoin(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            Plan plan,
            SecondClusterSightings sightings,
            Outcome outcome,
            LongSupplier nanoTime,
            LongSupplier epochMs) {
        super(context);
        context.setLoggerName(ClusterJoin.class);
        this.plan = plan;
        this.sightings = sightings;
        this.outcome = outcome;
        this.nanoTime = nanoTime;
        this.epochMs = epochMs;
        this.cluster = Cluster.get(context.getSystem());
        this.members = new ClusterMembers(cluster);
        this.self = members.self();
        this.id = new ClusterId(context.getSystem());
        Address address = cluster.selfMember().address();
        this.protocol = address.protocol() + "://" + address.system() + "@";
        this.bornNanos = nanoTime.getAsLong();
        new ReplicatorMessageAdapter<Command, GSet<String>>(
                        context, DistributedData.get(context.getSystem()).replicator(), Duration.ofSeconds(3))
                .subscribe(ClusterId.KEY, Ids::new);
        timers.startTimerWithFixedDelay(Round.INSTANCE, Duration.ZERO, ROUND);
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Hello.class, this::onHello)
                .onMessage(Able.class, this::onAble)
                .onMessageEquals(Round.INSTANCE, this::onRound)
                .onMessage(Ids.class, this::onIds)
                .onSignal(PostStop.class, stopped -> onStopped())
                .build();
    }

    /** Without this actor the node would be an island that nobody finds. */
    private Behavior<Command> onStopped() {
        outcome.leaves("the join process stopped");
        return this;
    }

    private Behavior<Command> onAble(Able now) {
        able = true;
        ableSinceNanos = nanoTime.getAsLong();
        journal = now.journal();
        return onRound();
    }

    private Behavior<Command> onHello(Hello hello) {
        NodeAnnouncement standing = hello.standing();
        if (standing.address().equals(self) || !heard.hear(standing, nanoTime.getAsLong())) {
            return this;
        }
        if (hello.asks()) {
            say(standing.address(), false);
        }
        if (members.joined()) {
            compare(standing);
        }
        return this;
    }

    private Behavior<Command> onIds(Ids ids) {
        id.changed(ids.response());
        return this;
    }

    private Behavior<Command> onRound() {
        long now = nanoTime.getAsLong();
        sightings.passed(now);
        boolean member = members.joined();
        heard.forget(member ? FRESH_FOR_MEMBERS : FRESH, now);
        secondCluster.retain(heard.addresses());
        outcome.stands(standing());
        if (!member || round % MEMBERS_ASK_EVERY == 0) {
            targets().forEach(address -> say(address, true));
        }
        round++;
        if (member) {
            told("");
            name(now);
        } else if (!left) {
            join(now);
        }
        return this;
    }

    private void join(long now) {
        if (founds) {
            if (round % MEMBERS_ASK_EVERY == 0) {
                cluster.manager().tell(Join.create(cluster.selfMember().address()));
            }
            return;
        }
        boolean ordered = plan.ordered()
                && now - ableSinceNanos
                        > Founding.orderedAfter(self, plan.seeds()).toNanos();
        Founding.Verdict verdict = Founding.decide(standing(), plan.seeds(), heard.lately(), ordered);
        told(verdict.reason());
        switch (verdict.step()) {
            case FOUND -> {
                if (!plan.seeds().isEmpty() && now - bornNanos < LISTENS.toNanos()) {
                    return;
                }
                founds = true;
                getContext().getLog().info("founding a cluster, seeds [{}], ordered [{}]", plan.seeds(), ordered);
                cluster.manager().tell(Join.create(cluster.selfMember().address()));
            }
            case JOIN -> through(verdict.through(), now);
            case WAIT -> {
                if (able && now - ableSinceNanos > AKKA_ASKS_AFTER.toNanos()) {
                    through(verdict.through(), now);
                }
            }
            case REFUSED -> {}
        }
    }

    private void through(Collection<String> addresses, long now) {
        Set<String> others = new TreeSet<>(addresses);
        others.remove(self);
        boolean underWay =
                others.stream().anyMatch(joinsThrough::contains) && now - joinsSinceNanos < JOIN_AGAIN_AFTER.toNanos();
        if (others.isEmpty() || !able || underWay) {
            return;
        }
        if (!others.equals(joinsThrough)) {
            getContext().getLog().info("joining through [{}]", others);
        }
        joinsThrough = others;
        joinsSinceNanos = now;
        cluster.manager()
                .tell(new JoinSeedNodes(others.stream()
                        .map(address -> AddressFromURIString.parse(protocol + address))
                        .toList()));
    }

    /** One line for each change of what it waits for, once whoever is there has had the time to answer. */
    private void told(String why) {
        boolean patient = able && nanoTime.getAsLong() - ableSinceNanos < FRESH.toNanos();
        if (!why.equals(reason) && !patient) {
            reason = why;
            if (!why.isEmpty() && able) {
                getContext().getLog().warn("in no cluster, decisions continue: {}", why);
            }
        }
        outcome.waits(able ? why : "");
    }

    /** Every cluster has an id: its founder gives it one, or whoever is in one that has none. */
    private void name(long now) {
        if (memberSinceNanos < 0) {
            memberSinceNanos = now;
        }
        if (!id.value().isEmpty() || !cluster.selfMember().status().equals(MemberStatus.up())) {
            return;
        }
        if (founds
                || now - memberSinceNanos
                        > NAMED_AFTER.plusSeconds(2 * members.rank()).toNanos()) {
            id.give(String.format("%013d-%s", epochMs.getAsLong(), UUID.randomUUID()));
        }
    }

    private void compare(NodeAnnouncement other) {
        NodeAnnouncement mine = standing();
        Member known = members.find(other);
        if (known != null) {
            secondCluster.forget(other.address());
            String why = Founding.otherJournal(mine, List.of(other));
            // Ages are comparable within a region only.
            if (why != null && known.isOlderThan(cluster.selfMember())) {
                leaves(why);
            }
            return;
        }
        long now = nanoTime.getAsLong();
        SecondClusterWatch.Sighting sighting = secondCluster.heard(mine, other, now);
        if (sighting != null) {
            sightings.seen(sighting.detail(), now);
            if (sighting.leaves()) {
                leaves("cluster [" + other.cluster() + "] prevails, this node was in [" + mine.cluster() + "]");
            }
        }
    }

    private void leaves(String cause) {
        if (!left) {
            left = true;
            getContext().getLog().warn("leaving the cluster to rejoin, cause [{}]", cause);
            outcome.leaves(cause);
        }
    }

    private NodeAnnouncement standing() {
        List<Member> all = members.all();
        long regions = all.stream().map(Member::dataCenter).distinct().count();
        return new NodeAnnouncement(
                self,
                cluster.selfMember().uniqueAddress().longUid(),
                plan.region().value(),
                journal,
                able,
                Founding.favoured(self, able, plan.seeds(), heard.lately()),
                founds || members.joined(),
                id.value(),
                (int) regions,
                all.size());
    }

    /** The seeds, and the members of the own region, which need not be seeds. */
    private Set<String> targets() {
        Set<String> targets = new TreeSet<>(plan.seeds());
        targets.addAll(members.addressesIn(plan.region()));
        targets.remove(self);
        return targets;
    }

    private void say(String address, boolean asks) {
        Adapter.toClassic(getContext().getSystem())
                .actorSelection(protocol + address + "/system/" + NAME)
                .tell(new Hello(standing(), asks), akka.actor.ActorRef.noSender());
    }
}
