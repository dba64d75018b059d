package dev.windrose.front.http;

import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpResponse;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.windrose.decide.route.CompiledRule;
import dev.windrose.decide.rule.RuleState;
import dev.windrose.decide.rule.Stamp;
import dev.windrose.live.health.HealthPicture;
import dev.windrose.live.table.Catalog;
import dev.windrose.live.table.RuleCounts;
import dev.windrose.model.DefinitionKey;
import dev.windrose.model.HealthStatus;
import dev.windrose.model.Permission;
import dev.windrose.model.RuleId;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;

/** {@code /} and {@code /api/v1/dashboard}: the service at a glance, for programs and for people. */
final class DashboardResource {

    private static final String PAGE = "windrose/console/index.html";
    private static final int RECENT = 20;

    private final ApiParts parts;
    private final Throughput throughput;
    private final byte[] page = page();

    DashboardResource(ApiParts parts, Throughput throughput) {
        this.parts = parts;
        this.throughput = throughput;
    }

    void addTo(Router router) {
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
        json.put("status", parts.director().ready() ? "running" : "starting");
        json.put("timestamp", Instant.now().toString());
        json.put("version", parts.version());
        json.put("region", parts.self().value());
        return Reply.now(Reply.json(json));
    }

    private CompletionStage<HttpResponse> dashboard(Call call) {
        call.onlyQueries();
        Catalog catalog = parts.director().catalog();
        HealthPicture picture = parts.health().get();
        ObjectNode json = Json.object();
        ObjectNode dashboard = json.putObject("dashboard");
        overview(dashboard.putObject("overview"), catalog);
        ObjectNode health = dashboard.putObject("region_health");
        health.put("total_regions", picture.regions().size());
        health.put("healthy", HealthResource.count(picture, HealthStatus.HEALTHY));
        health.put("unhealthy", HealthResource.count(picture, HealthStatus.UNHEALTHY));
        health.put("degraded", HealthResource.count(picture, HealthStatus.DEGRADED));
        performance(dashboard.putObject("performance"), catalog);
        activity(dashboard.putArray("recent_activity"), catalog);
        json.put("region", parts.self().value());
        json.put("data_age_ms", parts.director().dataAgeMs());
        json.put("generated_at", Instant.now().toString());
        return Reply.now(Reply.json(json));
    }

    private static void overview(ObjectNode json, Catalog catalog) {
        json.put("total_rules", catalog.rules().size());
        json.put("active_rules", RuleResource.active(catalog));
        json.put("geographic_rules", catalog.geographicRules().size());
        Map<String, Integer> algorithms = new TreeMap<>();
        catalog.rules()
                .values()
                .forEach(rule -> algorithms.merge(rule.algorithm().wireName(), 1, Integer::sum));
        ObjectNode distribution = json.putObject("algorithm_distribution");
        algorithms.forEach(distribution::put);
    }

    private void performance(ObjectNode json, Catalog catalog) {
        for (RuleId id : catalog.rules().keySet()) {
            RuleCounts counts = parts.director().counts(id);
            ObjectNode rule = json.putObject(id.value());
            rule.put("total_requests", counts.total());
            HealthResource.number(rule, "average_response_time", latency(id));
            rule.put("error_rate", counts.total() == 0 ? 0 : (double) counts.failed() / counts.total());
            rule.put("throughput", throughput.perSecond(id));
        }
    }

    /** Mean of what clients reported for the rule's targets, in ms; NaN when none did lately. */
    private double latency(RuleId id) {
        CompiledRule rule = parts.director().table().rule(id.value());
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

    private record Recent(DefinitionKey key, RuleState state, Stamp at) {}

    private static void activity(ArrayNode json, Catalog catalog) {
        // Whose keys there are is for those to see who hand them out.
        catalog.states().entrySet().stream()
                .filter(entry -> entry.getKey().kind() != DefinitionKey.Kind.KEY)
                .map(entry -> {
                    Stamp at = entry.getValue().heard();
                    return new Recent(entry.getKey(), entry.getValue(), at == null ? new Stamp(0, "") : at);
                })
                .sorted(Comparator.comparing(Recent::at).reversed())
                .limit(RECENT)
                .forEach(recent -> json.addObject()
                        .put("type", recent.key().kind().prefix())
                        .put("id", recent.key().name())
                        .put("action", action(recent))
                        .put("region", recent.at().region())
                        .put("timestamp", Json.time(recent.at().epochMs())));
    }

    private static String action(Recent recent) {
        if (!recent.state().exists()) {
            return "removed";
        }
        return recent.at().equals(recent.state().created()) ? "created" : "changed";
    }
}
