package dev.windrose.front.api;

import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpResponse;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.windrose.decide.definition.Catalog;
import dev.windrose.decide.definition.DefinitionState;
import dev.windrose.decide.definition.Fields;
import dev.windrose.decide.definition.Stamp;
import dev.windrose.decide.health.HealthPicture;
import dev.windrose.decide.route.CompiledRule;
import dev.windrose.front.web.Call;
import dev.windrose.front.web.Json;
import dev.windrose.front.web.Reply;
import dev.windrose.front.web.Resource;
import dev.windrose.front.web.Router;
import dev.windrose.live.metric.MetricSample;
import dev.windrose.live.metric.MetricsArchive;
import dev.windrose.live.table.Director;
import dev.windrose.live.table.RuleCounts;
import dev.windrose.model.DefinitionKey;
import dev.windrose.model.FailoverMark;
import dev.windrose.model.HealthStatus;
import dev.windrose.model.Permission;
import dev.windrose.model.RegionId;
import dev.windrose.model.Rule;
import dev.windrose.model.RuleId;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** {@code /} and {@code /api/v1/dashboard}: an overview of the service, for programs and for people. */
public final class DashboardResource implements Resource {

    private static final String PAGE = "windrose/console/index.html";
    private static final int RECENT = 20;

    /** Older records say nothing about current performance. */
    private static final Duration RECORDED_WITHIN = Duration.ofHours(24);

    private static final long PATIENCE_MS = 1_000;

    private final String version;
    private final RegionId self;
    private final Set<RegionId> regions;
    private final Director director;
    private final Supplier<HealthPicture> picture;
    private final Supplier<@Nullable MetricsArchive> metrics;
    private final Throughput throughput;
    private final HealthEvents health;
    private final byte[] page = page();

    public DashboardResource(
            String version,
            RegionId self,
            Set<RegionId> regions,
            Director director,
            Supplier<HealthPicture> picture,
            Supplier<@Nullable MetricsArchive> metrics,
            Throughput throughput,
            HealthEvents health) {
        this.version = version;
        this.self = self;
        this.regions = regions;
        this.director = director;
        this.picture = picture;
        this.metrics = metrics;
        this.health = health;
        this.throughput = throughput;
    }

    @Override
    public void addTo(Router router) {
        router.add("GET", "/", Permission.PUBLIC, this::root)
                .add("GET", "/api/v1/dashboard", Permission.READ, this::dashboard);
    }

    private static byte[] page() {
        try (InputStream in = DashboardResource.class.getClassLoader().getResourceAsStream(PAGE)) {
            if (in == null) {
                throw new IllegalStateException(PAGE + ": missing (expected: on the class path)");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private CompletionStage<HttpResponse> root(Call call) {
        if (call.accepts("text/html")) {
            return Reply.now(HttpResponse.create().withEntity(HttpEntities.create(ContentTypes.TEXT_HTML_UTF8, page)));
        }
        ObjectNode json = Json.object();
        json.put("service", "windrose");
        json.put("status", director.ready() ? "running" : "starting");
        json.put("timestamp", Instant.now().toString());
        json.put("version", version);
        json.put("region", self.value());
        return Reply.now(Reply.json(json));
    }

    private CompletionStage<HttpResponse> dashboard(Call call) {
        call.onlyQueries();
        MetricsArchive archive = metrics.get();
        if (archive == null) {
            return Reply.now(dashboard(Map.of()));
        }
        return archive.newestOfEach(System.currentTimeMillis() - RECORDED_WITHIN.toMillis())
                .toCompletableFuture()
                .copy()
                .orTimeout(PATIENCE_MS, TimeUnit.MILLISECONDS)
                .handle((recorded, failure) -> dashboard(recorded == null ? Map.of() : recorded));
    }

    private HttpResponse dashboard(Map<String, MetricSample> recorded) {
        Catalog catalog = director.catalog();
        HealthPicture picture = this.picture.get();
        ObjectNode json = Json.object();
        ObjectNode dashboard = json.putObject("dashboard");
        overview(dashboard.putObject("overview"), catalog);
        ObjectNode regions = dashboard.putObject("region_health");
        regions.put("total_regions", picture.regions().size());
        regions.put("healthy", HealthBodies.count(picture, HealthStatus.HEALTHY));
        regions.put("unhealthy", HealthBodies.count(picture, HealthStatus.UNHEALTHY));
        regions.put("degraded", HealthBodies.count(picture, HealthStatus.DEGRADED));
        performance(dashboard.putObject("performance"), catalog, recorded);
        health.look(picture, System.currentTimeMillis());
        activity(dashboard.putArray("recent_activity"), catalog);
        json.put("region", self.value());
        json.put("data_age_ms", director.dataAgeMs());
        json.put("generated_at", Instant.now().toString());
        return Reply.json(json);
    }

    private static void overview(ObjectNode json, Catalog catalog) {
        json.put("total_rules", catalog.rules().size());
        json.put("active_rules", catalog.activeRules());
        json.put("geographic_rules", catalog.geographicRules().size());
        Map<String, Integer> algorithms = new TreeMap<>();
        catalog.rules()
                .values()
                .forEach(rule -> algorithms.merge(rule.algorithm().wireName(), 1, Integer::sum));
        ObjectNode distribution = json.putObject("algorithm_distribution");
        algorithms.forEach(distribution::put);
    }

    /** Recent client records, the newest of each; for rules without any, this node's own counts. */
    private void performance(ObjectNode json, Catalog catalog, Map<String, MetricSample> recorded) {
        recorded.forEach((balancer, sample) -> json.putObject(balancer)
                .put("total_requests", sample.totalRequests())
                .put("average_response_time", sample.averageResponseTimeMs())
                .put("error_rate", sample.errorRate())
                .put("throughput", sample.throughput())
                .put("source", "recorded"));
        for (RuleId id : catalog.rules().keySet()) {
            if (recorded.containsKey(id.value())) {
                continue;
            }
            RuleCounts counts = director.tallies().counts(id);
            ObjectNode rule = json.putObject(id.value());
            rule.put("total_requests", counts.total());
            Json.number(rule, "average_response_time", latency(id));
            rule.put("error_rate", counts.total() == 0 ? 0 : (double) counts.failed() / counts.total());
            rule.put("throughput", throughput.perSecond(id));
            rule.put("source", "counted");
        }
    }

    /** Mean latency reported by clients for the rule's targets, in ms; NaN when there is none. */
    private double latency(RuleId id) {
        CompiledRule rule = director.table().rule(id.value());
        double sum = 0;
        int known = 0;
        for (int i = 0; rule != null && i < rule.rule().targets().size(); i++) {
            double ms = rule.load(i).latencyMs();
            if (!Double.isNaN(ms)) {
                sum += ms;
                known++;
            }
        }
        return known == 0 ? Double.NaN : sum / known;
    }

    /** One event, not sorted yet. */
    private record Recent(long epochMs, ObjectNode shown) {}

    private void activity(ArrayNode json, Catalog catalog) {
        List<Recent> recent = new ArrayList<>();
        catalog.states().forEach((key, state) -> {
            // Keys are visible only to those who manage them.
            if (key.kind() != DefinitionKey.Kind.KEY) {
                recent.add(edit(key, state));
            }
        });
        catalog.rules().values().forEach(rule -> {
            rule.failover().marks().forEach((target, mark) -> recent.add(failover(rule, target, mark, null)));
            rule.failover()
                    .views()
                    .forEach((target, views) ->
                            views.forEach((observer, mark) -> recent.add(failover(rule, target, mark, observer))));
        });
        health.newestFirst().forEach(event -> {
            String region = event.region().value();
            ObjectNode shown = entry("health", "region_id", region, region);
            shown.put("action", event.status().wireName());
            recent.add(new Recent(event.epochMs(), shown.put("region", self.value())));
        });
        recent.stream()
                .sorted(Comparator.comparingLong(Recent::epochMs).reversed())
                .limit(RECENT)
                .forEach(each -> json.add(each.shown().put("timestamp", Json.time(each.epochMs()))));
    }

    private static ObjectNode entry(String type, String field, String id, String name) {
        return Json.object().put("type", type).put("id", id).put(field, id).put("name", name);
    }

    /** @param observer the region whose clients alone are concerned; null for all */
    private Recent failover(Rule rule, RegionId target, FailoverMark mark, @Nullable RegionId observer) {
        ObjectNode shown = entry("failover", "rule_id", rule.id().value(), rule.name());
        shown.put("region_id", target.value());
        shown.put("action", mark.out() ? "failed_over" : "failed_back");
        shown.put("by", mark.by());
        if (observer != null) {
            shown.put("region", observer.value());
        } else if (regions.stream().anyMatch(region -> region.value().equals(mark.by()))) {
            shown.put("region", mark.by());
        }
        return new Recent(mark.atEpochMs(), shown);
    }

    private static Recent edit(DefinitionKey key, DefinitionState state) {
        Stamp heard = state.heard();
        Stamp at = heard == null ? new Stamp(0, "") : heard;
        String name = state.text(Fields.NAME);
        ObjectNode shown = entry(
                key.kind().prefix(),
                key.kind() == DefinitionKey.Kind.REGION ? "region_id" : "rule_id",
                key.name(),
                name == null || name.isEmpty() ? key.name() : name);
        shown.put("action", !state.exists() ? "removed" : at.equals(state.created()) ? "created" : "changed");
        return new Recent(at.epochMs(), shown.put("region", at.region()));
    }
}
