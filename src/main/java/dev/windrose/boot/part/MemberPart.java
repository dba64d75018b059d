package dev.windrose.boot.part;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.AskPattern;
import dev.windrose.boot.settings.NodeSettings;
import dev.windrose.boot.settings.Section;
import dev.windrose.decide.member.NodeAnnouncement;
import dev.windrose.front.api.ClusterResource;
import dev.windrose.front.api.EvictionResource;
import dev.windrose.front.web.Resource;
import dev.windrose.live.journal.MemberTable;
import dev.windrose.live.member.ClockExchange;
import dev.windrose.live.member.ClusterControl;
import dev.windrose.live.member.ClusterJoin;
import dev.windrose.live.member.Eviction;
import dev.windrose.live.member.LastHeard;
import dev.windrose.live.member.MemberHeartbeat;
import dev.windrose.live.member.Membership;
import dev.windrose.live.member.PauseWatch;
import dev.windrose.live.member.SecondClusterSightings;
import dev.windrose.watch.Alarms;
import dev.windrose.watch.ListenMeters;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Joins the cluster and reports its members. */
public final class MemberPart implements Part {

    private static final Duration EVICT_AT_MOST = Duration.ofSeconds(3);

    /** The subject of the alarm. */
    private static final String CLUSTER = "cluster";

    private static final Duration WAITS_SILENTLY = Duration.ofSeconds(5);

    private static final NodeAnnouncement NOWHERE = new NodeAnnouncement("", 0, "", "", false, "", false, "", 0, 0);

    private final JournalPart journal;
    private final Slot<Membership> membership = new Slot<>("membership");
    private final Slot<ClusterControl> cluster = new Slot<>("cluster");
    private final SetOnce<DataPlane> plane = new SetOnce<>("member");
    private final SetOnce<ClusterResource> calls = new SetOnce<>("calls of the cluster");
    private final SetOnce<SecondClusterSightings> sightings = new SetOnce<>("sightings");
    private final SetOnce<ListenMeters> meters = new SetOnce<>("meters of the cluster port");
    private volatile NodeAnnouncement standing = NOWHERE;
    private volatile String waitsFor = "";
    private volatile long waitsSinceNanos = System.nanoTime();

    public MemberPart(JournalPart journal) {
        this.journal = journal;
    }

    @Override
    public List<Section<?>> settings() {
        return List.of(NodeSettings.NODE);
    }

    @Override
    public void start(DataPlane data) {
        plane.set(data);
        sightings.set(new SecondClusterSightings(data.meters().alarms()));
        meters.set(new ListenMeters(data.meters().registry(), "cluster"));
        calls.set(new ClusterResource(
                data.self(),
                data.regions(),
                cluster,
                data.running()::readiness,
                data.clock(),
                data.meters().alarms()));
        data.running().check(RunningControlPlane.Check.MEMBER, this::notUp);
    }

    /** Puts a guard in front of the cluster port, and has Akka listen behind it. */
    @Override
    public void open(ControlPlane control) {
        DataPlane data = plane.get();
        ClusterPort port = ClusterPort.open(control.config(), data.settings(), meters.get());
        control.atEnd(port::close);
        data.pools().all.turns("windrose-cluster-port", port::stillNanos);
        control.config(port.config());
    }

    /** Starts to answer other nodes at once, and joins them when all parts have started. */
    @Override
    public void start(ControlPlane control) {
        DataPlane data = plane.get();
        NodeSettings node = data.settings().node();
        control.atEnd(() -> standing = NOWHERE);
        ActorRef<ClusterJoin.Command> joining = joining(control, data);
        LastHeard lastHeard = new LastHeard(System.nanoTime());
        ActorRef<Eviction.Command> eviction = control.start(
                "eviction",
                Eviction.create(data.self(), data.regions(), node.evictAfter(), lastHeard, System::nanoTime));
        control.start(
                "clock-exchange",
                ClockExchange.create(
                        data.self().value(),
                        data::wallMs,
                        data.clock(),
                        System::nanoTime,
                        data.meters().alarms()));
        control.keep(
                membership,
                (region, author, reason) -> AskPattern.ask(
                        eviction,
                        (ActorRef<Membership.Evicted> replyTo) -> new Eviction.Evict(region, author, reason, replyTo),
                        EVICT_AT_MOST,
                        control.system().scheduler()));
        control.keep(cluster, new ClusterControl(control.system(), lastHeard, System::nanoTime));
        control.whenStarted(() -> {
            String name = journal.entered(control);
            present(control, data);
            joining.tell(new ClusterJoin.Able(name));
        });
    }

    private ActorRef<ClusterJoin.Command> joining(ControlPlane control, DataPlane data) {
        NodeSettings node = data.settings().node();
        ClusterJoin.Plan plan = new ClusterJoin.Plan(
                // The command to found a cluster is executed once.
                node.region(), node.seeds(), node.found() && !data.running().wasUp());
        ClusterJoin.Outcome outcome = new ClusterJoin.Outcome() {
            @Override
            public void waits(String reason) {
                waitsFor(reason);
            }

            @Override
            public void stands(NodeAnnouncement now) {
                standing = now;
            }

            @Override
            public void leaves(String cause) {
                control.system().terminate();
            }
        };
        return control.system()
                .systemActorOf(
                        ClusterJoin.create(plan, sightings.get(), outcome, System::nanoTime, System::currentTimeMillis),
                        ClusterJoin.NAME,
                        Props.empty());
    }

    private void waitsFor(String reason) {
        Alarms alarms = plane.get().meters().alarms();
        waitsFor = reason;
        if (reason.isEmpty()) {
            waitsSinceNanos = System.nanoTime();
            alarms.clear(Alarms.Kind.PART_AWAY, CLUSTER);
        } else if (System.nanoTime() - waitsSinceNanos > WAITS_SILENTLY.toNanos()) {
            alarms.raise(Alarms.Kind.PART_AWAY, CLUSTER, "in no cluster: " + reason);
        }
    }

    /** Writes heartbeats to the database, where several nodes share it. */
    private void present(ControlPlane control, DataPlane data) {
        JournalPart.Opened opened = control.of(journal.opened);
        MemberTable members = opened.database().members();
        PauseWatch watch = opened.watch();
        if (members != null && watch != null) {
            control.start(
                    "presence",
                    part -> MemberHeartbeat.create(
                            members,
                            watch.standstill(),
                            () -> standing,
                            sightings.get(),
                            data.pools().control,
                            System::nanoTime));
        }
    }

    private @Nullable String notUp() {
        return plane.get().running().isUp()
                ? null
                : "this node is not an Up member of the cluster yet" + (waitsFor.isEmpty() ? "" : ": " + waitsFor);
    }

    /** Whether load balancers should take this node out. */
    boolean drained() {
        return calls.get().drained();
    }

    @Override
    public List<Resource> calls() {
        return List.of(new EvictionResource(plane.get().regions(), membership), calls.get());
    }
}
