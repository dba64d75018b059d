package dev.windrose.boot;

import akka.actor.setup.Setup;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.AskPattern;
import dev.windrose.decide.rule.Change;
import dev.windrose.decide.rule.Fields;
import dev.windrose.front.manage.ManageServer;
import dev.windrose.live.access.Authenticator;
import dev.windrose.live.failover.Evacuations;
import dev.windrose.live.failover.FailoverRecorder;
import dev.windrose.live.geo.LatencyBoard;
import dev.windrose.live.health.HealthExchange;
import dev.windrose.live.journal.Database;
import dev.windrose.live.journal.Facts;
import dev.windrose.live.journal.JournalHistory;
import dev.windrose.live.journal.JournalSetup;
import dev.windrose.live.listen.Connections;
import dev.windrose.live.member.ClockExchange;
import dev.windrose.live.member.ClusterControl;
import dev.windrose.live.member.Eviction;
import dev.windrose.live.member.Membership;
import dev.windrose.live.member.Voices;
import dev.windrose.live.metric.MetricsArchive;
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
import dev.windrose.watch.ListenMeters;
import dev.windrose.watch.Meters;
import dev.windrose.watch.RuleMeters;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What runs in the control plane, and what the data plane may use of it while it is there. */
final class Control implements ControlSystem.Parts {

    private static final Logger LOG = LoggerFactory.getLogger(Control.class);

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

    /** @param waiting runs what waits for databases */
    Control(Settings settings, DataDir dataDir, DataPlane data, Meters meters, Executor waiting) {
        this.settings = settings;
        this.dataDir = dataDir;
        this.data = data;
        this.waiting = waiting;
        this.ruleMeters = new RuleMeters(meters.registry(), meters.alarms());
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
                new RuleActor.Clock() {
                    @Override
                    public long epochMs() {
                        return data.clock().epochMs();
                    }

                    @Override
                    public @Nullable String off() {
                        return data.clock().off();
                    }
                },
                definitions -> data.keeper().tell(new TableKeeper.DefinitionsHeard(definitions)),
                () -> data.keeper().tell(TableKeeper.StillCurrent.INSTANCE),
                ruleMeters);
        rules = plane;
        try {
            if (new Facts(opened.dataSource()).founded()) {
                dataDir.markFounded();
            }
        } catch (SQLException e) {
            throw new IllegalStateException("journal cannot be read", e);
        }
        control.systemActorOf(
                HealthExchange.create(settings.health(), settings.node().region(), data.healthWatch()),
                "health-exchange",
                Props.empty());
        control.systemActorOf(
                UsageBoard.create(data.director(), settings.table().shareCountersEvery()),
                "usage-board",
                Props.empty());
        control.systemActorOf(LatencyBoard.create(data.latency(), settings.latency()), "latency-board", Props.empty());
        control.systemActorOf(DemandBoard.create(data.director(), data.keeper()), "demand-board", Props.empty());
        ActorRef<FailoverRecorder.Command> recorder = control.systemActorOf(
                FailoverRecorder.create(
                        plane.gateway(),
                        settings.node().region(),
                        new HashSet<>(settings.node().regions()),
                        System::nanoTime),
                "failover-recorder",
                Props.empty());
        data.failoversTo(turns -> recorder.tell(new FailoverRecorder.Pending(turns)));
        control.systemActorOf(
                Evacuations.create(
                        plane.gateway(),
                        settings.node().region(),
                        new HashSet<>(settings.node().regions()),
                        data.director(),
                        data.planner(settings),
                        data.clock()::epochMs),
                "evacuations",
                Props.empty());
        Set<RegionId> others = new HashSet<>(settings.node().regions());
        others.remove(settings.node().region());
        metrics = MetricsArchive.start(control, settings.node().region(), others, opened.dataSource());
        Voices voices = new Voices(System.nanoTime());
        ActorRef<Eviction.Command> eviction = control.systemActorOf(
                Eviction.create(
                        settings.node().region(),
                        new HashSet<>(settings.node().regions()),
                        settings.node().evictAfter(),
                        voices,
                        System::nanoTime),
                "eviction",
                Props.empty());
        control.systemActorOf(
                ClockExchange.create(
                        settings.node().region().value(),
                        data::wallMs,
                        data.clock(),
                        System::nanoTime,
                        ruleMeters.alarms()),
                "clock-exchange",
                Props.empty());
        membership = (region, author, reason) -> AskPattern.ask(
                eviction,
                (ActorRef<Membership.Evicted> replyTo) -> new Eviction.Evict(region, author, reason, replyTo),
                EVICT_AT_MOST,
                control.scheduler());
        cluster = new ClusterControl(control, voices, System::nanoTime);
        history = new JournalHistory(
                control, opened, RuleActor.TYPE, settings.node().region().value(), data.clock()::epochMs, waiting);
        probe = new JournalProbe(opened, waiting);
        ManageServer.start(control, settings.manage(), tls, access, data.audit(), managing, manageMeters)
                .whenComplete((bound, failure) -> {
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
        data.failoversTo(turns -> {});
        rules = null;
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
        return plane == null || up.get() == 0 ? null : plane.gateway();
    }

    /** Records that somebody has the secret of a key. */
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

    /** Whether this node is an Up member and its journal answers. Never waits: looks again in the background. */
    boolean ready() {
        JournalProbe looking = probe;
        return looking != null && up.get() == 1 && looking.answers();
    }
}
