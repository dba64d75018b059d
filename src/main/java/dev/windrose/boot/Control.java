package dev.windrose.boot;

import akka.Done;
import akka.actor.setup.Setup;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.AskPattern;
import akka.cluster.ddata.typed.javadsl.Replicator;
import akka.cluster.typed.Cluster;
import com.typesafe.config.Config;
import dev.windrose.decide.member.Standing;
import dev.windrose.decide.rule.Change;
import dev.windrose.decide.rule.Fields;
import dev.windrose.front.manage.ManageServer;
import dev.windrose.live.access.Authenticator;
import dev.windrose.live.board.NodeEntries;
import dev.windrose.live.failover.Evacuations;
import dev.windrose.live.failover.FailoverRecorder;
import dev.windrose.live.geo.LatencyBoard;
import dev.windrose.live.health.HealthExchange;
import dev.windrose.live.journal.Database;
import dev.windrose.live.journal.Facts;
import dev.windrose.live.journal.JournalHistory;
import dev.windrose.live.journal.JournalSetup;
import dev.windrose.live.journal.JournalTrial;
import dev.windrose.live.journal.MemberTable;
import dev.windrose.live.listen.Connections;
import dev.windrose.live.listen.Listener;
import dev.windrose.live.member.ClockExchange;
import dev.windrose.live.member.ClusterControl;
import dev.windrose.live.member.Eviction;
import dev.windrose.live.member.Joining;
import dev.windrose.live.member.Membership;
import dev.windrose.live.member.Presence;
import dev.windrose.live.member.Sightings;
import dev.windrose.live.member.StandstillWatch;
import dev.windrose.live.member.Voices;
import dev.windrose.live.metric.MetricsArchive;
import dev.windrose.live.part.Parts;
import dev.windrose.live.part.Readiness;
import dev.windrose.live.pool.PoolSetup;
import dev.windrose.live.rule.RuleActor;
import dev.windrose.live.rule.RuleGateway;
import dev.windrose.live.rule.RulePlane;
import dev.windrose.live.table.DemandBoard;
import dev.windrose.live.table.TableKeeper;
import dev.windrose.live.table.UsageBoard;
import dev.windrose.live.tls.ServerTls;
import dev.windrose.live.tls.TlsFiles;
import dev.windrose.model.ApiKey;
import dev.windrose.model.DefinitionKey;
import dev.windrose.model.Principal;
import dev.windrose.model.RegionId;
import dev.windrose.watch.Alarms;
import dev.windrose.watch.ListenMeters;
import dev.windrose.watch.Meters;
import dev.windrose.watch.PartMeters;
import dev.windrose.watch.RuleMeters;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What runs in the control plane, and what the data plane may use of it while it is there. */
final class Control implements ControlSystem.Parts {

    private static final Logger LOG = LoggerFactory.getLogger(Control.class);

    /** Three looks of the board that says that the table is current, and a busy second. */
    private static final Duration STALE = Duration.ofSeconds(5);

    /** For this long after a start, what other regions have just made may take seconds to come. */
    private static final Duration SETTLING = Duration.ofSeconds(60);

    private static final Duration SETTLING_WAIT = Duration.ofSeconds(5);
    private static final Duration USUAL_WAIT = Duration.ofSeconds(1);

    private static final Duration EVICT_AT_MOST = Duration.ofSeconds(3);

    /** What the alarm is about. */
    private static final String CLUSTER = "cluster";

    private static final Duration WAITS_SILENTLY = Duration.ofSeconds(5);

    private static final Standing NOWHERE = new Standing("", 0, "", "", false, "", false, "", 0, 0);

    private final Settings settings;
    private final Alarms alarms;
    private final Sightings sightings;
    private final DataDir dataDir;
    private final DataPlane data;
    private final NodePools pools;
    private final RuleMeters ruleMeters;
    private final AtomicInteger up;
    private final ListenMeters manageMeters;
    private final Connections managing;
    private final ListenMeters clusterMeters;

    private volatile Authenticator access = (token, certificate) -> Principal.MISSING;
    private volatile @Nullable ServerTls tls;
    private volatile @Nullable TlsFiles nodeTls;
    private volatile @Nullable ClusterPort port;
    private volatile @Nullable Database database;
    private volatile @Nullable RulePlane rules;
    private volatile @Nullable MetricsArchive metrics;
    private volatile @Nullable Membership membership;
    private volatile @Nullable JournalHistory history;
    private volatile @Nullable ClusterControl cluster;
    private volatile @Nullable JournalProbe probe;
    private volatile @Nullable Parts parts;
    private volatile @Nullable Listener management;
    private volatile @Nullable ActorSystem<?> system;
    private volatile @Nullable Long knownSinceNanos;
    private final PartMeters partMeters;
    private volatile @Nullable ActorRef<Joining.Command> joining;
    private volatile @Nullable StandstillWatch standstill;
    private volatile Standing standing = NOWHERE;
    private volatile String waitsFor = "";

    /** The order to found a cluster is carried out once. */
    private volatile boolean wasUp = false;

    private volatile long waitsSinceNanos = System.nanoTime();

    Control(Settings settings, DataDir dataDir, DataPlane data, Meters meters, NodePools pools) {
        this.settings = settings;
        this.alarms = meters.alarms();
        this.sightings = new Sightings(meters.alarms());
        this.dataDir = dataDir;
        this.data = data;
        this.pools = pools;
        this.ruleMeters = new RuleMeters(meters.registry(), meters.alarms());
        this.partMeters = new PartMeters(meters.registry(), meters.alarms());
        this.manageMeters = new ListenMeters(meters.registry(), "manage");
        this.clusterMeters = new ListenMeters(meters.registry(), "cluster");
        this.managing =
                new Connections(settings.http().limits(), settings.http().trustedProxies(), manageMeters);
        this.up = meters.registry().gauge(Meters.CONTROL_UP, new AtomicInteger());
    }

    /**
     * Who is let in to what the control plane listens on, and what encrypts it. Called once, before it starts.
     *
     * @param between encrypts the exchange between nodes
     */
    void opens(Authenticator who, @Nullable ServerTls management, @Nullable TlsFiles between) {
        access = who;
        tls = management;
        nodeTls = between;
    }

    @Override
    public @Nullable TlsFiles nodeTls() {
        return nodeTls;
    }

    @Override
    public Setup setup() {
        Database opened = Database.open(settings.journal(), ruleMeters);
        database = opened;
        if (opened.members() == null) {
            return new JournalSetup(opened);
        }
        StandstillWatch watch = new StandstillWatch(AkkaConfigs.takenForGoneAfter(settings));
        standstill = watch;
        return new JournalSetup(opened, () -> watch.standstill().suspect(System.nanoTime()));
    }

    @Override
    public void join(ActorSystem<?> control) {
        Joining.Plan plan = new Joining.Plan(
                settings.node().region(),
                settings.node().seeds(),
                settings.node().found() && !wasUp);
        Joining.Outcome outcome = new Joining.Outcome() {
            @Override
            public void waits(String reason) {
                waitsFor(reason);
            }

            @Override
            public void stands(Standing now) {
                standing = now;
            }

            @Override
            public void leaves(String cause) {
                control.terminate();
            }
        };
        joining = control.systemActorOf(
                Joining.create(plan, sightings, outcome, System::nanoTime, System::currentTimeMillis),
                Joining.NAME,
                Props.empty());
    }

    private void waitsFor(String reason) {
        waitsFor = reason;
        if (reason.isEmpty()) {
            waitsSinceNanos = System.nanoTime();
            alarms.clear(Alarms.Kind.PART_AWAY, CLUSTER);
        } else if (System.nanoTime() - waitsSinceNanos > WAITS_SILENTLY.toNanos()) {
            alarms.raise(Alarms.Kind.PART_AWAY, CLUSTER, "in no cluster: " + reason);
        }
    }

    @Override
    public Config guarded(Config config) {
        ClusterPort opened = ClusterPort.open(config, settings, clusterMeters);
        pools.all.turns("windrose-cluster-port", opened::stillNanos);
        port = opened;
        return opened.config();
    }

    @Override
    public PoolSetup waiting() {
        return new PoolSetup(pools.database);
    }

    @Override
    public void start(ActorSystem<?> control) {
        Database opened = opened();
        system = control;
        Parts running = new Parts(partMeters, System::nanoTime);
        parts = running;
        running.watch(control);
        RulePlane plane = RulePlane.start(
                control,
                settings.node().region(),
                new HashSet<>(settings.node().regions()),
                settings.rule(),
                opened,
                settings.health().check(),
                new RuleActor.Clock() {
                    @Override
                    public long epochMs() {
                        return data.clock().epochMs();
                    }

                    @Override
                    public @Nullable String off() {
                        return data.clock().off();
                    }

                    @Override
                    public long offAtMostMs() {
                        return settings.node().clockAlarmBeyond().toMillis();
                    }
                },
                definitions -> data.keeper().tell(new TableKeeper.DefinitionsHeard(definitions)),
                () -> data.keeper().tell(TableKeeper.StillCurrent.INSTANCE),
                running,
                ruleMeters);
        rules = plane;
        String journal = entered(control, opened);
        ActorRef<Replicator.Command> replicator = NodeEntries.ofCluster(control);
        control.systemActorOf(
                running.lasting(
                        "health-exchange",
                        part -> HealthExchange.create(
                                settings.health(), settings.node().region(), data.healthWatch(), replicator, part)),
                "health-exchange",
                Props.empty());
        control.systemActorOf(
                running.lasting(
                        "usage-board",
                        part -> UsageBoard.create(
                                data.director(), settings.table().shareCountersEvery(), replicator, part)),
                "usage-board",
                Props.empty());
        control.systemActorOf(
                running.lasting(
                        "latency-board",
                        part -> LatencyBoard.create(data.latency(), settings.latency(), replicator, part)),
                "latency-board",
                Props.empty());
        control.systemActorOf(
                running.lasting(
                        "demand-board", part -> DemandBoard.create(data.director(), data.keeper(), replicator, part)),
                "demand-board",
                Props.empty());
        ActorRef<FailoverRecorder.Command> recorder = control.systemActorOf(
                running.lasting(
                        "failover-recorder",
                        FailoverRecorder.create(
                                plane.gateway(),
                                settings.node().region(),
                                new HashSet<>(settings.node().regions()),
                                System::nanoTime)),
                "failover-recorder",
                Props.empty());
        data.failoversTo(turns -> recorder.tell(new FailoverRecorder.Pending(turns)));
        control.systemActorOf(
                running.lasting(
                        "evacuations",
                        Evacuations.create(
                                plane.gateway(),
                                settings.node().region(),
                                new HashSet<>(settings.node().regions()),
                                data.director(),
                                data.planner(settings),
                                data.clock()::epochMs)),
                "evacuations",
                Props.empty());
        Set<RegionId> others = new HashSet<>(settings.node().regions());
        others.remove(settings.node().region());
        metrics = MetricsArchive.start(control, settings.node().region(), others, opened.dataSource(), running);
        Voices voices = new Voices(System.nanoTime());
        ActorRef<Eviction.Command> eviction = control.systemActorOf(
                running.lasting(
                        "eviction",
                        Eviction.create(
                                settings.node().region(),
                                new HashSet<>(settings.node().regions()),
                                settings.node().evictAfter(),
                                voices,
                                System::nanoTime)),
                "eviction",
                Props.empty());
        control.systemActorOf(
                running.lasting(
                        "clock-exchange",
                        ClockExchange.create(
                                settings.node().region().value(),
                                data::wallMs,
                                data.clock(),
                                System::nanoTime,
                                ruleMeters.alarms())),
                "clock-exchange",
                Props.empty());
        membership = (region, author, reason) -> AskPattern.ask(
                eviction,
                (ActorRef<Membership.Evicted> replyTo) -> new Eviction.Evict(region, author, reason, replyTo),
                EVICT_AT_MOST,
                control.scheduler());
        cluster = new ClusterControl(control, voices, System::nanoTime);
        history = new JournalHistory(
                control,
                opened,
                RuleActor.TYPE,
                settings.node().region().value(),
                data.clock()::epochMs,
                pools.questions);
        JournalProbe trying = new JournalProbe(
                new JournalTrial(opened.dataSource(), settings.rule().editTimeout()), pools.control, alarms);
        probe = trying;
        control.scheduler()
                .scheduleWithFixedDelay(Duration.ZERO, JournalProbe.EVERY, trying::look, control.executionContext());
        MemberTable members = opened.members();
        StandstillWatch watch = standstill;
        if (members != null && watch != null) {
            control.systemActorOf(
                    running.lasting(
                            "presence",
                            part -> Presence.create(
                                    members,
                                    watch.standstill(),
                                    () -> standing,
                                    sightings,
                                    pools.control,
                                    System::nanoTime)),
                    "presence",
                    Props.empty());
        }
        joining().tell(new Joining.Able(journal));
        ManageServer.start(
                        control,
                        settings.manage(),
                        tls,
                        access,
                        data.audit(),
                        managing,
                        pools.connections,
                        manageMeters)
                .whenComplete((bound, failure) -> {
                    management = bound;
                    if (failure != null) {
                        LOG.warn("cluster management could not be started, cause [{}]", Causes.oneLine(failure));
                    }
                });
    }

    /** Enters the region's database as a member, where it has such; returns what names that database. */
    private static String entered(ActorSystem<?> control, Database opened) {
        Cluster member = Cluster.get(control);
        Facts facts = new Facts(opened.dataSource());
        MemberTable members = opened.members();
        try {
            if (members == null) {
                return "embedded " + facts.incarnation() + " at "
                        + member.selfMember().address().hostPort();
            }
            members.named(Presence.named(member.selfMember()));
            return "shared " + facts.store();
        } catch (SQLException e) {
            throw new IllegalStateException("journal cannot be read or written", e);
        }
    }

    @Override
    public void up(ActorSystem<?> control) {
        wasUp = true;
        up.set(1);
    }

    @Override
    public void gone() {
        up.set(0);
        system = null;
        management = null;
        Parts ended = parts;
        parts = null;
        if (ended != null) {
            ended.end();
        }
        data.failoversTo(turns -> {});
        rules = null;
        JournalProbe trying = probe;
        if (trying != null) {
            trying.end();
        }
        metrics = null;
        membership = null;
        history = null;
        cluster = null;
        probe = null;
        joining = null;
        standing = NOWHERE;
        StandstillWatch watch = standstill;
        standstill = null;
        if (watch != null) {
            watch.close();
        }
        ClusterPort guarded = port;
        port = null;
        if (guarded != null) {
            guarded.close();
        }
        Database open = database;
        database = null;
        if (open != null) {
            open.close();
        }
    }

    private ActorRef<Joining.Command> joining() {
        ActorRef<Joining.Command> running = joining;
        if (running == null) {
            throw new IllegalStateException("joining: ended (expected: running)");
        }
        return running;
    }

    private Database opened() {
        Database open = database;
        if (open == null) {
            throw new IllegalStateException("journal: closed (expected: open)");
        }
        return open;
    }

    /** Where edits go, or null while there is no control plane that is Up. */
    @Nullable
    RuleGateway gateway() {
        RulePlane plane = rules;
        return plane == null || up.get() == 0 || writesAreLost() ? null : plane.gateway();
    }

    /** Records that a key was used, so its secret has arrived. */
    void used(ApiKey key) {
        RuleGateway gateway = gateway();
        if (gateway != null) {
            gateway.submit(
                            DefinitionKey.key(key.name()),
                            new RuleGateway.Edit(
                                    Change.Kind.CHANGED,
                                    Map.of(Fields.USED_HASH, key.mark()),
                                    null,
                                    "windrose@" + settings.node().region(),
                                    "its secret was used"))
                    .whenComplete((outcome, failure) -> {
                        if (failure != null) {
                            LOG.debug("the use of key [{}] is not recorded yet", key.name(), failure);
                        }
                    });
        }
    }

    /** The journal's database, or null while there is none that is known to have its tables. */
    @Nullable
    DataSource database() {
        Database open = database;
        return open == null || rules == null ? null : open.dataSource();
    }

    /** Where recorded metrics are kept, or null while there is no control plane. */
    @Nullable
    MetricsArchive metrics() {
        return metrics;
    }

    /** What may be done with regions, or null while there is no control plane. */
    @Nullable
    Membership membership() {
        return membership;
    }

    /** What happened to definitions, or null while there is no control plane. */
    @Nullable
    JournalHistory history() {
        return history;
    }

    /** The cluster of nodes, or null while there is no control plane. */
    @Nullable
    ClusterControl cluster() {
        return cluster;
    }

    /** The answers of cluster management are the last ones of their connections. */
    void notReady() {
        Listener listening = management;
        if (listening != null) {
            listening.lastAnswers();
        }
    }

    CompletionStage<Done> drain(Duration atMost) {
        Listener listening = management;
        return listening == null ? CompletableFuture.completedFuture(Done.getInstance()) : listening.drain(atMost);
    }

    /** Ends the control plane when its embedded journal is no longer the one in the data directory. */
    void look() {
        ActorSystem<?> running = system;
        if (running != null && dataDir.lost() && settings.journal().embedded()) {
            system = null;
            LOG.error("the control plane ends: its journal is no longer in the data directory");
            running.terminate();
        }
    }

    /** An embedded journal whose files were removed takes what it is given, and nobody will ever read it. */
    private boolean writesAreLost() {
        return dataDir.problem() != null && settings.journal().embedded();
    }

    /** Whether this node takes part in the cluster and takes edits. Never waits: looks in the background. */
    Readiness readiness() {
        RulePlane plane = rules;
        JournalProbe trying = probe;
        Parts running = parts;
        if (plane == null || trying == null || running == null) {
            String why = dataDir.problem();
            return new Readiness(List.of(Readiness.Check.missing(
                    "member", why == null ? "the control plane is not running; decisions go on" : why)));
        }
        Map<String, String> away = new TreeMap<>(running.missing());
        away.putAll(data.parts().missing());
        List<String> missing = new ArrayList<>();
        away.forEach((part, why) -> missing.add(part + " " + why));
        return new Readiness(List.of(
                check("member", up.get() == 1 ? null : notUp()),
                check("files", dataDir.problem()),
                check("definitions", plane.knowledge().missing()),
                check("table", stale()),
                check("journal", trying.problem()),
                check("parts", missing.isEmpty() ? null : String.join(", ", missing))));
    }

    private String notUp() {
        return "this node is not an Up member of the cluster yet" + (waitsFor.isEmpty() ? "" : ": " + waitsFor);
    }

    private static Readiness.Check check(String name, @Nullable String missing) {
        return missing == null ? Readiness.Check.fine(name) : Readiness.Check.missing(name, missing);
    }

    private @Nullable String stale() {
        if (!data.director().ready()) {
            return "there is no table yet";
        }
        long ageMs = data.director().dataAgeMs();
        return ageMs <= STALE.toMillis()
                ? null
                : "rules were last known to be current " + ageMs + " ms ago (expected: " + STALE.toMillis()
                        + " ms at most)";
    }

    /**
     * How long an edit waits for a region that is not known here: longer while this node has just started, as regions that
     * start together do.
     */
    Duration onItsWay() {
        Long since = knownSinceNanos;
        RulePlane plane = rules;
        if (plane == null || plane.knowledge().missing() != null) {
            knownSinceNanos = null;
            return Duration.ZERO;
        }
        long now = System.nanoTime();
        if (since == null) {
            knownSinceNanos = now;
            return SETTLING_WAIT;
        }
        return now - since < SETTLING.toNanos() ? SETTLING_WAIT : USUAL_WAIT;
    }
}
