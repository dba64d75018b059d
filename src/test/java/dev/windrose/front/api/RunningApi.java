package dev.windrose.front.api;

import akka.actor.BootstrapSetup;
import akka.actor.setup.ActorSystemSetup;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.windrose.decide.definition.DefinitionState;
import dev.windrose.decide.geo.Networks;
import dev.windrose.decide.geo.Prefix;
import dev.windrose.decide.health.HealthPicture;
import dev.windrose.decide.health.HealthReport;
import dev.windrose.front.web.ApiServer;
import dev.windrose.front.web.Gate;
import dev.windrose.front.web.HttpSettings;
import dev.windrose.front.web.Pipeline;
import dev.windrose.front.web.Resource;
import dev.windrose.front.web.Timestamps;
import dev.windrose.live.access.Authenticator;
import dev.windrose.live.audit.AuditLog;
import dev.windrose.live.audit.AuditSettings;
import dev.windrose.live.audit.WaitingEvents;
import dev.windrose.live.edit.Editor;
import dev.windrose.live.edit.EvacuationEditor;
import dev.windrose.live.edit.GatewayInMemory;
import dev.windrose.live.edit.Optimizer;
import dev.windrose.live.failover.EvacuationPlanner;
import dev.windrose.live.geo.ClientLocator;
import dev.windrose.live.geo.LatencyPlane;
import dev.windrose.live.geo.LatencySettings;
import dev.windrose.live.health.HealthMatrix;
import dev.windrose.live.health.HealthWatch;
import dev.windrose.live.health.Pictures;
import dev.windrose.live.journal.Journals;
import dev.windrose.live.listen.HttpLimits;
import dev.windrose.live.member.Membership;
import dev.windrose.live.member.NodeClock;
import dev.windrose.live.metric.MetricsArchive;
import dev.windrose.live.pool.PoolSetup;
import dev.windrose.live.pool.Pools;
import dev.windrose.live.supervision.Readiness;
import dev.windrose.live.supervision.Watching;
import dev.windrose.live.table.Director;
import dev.windrose.live.table.TableInMemory;
import dev.windrose.live.tls.ServerTls;
import dev.windrose.model.DefinitionKey;
import dev.windrose.model.HealthCheck;
import dev.windrose.model.RegionId;
import dev.windrose.watch.Alarms;
import dev.windrose.watch.AuditMeters;
import dev.windrose.watch.HttpMeters;
import dev.windrose.watch.LatencyMeters;
import dev.windrose.watch.PoolMeters;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The real server on a free port, with rules and health kept in memory, and a client that speaks to it. */
final class RunningApi implements AutoCloseable {

    static final HealthCheck DEFAULTS = new HealthCheck(
            new HealthCheck.Question(HealthCheck.Type.HTTP, "/health", 0, "", 200, 399, null, 14),
            Duration.ofSeconds(30),
            Duration.ofSeconds(2),
            new HealthCheck.Turns(2, 2, 3, Duration.ofSeconds(20)),
            new HealthCheck.Levels(500, 2000, 0.95, 0.5));

    static final HttpLimits LIMITS = new HttpLimits(
            8192,
            1000,
            50_000,
            Duration.ofSeconds(5),
            Duration.ofSeconds(60),
            Duration.ofSeconds(8),
            Duration.ofMinutes(1));

    static final String RULE = """
            {"rule_id": "web", "name": "Web", "algorithm": "weighted_round_robin",
             "target_regions": ["us-east-1", "eu-west-1", "ap-southeast-1"],
             "weights": {"us-east-1": 0.5, "eu-west-1": 0.3, "ap-southeast-1": 0.2},
             "health_check_path": "/health", "failover_enabled": true, "session_affinity": false}
            """;

    private static final ObjectMapper JSON = new ObjectMapper();

    /** An answer, with its body as JSON where it is JSON. */
    record Answer(int status, JsonNode body, String text, java.net.http.HttpHeaders headers) {

        String header(String name) {
            return headers.firstValue(name).orElse("");
        }

        JsonNode at(String pointer) {
            return body.at(pointer);
        }
    }

    private final ActorSystem<Void> system;
    private final LatencyPlane latency;
    private final TableInMemory table;
    private final Map<RegionId, HealthReport> reports = new ConcurrentHashMap<>();
    private final GatewayInMemory gateway = new GatewayInMemory(DEFAULTS, this::hear);
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Path directory;
    private final boolean made;
    private final ExecutorService auditing = Executors.newSingleThreadExecutor();
    private final AuditLog audit;
    private final OtherParts others;
    private final ApiServer server;
    private final int port;

    volatile boolean writable = true;
    volatile boolean otherRegionLives = true;
    volatile boolean controlReady = true;
    volatile Duration onItsWay = Duration.ZERO;

    /** Time from an edit to the table that has it, rounded up to the beat of the scheduler; none at all when zero. */
    volatile Duration hearsAfter = Duration.ofMillis(1);

    /** Who sees what, as the answer to everybody who asks. */
    volatile HealthWatch.Looked seen = new HealthWatch.Looked(new HealthMatrix(List.of()), 0);

    volatile Networks networks = Networks.NONE;

    volatile Networks places = Networks.NONE;

    private volatile HealthPicture picture = HealthPicture.EMPTY;

    static RunningApi start() {
        return start(director -> Authenticator.DEV);
    }

    /** With the files that are there. */
    static RunningApi start(Path directory) {
        return new RunningApi(directory, director -> Authenticator.DEV, LIMITS, null);
    }

    /** @param access who is let in, by what the director knows */
    static RunningApi start(Function<Director, Authenticator> access) {
        return start(access, LIMITS);
    }

    static RunningApi start(Function<Director, Authenticator> access, HttpLimits limits) {
        return new RunningApi(null, access, limits, null);
    }

    static RunningApi start(Function<Director, Authenticator> access, ServerTls tls) {
        return new RunningApi(null, access, LIMITS, tls);
    }

    /** @param files where its files are; null: in a directory that ends with it */
    private RunningApi(
            @Nullable Path files,
            Function<Director, Authenticator> access,
            HttpLimits limits,
            @Nullable ServerTls tls) {
        this.made = files == null;
        this.directory = files == null ? Directories.create() : files;
        Config config = ConfigFactory.parseResources("windrose/akka-data.conf")
                .withFallback(ConfigFactory.load())
                .resolve();
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        Alarms alarms = new Alarms(registry, System::currentTimeMillis);
        PoolSetup blocking = new PoolSetup(new Pools(new PoolMeters(registry), alarms).open("blocking", 4, 1000));
        system = ActorSystem.create(
                Behaviors.empty(), "api-test", ActorSystemSetup.create(BootstrapSetup.create(config), blocking));
        DataSource database = Journals.tables();
        RegionId self = new RegionId("us-east-1");
        try {
            latency = LatencyPlane.start(
                    system,
                    self,
                    new LatencySettings(
                            1000,
                            Duration.ofHours(1),
                            Duration.ofMillis(3),
                            1024,
                            Duration.ofMillis(100),
                            Duration.ofHours(1),
                            Duration.ofHours(1),
                            1000,
                            Duration.ofHours(1),
                            60),
                    directory,
                    () -> CompletableFuture.completedFuture(seen),
                    Watching.parts(),
                    new LatencyMeters(registry));
            table = new TableInMemory(self, DEFAULTS, latency.latencies());
            MetricsArchive metrics = MetricsArchive.start(system, self, Set.of(), database, Watching.parts());
            audit = new AuditLog(
                    "us-east-1/test",
                    new AuditSettings(Duration.ofDays(400)),
                    new WaitingEvents(directory.resolve("audit.waiting")),
                    () -> writable ? database : null,
                    auditing,
                    auditing,
                    System::currentTimeMillis,
                    new AuditMeters(registry));
            HttpSettings settings = new HttpSettings(
                    "127.0.0.1",
                    0,
                    1 << 20,
                    Duration.ofSeconds(2),
                    1000,
                    1000,
                    List.of(Prefix.parse("127.0.0.1"), Prefix.parse("10.9.0.0/16")),
                    limits);
            Director director = table.director();
            Set<RegionId> regions = Set.of(self, new RegionId("eu-west-1"));
            Supplier<HealthPicture> health = () -> picture;
            Supplier<@Nullable MetricsArchive> archive = () -> writable ? metrics : null;
            Supplier<Readiness> control = () -> new Readiness(List.of(
                    controlReady ? Readiness.Check.fine("member") : Readiness.Check.missing("member", "not a member")));
            NodeClock clock = new NodeClock(
                    System::currentTimeMillis, System::nanoTime, Duration.ofSeconds(1), Duration.ofSeconds(10));
            HttpMeters httpMeters = new HttpMeters(registry);
            Gate gate = new Gate(director::catalog);
            Timestamps moment = new Timestamps();
            ClientLocator locator = new ClientLocator(
                    () -> networks, () -> places, () -> director.table().places(), settings.trustedProxies(), self);
            Editor editor = new Editor(
                    director,
                    () -> writable ? gateway : null,
                    DEFAULTS,
                    regions,
                    audit::record,
                    System::currentTimeMillis,
                    system.executionContext());
            EditResponses edits = new EditResponses(editor, regions, director, gate);
            HistoricalDefinitions past = new HistoricalDefinitions(director, DEFAULTS, () -> null);
            RuleResource rules = new RuleResource(director, DEFAULTS, health, archive, settings, edits);
            ClusterResource cluster = new ClusterResource(self, regions, () -> null, control, clock, alarms);
            EvacuationPlanner planner = new EvacuationPlanner(self, director, health);
            List<Resource> resources = new ArrayList<>(List.of(
                    rules,
                    new GeographicRuleResource(director, settings, edits),
                    new GeographyResource(director, settings, gate),
                    new OptimizeResource(new Optimizer(editor, director, clock::epochMs), director, edits),
                    new RegionResource(director, settings, edits),
                    new EvacuationResource(
                            new EvacuationEditor(editor, planner::plan, clock::epochMs),
                            director,
                            planner,
                            false,
                            edits),
                    new EvictionResource(regions, () -> writable ? this::evict : null),
                    new HealthResource(director, health, control, this::report, edits),
                    new HealthMatrixResource(self, director, look -> CompletableFuture.completedFuture(seen), settings),
                    new OverrideResource(director, clock, false, edits),
                    new KeyResource(director, clock, settings, edits),
                    new FailbackResource(director, clock, edits),
                    new RouteResource(director, locator, httpMeters, moment),
                    new BatchResource(director, gate, locator, settings.batch(), httpMeters, moment),
                    new OutcomeResource(director, gate, locator, settings.batch()),
                    new LatencyResource(latency, () -> director.table().places(), settings),
                    new BeaconResource(self, regions, director, latency, locator),
                    new MetricsResource(director, archive, gate),
                    new DashboardResource(
                            "1.2.3",
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
                            self, director, DEFAULTS, health, clock, past, edits, locator, settings.batch()),
                    new PlanResource(self, director, DEFAULTS, clock, settings, edits, past),
                    new JournalResource(self, director),
                    new ConflictResource(director, settings, edits),
                    cluster,
                    new AuditResource(audit, settings),
                    new DocumentResource("1.2.3"),
                    new ScrapeResource(registry::scrape)));
            others = new OtherParts();
            resources.addAll(others.besides(resources));
            Pipeline pipeline = new Pipeline(
                    access.apply(director),
                    gate,
                    audit,
                    new FastRoute(director, locator, moment),
                    director::caughtUp,
                    () -> onItsWay,
                    cluster::drained);
            server = ApiServer.start(system, settings, tls, pipeline, resources, auditing, httpMeters)
                    .toCompletableFuture()
                    .get(20, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError("the API did not start", e);
        }
        port = server.port();
    }

    /** The other region lives; this one is us-east-1. */
    private CompletionStage<Membership.Evicted> evict(RegionId region, String author, String reason) {
        boolean own = region.value().equals("us-east-1");
        return CompletableFuture.completedFuture(
                otherRegionLives || own
                        ? new Membership.Evicted(own ? Membership.Result.OWN : Membership.Result.ALIVE, List.of())
                        : new Membership.Evicted(Membership.Result.DONE, List.of("127.0.0.1:25529")));
    }

    /** The tables of metrics and of the audit alone, as the real schema has them. */
    /** Where the files of the latency map are. */
    Path directory() {
        return directory;
    }

    LatencyPlane latency() {
        return latency;
    }

    AuditLog audit() {
        return audit;
    }

    TableInMemory table() {
        return table;
    }

    GatewayInMemory edits() {
        return gateway;
    }

    ApiServer server() {
        return server;
    }

    int port() {
        return port;
    }

    private void hear(Map<DefinitionKey, DefinitionState> definitions) {
        if (hearsAfter.isZero()) {
            table.hear(definitions);
            look();
            return;
        }
        system.scheduler()
                .scheduleOnce(
                        hearsAfter,
                        () -> {
                            table.hear(definitions);
                            look();
                        },
                        system.executionContext());
    }

    void report(HealthReport report) {
        reports.put(report.region(), report);
        look();
    }

    private synchronized void look() {
        picture =
                Pictures.of(table.director().catalog().rules().values(), reports.values(), System.currentTimeMillis());
        table.see(picture);
    }

    /** Everything that a refused call must leave as it was. */
    Object state() {
        return List.of(
                table.director().catalog().states(),
                Map.copyOf(reports),
                table.director().catalog().rules().keySet().stream()
                        .map(table.director().tallies()::counts)
                        .toList());
    }

    Answer get(String path, String... headers) {
        return call("GET", path, null, headers);
    }

    Answer post(String path, String body, String... headers) {
        return call("POST", path, body, headers);
    }

    Answer put(String path, String body, String... headers) {
        return call("PUT", path, body, headers);
    }

    Answer call(String method, String path, @Nullable String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(20))
                .method(
                        method,
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
        if (body != null && !String.join(",", headers).contains("Content-Type")) {
            request.header("Content-Type", "application/json");
        }
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        try {
            HttpResponse<String> response = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return new Answer(response.statusCode(), json(response.body()), response.body(), response.headers());
        } catch (IOException e) {
            throw new AssertionError(method + " " + path + " was not answered", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private static JsonNode json(String text) {
        try {
            JsonNode read = JSON.readTree(text);
            return read == null ? MissingNode.getInstance() : read;
        } catch (IOException e) {
            return MissingNode.getInstance();
        }
    }

    /** Until it holds, or does not for ten seconds. */
    void eventually(Runnable holds) {
        TestProbe.create(system).awaitAssert(Duration.ofSeconds(10), () -> {
            holds.run();
            return true;
        });
    }

    /** The region that a client of that area is sent to. */
    String routed(String area, String rule) {
        return get("/api/v1/route/" + area + "?rule_id=" + rule)
                .at("/optimal_region")
                .asText();
    }

    void register(String region, String status) {
        register(region, status, 20);
    }

    void register(String region, String status, double responseTimeMs) {
        post(
                "/api/v1/health/register",
                "{\"region_id\":\"" + region + "\",\"status\":\"" + status + "\",\"response_time_ms\":" + responseTimeMs
                        + ",\"success_rate\":0.99,\"active_connections\":5}");
    }

    @Override
    public void close() {
        others.close();
        auditing.shutdown();
        system.terminate();
        try {
            system.getWhenTerminated().toCompletableFuture().get(20, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError("the system did not end", e);
        }
        if (made) {
            Directories.remove(directory);
        }
    }
}
