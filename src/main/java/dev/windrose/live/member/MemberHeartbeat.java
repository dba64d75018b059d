package dev.windrose.live.member;

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
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Down;
import akka.cluster.typed.Subscribe;
import dev.windrose.decide.member.NodeAnnouncement;
import dev.windrose.decide.member.PauseDetector;
import dev.windrose.live.journal.MemberTable;
import dev.windrose.live.pool.Offload;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes heartbeats to the region's PostgreSQL, and ends this member when the database says that it was declared down,
 * or when the process was paused so long that the others may have removed it. Members with heartbeats there that are
 * not in this node's cluster are a second cluster on the same database.
 */
public final class MemberHeartbeat extends AbstractBehavior<MemberHeartbeat.Command> {

    public sealed interface Command {}

    private enum Look implements Command {
        INSTANCE
    }

    private record Downed(Member member) implements Command {}

    private record Recorded(@Nullable Throwable failure) implements Command {}

    private record Looked(@Nullable Seen seen, @Nullable Throwable failure) implements Command {}

    private record Seen(boolean member, List<MemberTable.Other> others, long epoch, long standstills) {}

    private enum Ended implements Command {
        INSTANCE
    }

    /** Time between two heartbeats. */
    static final Duration EVERY = Duration.ofSeconds(2);

    /** A member with an older heartbeat does not count as alive. */
    private static final long ALIVE_MS = 6000;

    /** After a pause, a member with a heartbeat within this time plus the pause may have gone on in the meantime. */
    private static final long AROUND_MS = 60_000;

    /** Maximum delay of a living member's heartbeat. */
    private static final long BEAT_LATE_MS = 1500;

    /** A member that joined recently is not in every view yet. */
    private static final int LOOKS_BEFORE_TOLD = 2;

    private static final int LOOKS_BEFORE_LEFT = 5;

    private static final Duration ENDS_WITHIN = Duration.ofSeconds(3);

    /**
     * @param standing this node's announcement about its cluster
     * @param waiting runs database access
     * @param nanoTime a monotonic clock
     */
    public static Behavior<Command> create(
            MemberTable table,
            PauseDetector standstill,
            Supplier<NodeAnnouncement> standing,
            SecondClusterSightings sightings,
            Executor waiting,
            LongSupplier nanoTime) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers ->
                new MemberHeartbeat(context, timers, table, standstill, standing, sightings, waiting, nanoTime)));
    }

    private final MemberTable table;
    private final PauseDetector standstill;
    private final Supplier<NodeAnnouncement> standing;
    private final SecondClusterSightings sightings;
    private final Executor waiting;
    private final LongSupplier nanoTime;
    private final Cluster cluster;

    private final TimerScheduler<Command> timers;
    private boolean looking = false;
    private boolean ends = false;
    private int strange = 0;

    private MemberHeartbeat(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            MemberTable table,
            PauseDetector standstill,
            Supplier<NodeAnnouncement> standing,
            SecondClusterSightings sightings,
            Executor waiting,
            LongSupplier nanoTime) {
        super(context);
        context.setLoggerName(MemberHeartbeat.class);
        this.timers = timers;
        this.table = table;
        this.standstill = standstill;
        this.standing = standing;
        this.sightings = sightings;
        this.waiting = waiting;
        this.nanoTime = nanoTime;
        this.cluster = Cluster.get(context.getSystem());
        cluster.subscriptions()
                .tell(Subscribe.create(
                        context.messageAdapter(ClusterEvent.MemberDowned.class, event -> new Downed(event.member())),
                        ClusterEvent.MemberDowned.class));
        timers.startTimerAtFixedRate(Look.INSTANCE, EVERY);
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessageEquals(Look.INSTANCE, this::onLook)
                .onMessage(Looked.class, this::onLooked)
                .onMessage(Downed.class, this::onDowned)
                .onMessage(Recorded.class, this::onRecorded)
                .onMessageEquals(Ended.INSTANCE, this::onEnded)
                .onSignal(PostStop.class, stopped -> onEnded())
                .build();
    }

    private Behavior<Command> onLook() {
        if (!looking && !ends) {
            looking = true;
            long standstills = standstill.suspect(nanoTime.getAsLong()) ? standstill.times() : 0;
            MemberTable.Said said = said();
            getContext()
                    .pipeToSelf(
                            Offload.to(
                                    waiting,
                                    () -> new Seen(table.beat(said), table.others(), table.epoch(), standstills)),
                            Looked::new);
        }
        return this;
    }

    private MemberTable.Said said() {
        NodeAnnouncement now = standing.get();
        boolean up = cluster.selfMember().status().equals(MemberStatus.up());
        return new MemberTable.Said(up, now.cluster(), now.regions(), now.nodes());
    }

    private Behavior<Command> onLooked(Looked looked) {
        looking = false;
        Seen seen = looked.seen();
        if (seen == null || ends) {
            return this;
        }
        if (!seen.member()) {
            end("this node was declared down by another node of its region");
        } else if (seen.standstills() > 0) {
            suspect(seen);
        } else {
            compare(seen);
        }
        return this;
    }

    private void suspect(Seen seen) {
        long around = AROUND_MS + standstill.longest().toMillis();
        boolean alone = seen.others().stream().noneMatch(other -> other.ageMs() < around);
        if (alone) {
            standstill.settle(seen.standstills());
        } else {
            end("this process was paused for " + standstill.longest().toMillis()
                    + " ms, and other nodes of the region may have continued without it");
        }
    }

    private void compare(Seen seen) {
        MemberTable.Said mine = said();
        MemberTable.Other stranger = mine.up() ? stranger(seen.others()) : null;
        if (stranger == null) {
            strange = 0;
            return;
        }
        strange++;
        if (strange >= LOOKS_BEFORE_TOLD) {
            sightings.seen(
                    "node [" + stranger.named().address()
                            + "] sends heartbeats to the region's database but is not in this node's"
                            + " cluster; the node in the cluster of lower precedence joins the other",
                    nanoTime.getAsLong());
        }
        if (strange >= LOOKS_BEFORE_LEFT && lesser(mine, seen.epoch(), stranger)) {
            end("node [" + stranger.named().address() + "] of this region is in another cluster, which prevails");
        }
    }

    /** The one that registered first may have been paused while the others went on. */
    private static boolean lesser(MemberTable.Said mine, long epoch, MemberTable.Other other) {
        int regions = Integer.compare(mine.regions(), other.said().regions());
        int nodes = Integer.compare(mine.nodes(), other.said().nodes());
        if (regions != 0 || nodes != 0) {
            return regions != 0 ? regions < 0 : nodes < 0;
        }
        int founded = mine.cluster().compareTo(other.said().cluster());
        return founded != 0 ? founded > 0 : epoch < other.epoch();
    }

    private MemberTable.@Nullable Other stranger(List<MemberTable.Other> others) {
        Set<MemberTable.Named> known = new HashSet<>();
        for (Member member : cluster.state().getMembers()) {
            known.add(named(member));
        }
        for (MemberTable.Other other : others) {
            // A member that left gracefully has no further heartbeats, and is not found at the next check.
            boolean beats = other.ageMs() < (strange == 0 ? ALIVE_MS : EVERY.toMillis() + BEAT_LATE_MS);
            if (other.said().up() && beats && !known.contains(other.named())) {
                return other;
            }
        }
        return null;
    }

    /** The identity of a member in the region's database. */
    public static MemberTable.Named named(Member member) {
        return new MemberTable.Named(
                member.address().hostPort(), member.uniqueAddress().longUid());
    }

    /** However a member was removed from the cluster, it must not write any more. */
    private Behavior<Command> onDowned(Downed downed) {
        Member member = downed.member();
        boolean other = !member.uniqueAddress().equals(cluster.selfMember().uniqueAddress());
        if (other && member.dataCenter().equals(cluster.selfMember().dataCenter())) {
            getContext()
                    .pipeToSelf(
                            Offload.to(waiting, () -> table.downed(List.of(named(member)))),
                            (done, failure) -> new Recorded(failure));
        }
        return this;
    }

    private Behavior<Command> onRecorded(Recorded recorded) {
        if (recorded.failure() != null) {
            getContext()
                    .getLog()
                    .warn("could not record that a member is down, cause [{}]", String.valueOf(recorded.failure()));
        }
        return this;
    }

    /** Down, not leaving: no node should wait for one that the others have removed. */
    private void end(String cause) {
        ends = true;
        getContext().getLog().warn("this member leaves and rejoins as a new one, cause [{}]", cause);
        cluster.manager().tell(new Down(cluster.selfMember().address()));
        timers.startSingleTimer(Ended.INSTANCE, ENDS_WITHIN);
    }

    /**
     * It was not a member that could be downed, or there is no answer, or this actor has failed: nothing would
     * supervise it.
     */
    private Behavior<Command> onEnded() {
        getContext().getSystem().terminate();
        return this;
    }
}
