package dev.windrose.boot;

import akka.Done;
import akka.actor.BootstrapSetup;
import akka.actor.setup.ActorSystemSetup;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Props;
import akka.actor.typed.SpawnProtocol;
import akka.dispatch.ExecutionContexts;
import dev.windrose.boot.settings.AccessSection;
import dev.windrose.boot.settings.GeoSection;
import dev.windrose.boot.settings.HealthSection;
import dev.windrose.boot.settings.HttpSection;
import dev.windrose.boot.settings.LatencySection;
import dev.windrose.boot.settings.NodeSettings;
import dev.windrose.boot.settings.Settings;
import dev.windrose.boot.settings.TableSection;
import dev.windrose.boot.settings.WrongSetting;
import dev.windrose.decide.health.Outliers;
import dev.windrose.front.http.ApiServer;
import dev.windrose.front.http.AuditResource;
import dev.windrose.front.http.BatchResource;
import dev.windrose.front.http.BeaconResource;
import dev.windrose.front.http.ClusterResource;
import dev.windrose.front.http.ConflictResource;
import dev.windrose.front.http.DashboardResource;
import dev.windrose.front.http.DocumentResource;
import dev.windrose.front.http.Edits;
import dev.windrose.front.http.EvacuationResource;
import dev.windrose.front.http.EvictionResource;
import dev.windrose.front.http.FailbackResource;
import dev.windrose.front.http.FastRoute;
import dev.windrose.front.http.Gate;
import dev.windrose.front.http.GeographicRuleResource;
import dev.windrose.front.http.GeographyResource;
import dev.windrose.front.http.HealthEvents;
import dev.windrose.front.http.HealthMatrixResource;
import dev.windrose.front.http.HealthResource;
import dev.windrose.front.http.HistoryResource;
import dev.windrose.front.http.HttpSettings;
import dev.windrose.front.http.JournalResource;
import dev.windrose.front.http.KeyResource;
import dev.windrose.front.http.LatencyResource;
import dev.windrose.front.http.MetricsResource;
import dev.windrose.front.http.Moment;
import dev.windrose.front.http.OptimizeResource;
import dev.windrose.front.http.OutcomeResource;
import dev.windrose.front.http.OverrideResource;
import dev.windrose.front.http.Past;
import dev.windrose.front.http.Pipeline;
import dev.windrose.front.http.PlanResource;
import dev.windrose.front.http.RegionResource;
import dev.windrose.front.http.Resource;
import dev.windrose.front.http.RouteResource;
import dev.windrose.front.http.RuleResource;
import dev.windrose.front.http.ScrapeResource;
import dev.windrose.front.http.SimulateResource;
import dev.windrose.front.http.Throughput;
import dev.windrose.front.http.TimeResource;
import dev.windrose.front.http.Whereabouts;
import dev.windrose.live.access.Authenticator;
import dev.windrose.live.audit.AuditLog;
import dev.windrose.live.audit.WaitingEvents;
import dev.windrose.live.failover.EvacuationPlanner;
import dev.windrose.live.geo.LatencyPlane;
import dev.windrose.live.geo.NetworksFile;
import dev.windrose.live.geo.PlacesDatabase;
import dev.windrose.live.health.HealthPicture;
import dev.windrose.live.health.HealthWatch;
import dev.windrose.live.health.Probe;
import dev.windrose.live.health.Stalls;
import dev.windrose.live.health.SteadyRunner;
import dev.windrose.live.member.NodeClock;
import dev.windrose.live.metric.MetricsArchive;
import dev.windrose.live.part.Parts;
import dev.windrose.live.pool.PoolSetup;
import dev.windrose.live.pool.Pools;
import dev.windrose.live.reach.Outbound;
import dev.windrose.live.reach.Wires;
import dev.windrose.live.table.Catalog;
import dev.windrose.live.table.Director;
import dev.windrose.live.table.TableKeeper;
import dev.windrose.live.table.TablePlane;
import dev.windrose.live.tls.Authorities;
import dev.windrose.live.tls.ServerTls;
import dev.windrose.model.HealthCheck;
import dev.windrose.model.RegionId;
import dev.windrose.model.RuleId;
import dev.windrose.watch.AuditMeters;
import dev.windrose.watch.GeoMeters;
import dev.windrose.watch.HealthMeters;
import dev.windrose.watch.HttpMeters;
import dev.windrose.watch.LatencyMeters;
import dev.windrose.watch.Meters;
import dev.windrose.watch.PartMeters;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What answers decisions: starts from files alone, needs no other node and no database, and ends only with the process. */
final class DataPlane {

    static final String NAME = "windrose-data";

    private static final Duration BIND_AT_MOST = Duration.ofSeconds(20);
    private static final Duration AUDIT_EVERY = Duration.ofMillis(200);
    private static final String AUDIT_WAITING = "audit.waiting";
    private static final Duration LOOK_EVERY = Duration.ofSeconds(10);
    private static final Duration LOOK_AT_MOST = Duration.ofSeconds(3);

    /** For drills: the region whose clock is off, a colon, and by how much in ms. No setting, for nobody else wants that. */
    private static final String CLOCK_OFFSET = System.getProperty("windrose.drill.clock-offset", "");

    private final DataDir dataDir;
    private final long clockOffsetMs;
    private final NodeClock clock;
    private final ActorSystem<SpawnProtocol.Command> system;
    private final NodePools pools;
    private final Wires wires;
    private final ActorRef<HealthWatch.Command> healthWatch;
    private final NetworksFile networks;
    private final LatencyPlane latency;
    private final PlacesDatabase database;
    private final TablePlane table;
    private final Parts parts;

    private volatile @Nullable ApiServer api = null;
    private volatile @Nullable AuditLog audit = null;
    private volatile HealthPicture picture = HealthPicture.EMPTY;
    private volatile @Nullable ActorRef<TableKeeper.Command> tableKeeper = null;
    private volatile @Nullable Director director = null;
    private volatile Consumer<List<HealthPicture.Turn>> failovers = turns -> {};

    static DataPlane start(Settings settings, DataDir dataDir, NodePools pools, Meters meters) {
        return new DataPlane(settings, dataDir, pools, meters);
    }

    private DataPlane(Settings settings, DataDir dataDir, NodePools pools, Meters meters) {
        this.dataDir = dataDir;
        this.pools = pools;
        String region = settings.node().region() + ":";
        this.clockOffsetMs =
                CLOCK_OFFSET.startsWith(region) ? Long.parseLong(CLOCK_OFFSET.substring(region.length())) : 0;
        this.clock = new NodeClock(
                this::wallMs,
                System::nanoTime,
                settings.node().clockAlarmBeyond(),
                settings.node().clockRefuseBeyond());
        meters.registry().gauge(Meters.CLOCK_AHEAD, clock, NodeClock::aheadMs);
        system = ActorSystem.create(
                SpawnProtocol.create(),
                NAME,
                ActorSystemSetup.create(BootstrapSetup.create(AkkaConfigs.data(settings)), new PoolSetup(pools.files)));
        system.scheduler()
                .scheduleWithFixedDelay(Pools.LOOK_EVERY, Pools.LOOK_EVERY, pools.all::look, system.executionContext());
        wires = new Wires(
                "windrose-checks",
                pools.handshakes,
                new Outbound(settings.of(AccessSection.REACH).destinations(), pools.names, settings.of(AccessSection.REACH).lookUpEvery()));
        pools.all.turns(wires.name(), wires::stillNanos);
        Authorities authorities =
                new Authorities(settings.of(HealthSection.HEALTH).caFile(), settings.of(HealthSection.HEALTH).caDirectory());
        lookEvery(LOOK_EVERY, authorities::look);
        Probe probe = new Probe(system, wires, authorities, pools.handshakes);
        HealthMeters healthMeters = new HealthMeters(meters.registry());
        Stalls stalls = new Stalls(System::nanoTime);
        system.classicSystem()
                .scheduler()
                .scheduleWithFixedDelay(Stalls.BEAT, Stalls.BEAT, stalls::beat, system.executionContext());
        parts = new Parts(new PartMeters(meters.registry(), meters.alarms()), System::nanoTime);
        parts.watch(system);
        healthWatch = system.systemActorOf(
                parts.resuming(
                        "health-watch",
                        HealthWatch.create(
                                settings.node().region(),
                                settings.of(HealthSection.HEALTH),
                                new SteadyRunner(probe::run, stalls, healthMeters),
                                this::outcomes,
                                healthMeters,
                                clock::epochMs,
                                this::believe)),
                "health-watch",
                Props.empty());
        GeoMeters geoMeters = new GeoMeters(meters.registry());
        networks = new NetworksFile(settings.of(GeoSection.GEO).networksFile(), geoMeters);
        database = new PlacesDatabase(settings.of(GeoSection.GEO).databaseFile(), dataDir.path(), geoMeters);
        lookEvery(settings.of(GeoSection.GEO).reloadEvery(), networks::look);
        lookEvery(settings.of(GeoSection.GEO).reloadEvery(), database::look);
        latency = LatencyPlane.start(
                system,
                settings.node().region(),
                settings.of(LatencySection.LATENCY),
                dataDir.path(),
                () -> look(new HealthWatch.Look(null, null, 0, Integer.MAX_VALUE, new CompletableFuture<>())),
                parts,
                new LatencyMeters(meters.registry()));
        table = TablePlane.start(
                system,
                settings.node().region(),
                settings.of(TableSection.TABLE),
                dataDir.path(),
                settings.of(HealthSection.HEALTH).check(),
                latency.latencies(),
                () -> picture.reports(),
                this::watch,
                parts,
                meters.registry());
        tableKeeper = table.keeper();
        director = table.director();
        healthWatch.tell(new HealthWatch.Remembered(table.remembered()));
    }

    /** The machine's clock. */
    long wallMs() {
        return System.currentTimeMillis() + clockOffsetMs;
    }

    /** What time it is by most nodes. */
    NodeClock clock() {
        return clock;
    }

    /** Has a file looked at now and again. */
    private void lookEvery(Duration time, Runnable look) {
        system.classicSystem()
                .scheduler()
                .scheduleWithFixedDelay(Duration.ZERO, time, look, ExecutionContexts.fromExecutor(pools.files));
    }

    /** Health starts before the table that counts what clients report. */
    private Map<RuleId, Map<RegionId, Outliers.Outcomes>> outcomes() {
        Director counting = director;
        return counting == null ? Map.of() : counting.outcomes();
    }

    private CompletionStage<HealthWatch.Looked> look(HealthWatch.Look look) {
        healthWatch.tell(look);
        return look.seen().orTimeout(LOOK_AT_MOST.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Health and the latency map follow the definitions. */
    private void watch(Catalog catalog) {
        latency.registered(catalog.regions().values());
        healthWatch.tell(new HealthWatch.Watch(
                catalog.rules().values(), catalog.regions().values()));
    }

    /** The table follows health. */
    private void believe(HealthPicture seen) {
        boolean differs = !seen.decidesAs(picture);
        picture = seen;
        ActorRef<TableKeeper.Command> keeper = tableKeeper;
        failovers.accept(seen.turns());
        if (differs && keeper != null) {
            keeper.tell(new TableKeeper.HealthSeen(seen));
        }
    }

    /** What the emptying of a region would do. */
    EvacuationPlanner planner(Settings settings) {
        return new EvacuationPlanner(settings.node().region(), director(), this::picture);
    }

    /** What a majority sees and the journal does not say goes there from now on. */
    void failoversTo(Consumer<List<HealthPicture.Turn>> recorder) {
        failovers = recorder;
    }

    ActorSystem<SpawnProtocol.Command> system() {
        return system;
    }

    Director director() {
        return table.director();
    }

    ActorRef<TableKeeper.Command> keeper() {
        return table.keeper();
    }

    ActorRef<HealthWatch.Command> healthWatch() {
        return healthWatch;
    }

    HealthPicture picture() {
        return picture;
    }

    /**
     * Opens the routing API. Waits until its port is bound.
     *
     * @throws WrongSetting when the port is in use
     */
    void listen(
            Settings settings,
            @Nullable ServerTls tls,
            Authenticator access,
            Control control,
            Meters meters,
            String version) {
        AuditLog log = audit(settings, control, meters);
        audit = log;
        HttpSettings http = settings.of(HttpSection.HTTP);
        RegionId self = settings.node().region();
        HealthCheck defaults = settings.of(HealthSection.HEALTH).check();
        boolean secondApprover = settings.of(HealthSection.HEALTH).secondApprover();
        Director director = director();
        Set<RegionId> regions = Set.copyOf(settings.node().regions());
        Supplier<HealthPicture> health = this::picture;
        Supplier<@Nullable MetricsArchive> archive = control::metrics;
        HttpMeters httpMeters = new HttpMeters(meters.registry());
        Gate gate = new Gate(director::catalog);
        Moment moment = new Moment();
        Whereabouts whereabouts = new Whereabouts(
                networks::networks,
                database::networks, () -> director.table().places(), http.trustedProxies(), self);
        Edits edits = new Edits(system, regions, director, defaults, control::gateway, gate);
        Past past = new Past(director, defaults, control::history);
        RuleResource rules = new RuleResource(director, defaults, health, archive, http, edits);
        ClusterResource cluster = new ClusterResource(self, regions, control::cluster, control::readiness, clock, meters.alarms());
        EvacuationPlanner planner = planner(settings);
        List<Resource> resources = List.of(
                rules,
                new GeographicRuleResource(director, http, edits, rules),
                new GeographyResource(director, http),
                new OptimizeResource(director, clock, edits),
                new RegionResource(director, http, edits, rules),
                new EvacuationResource(director, clock, planner, secondApprover, edits),
                new EvictionResource(regions, control::membership),
                new HealthResource(director, health, control::readiness, report -> healthWatch.tell(new HealthWatch.Reported(report)), edits),
                new HealthMatrixResource(
                        self, director, this::look, http),
                new OverrideResource(director, clock, secondApprover, edits),
                new KeyResource(director, clock, http, edits),
                new FailbackResource(director, clock, edits),
                new RouteResource(director, whereabouts, httpMeters, moment),
                new BatchResource(director, gate, whereabouts, http.batch(), httpMeters, moment),
                new OutcomeResource(director, gate, whereabouts, http.batch()),
                new LatencyResource(latency, () -> director.table().places(), http),
                new BeaconResource(self, regions, director, latency, whereabouts),
                new MetricsResource(director, archive, gate),
                new DashboardResource(
                        version,
                        self,
                        regions,
                        director,
                        health,
                        archive,
                        Throughput.start(system, director),
                        HealthEvents.start(system, health)),
                new HistoryResource(past, gate),
                new TimeResource(director, past, edits),
                new SimulateResource(
                        self, director, defaults, health, clock, past, edits, whereabouts, http.batch()),
                new PlanResource(self, regions, director, defaults, clock, http, edits, past),
                new JournalResource(self, director),
                new ConflictResource(director, http, edits),
                cluster,
                new AuditResource(log, http),
                new DocumentResource(version),
                new ScrapeResource(meters::scrape));
        Pipeline pipeline = new Pipeline(
                access,
                gate,
                log,
                new FastRoute(director, whereabouts, moment),
                director::caughtUp,
                control::onItsWay,
                cluster::drained);
        try {
            api = ApiServer.start(
                            system, http, tls, pipeline, resources, pools.connections, httpMeters)
                    .toCompletableFuture()
                    .get(BIND_AT_MOST.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new WrongSetting("windrose.http.port: " + http.port() + " (expected: a free port, "
                    + Causes.oneLine(e) + ")");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while starting", e);
        }
    }

    private AuditLog audit(Settings settings, Control control, Meters meters) {
        NodeSettings node = settings.node();
        AuditLog log = new AuditLog(
                node.region() + "/" + node.host() + ":" + node.port(),
                settings.of(AccessSection.AUDIT),
                new WaitingEvents(dataDir.path().resolve(AUDIT_WAITING)),
                control::database,
                pools.audit,
                pools.questions,
                System::currentTimeMillis,
                new AuditMeters(meters.registry()));
        system.scheduler().scheduleWithFixedDelay(AUDIT_EVERY, AUDIT_EVERY, log::flush, system.executionContext());
        return log;
    }

    /** What the control plane tells of those who come to it; there once this listens. */
    AuditLog audit() {
        AuditLog log = audit;
        if (log == null) {
            throw new IllegalStateException("audit: none (expected: after listen)");
        }
        return log;
    }

    /**
     * Has the audit write what it was told: into the database, or else into its file.
     *
     * @param say is told where what was not written is
     */
    CompletionStage<Done> closeAudit(Duration atMost, Consumer<String> say) {
        AuditLog log = audit;
        return log == null
                ? CompletableFuture.completedFuture(Done.getInstance())
                : log.close(atMost).thenApply(left -> {
                    if (left.inFile() + left.lost() > 0) {
                        say.accept("stop: audit: entries left in ["
                                + dataDir.path().resolve(AUDIT_WAITING) + "] [" + left.inFile()
                                + "], which the next start writes; in no file [" + left.lost() + "]");
                    }
                    return Done.getInstance();
                });
    }

    /** The port of the routing API. */
    int port() {
        ApiServer open = api;
        return open == null ? 0 : open.port();
    }

    void notReady() {
        ApiServer open = api;
        if (open != null) {
            open.notReady();
        }
    }

    LatencyPlane latency() {
        return latency;
    }

    /** The long-lived actors of this plane. */
    Parts parts() {
        return parts;
    }

    CompletionStage<Done> snapshot() {
        return table.save().thenCombine(latency.save(), (table, map) -> table);
    }

    CompletionStage<Done> terminate() {
        wires.close();
        system.terminate();
        return system.getWhenTerminated();
    }

    CompletionStage<Done> drain(Duration atMost) {
        ApiServer open = api;
        return open == null ? CompletableFuture.completedFuture(Done.getInstance()) : open.drain(atMost);
    }
}
