package dev.windrose.boot;

import akka.Done;
import akka.actor.setup.Setup;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.AskPattern;
import akka.cluster.ddata.typed.javadsl.Replicator;
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
import dev.windrose.live.listen.Connections;
import dev.windrose.live.listen.Listener;
import dev.windrose.live.member.ClusterControl;
import dev.windrose.live.member.Eviction;
import dev.windrose.live.member.Membership;
import dev.windrose.live.member.Voices;
import dev.windrose.live.metric.MetricsArchive;
import dev.windrose.live.part.Parts;
import dev.windrose.live.part.Readiness;
import dev.windrose.live.rule.RuleActor;
import dev.windrose.live.rule.RuleGateway;
import dev.windrose.live.rule.RulePlane;
import dev.windrose.live.table.DemandBoard;
import dev.windrose.live.table.TableKeeper;
import dev.windrose.live.table.UsageBoard;
import dev.windrose.live.tls.ServerTls;
import dev.windrose.live.tls.TlsFiles;
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
import java.util.concurrent.Executor;
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

    private final Settings settings;
    private final DataDir dataDir;
    private final DataPlane data;
    private final Executor waiting;
    private final RuleMeters ruleMeters;
    private final AtomicInteger up;
    private final ListenMeters manageMeters;
    private final Connections managing;

    private volatile Authenticator access = (token, certificate) -> Principal.MISSING;
    private volatile @Nullable ServerTls tls;
    private volatile @Nullable TlsFiles nodeTls;
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
    private final Alarms alarms;

    /** @param waiting runs what waits for databases */
    Control(Settings settings, DataDir dataDir, DataPlane data, Meters meters, Executor waiting) {
        this.settings = settings;
        this.dataDir = dataDir;
        this.data = data;
        this.waiting = waiting;
        this.ruleMeters = new RuleMeters(meters.registry(), meters.alarms());
        this.alarms = meters.alarms();
        this.partMeters = new PartMeters(meters.registry(), meters.alarms());
        this.manageMeters = new ListenMeters(meters.registry(), "manage");
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
        return new JournalSetup(opened);
    }

    @Override
    public void start(ActorSystem<?> control) {
        Database opened = opened();
        system = control;
        Parts running = new Parts(partMeters, System::nanoTime);
        parts = running;
        running.watch(control);
        opened.whenEnded(() -> {
            LOG.error("the embedded journal has closed itself, its disk may be full: the control plane starts anew");
            control.terminate();
        });
        RulePlane plane = RulePlane.start(
                control,
                settings.node().region(),
                new HashSet<>(settings.node().regions()),
                settings.rule(),
                opened,
                settings.health().check(),
                definitions -> data.keeper().tell(new TableKeeper.DefinitionsHeard(definitions)),
                () -> data.keeper().tell(TableKeeper.StillCurrent.INSTANCE),
                running,
                ruleMeters);
        rules = plane;
        try {
            if (new Facts(opened.dataSource()).founded()) {
                dataDir.markFounded();
            }
        } catch (SQLException e) {
            throw new IllegalStateException("journal cannot be read", e);
        }
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
                                System::currentTimeMillis)),
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
        membership = (region, author, reason) -> AskPattern.ask(
                eviction,
                (ActorRef<Membership.Evicted> replyTo) -> new Eviction.Evict(region, author, reason, replyTo),
                EVICT_AT_MOST,
                control.scheduler());
        cluster = new ClusterControl(control, voices, System::nanoTime);
        history = new JournalHistory(
                control, opened, RuleActor.TYPE, settings.node().region().value(), waiting);
        JournalProbe trying = new JournalProbe(
                new JournalTrial(opened.dataSource(), settings.rule().editTimeout()), waiting, alarms);
        probe = trying;
        control.scheduler()
                .scheduleWithFixedDelay(Duration.ZERO, JournalProbe.EVERY, trying::look, control.executionContext());
        ManageServer.start(control, settings.manage(), tls, access, data.audit(), managing, manageMeters)
                .whenComplete((bound, failure) -> {
                    management = bound;
                    if (failure != null) {
                        LOG.warn("management is not there, cause [{}]", Causes.oneLine(failure));
                    }
                });
    }

    @Override
    public boolean founded() {
        return dataDir.founded();
    }

    @Override
    public void up(ActorSystem<?> control) {
        dataDir.markFounded();
        try {
            new Facts(opened().dataSource()).markFounded();
        } catch (SQLException e) {
            LOG.warn("journal does not know yet that its region is in a cluster, cause [{}]", e.getMessage());
        }
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
        Database open = database;
        database = null;
        if (open != null) {
            open.close();
        }
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
                check("member", up.get() == 1 ? null : "this node is not an Up member of the cluster yet"),
                check("files", dataDir.problem()),
                check("definitions", plane.knowledge().missing()),
                check("table", stale()),
                check("journal", trying.problem()),
                check("parts", missing.isEmpty() ? null : String.join(", ", missing))));
    }

    private static Readiness.Check check(String name, @Nullable String missing) {
        return missing == null ? Readiness.Check.fine(name) : Readiness.Check.missing(name, missing);
    }

    private @Nullable String stale() {
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
