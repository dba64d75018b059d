package dev.windrose.front.api;

import akka.http.javadsl.model.HttpResponse;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.windrose.front.web.Call;
import dev.windrose.front.web.HttpSettings;
import dev.windrose.front.web.Json;
import dev.windrose.front.web.Problem;
import dev.windrose.front.web.Reply;
import dev.windrose.front.web.Resource;
import dev.windrose.front.web.Router;
import dev.windrose.live.health.HealthMatrix;
import dev.windrose.live.health.HealthWatch;
import dev.windrose.live.table.Director;
import dev.windrose.model.Permission;
import dev.windrose.model.RegionId;
import dev.windrose.model.RuleId;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * {@code GET /api/v1/health/matrix}: all observations of health. One row for each check, with the result of every
 * observing node; {@code rule_id} and {@code region_id} select one rule or region.
 */
public final class HealthMatrixResource implements Resource {

    private static final long RETRY_SECONDS = 1;

    private final RegionId self;
    private final Director director;
    private final Function<HealthWatch.Look, CompletionStage<HealthWatch.Looked>> matrix;
    private final HttpSettings settings;

    public HealthMatrixResource(
            RegionId self,
            Director director,
            Function<HealthWatch.Look, CompletionStage<HealthWatch.Looked>> matrix,
            HttpSettings settings) {
        this.self = self;
        this.director = director;
        this.matrix = matrix;
        this.settings = settings;
    }

    @Override
    public void addTo(Router router) {
        router.add("GET", "/api/v1/health/matrix", Permission.READ, this::show);
    }

    private CompletionStage<HttpResponse> show(Call call) {
        call.onlyQueries("rule_id", "region_id", "limit", "offset");
        String rule = call.queryName("rule_id");
        String region = call.queryRegion("region_id");
        if (rule != null && !director.catalog().rules().containsKey(new RuleId(rule))) {
            throw Problem.unknown("rule_id", rule);
        }
        HealthWatch.Look look = new HealthWatch.Look(
                rule == null ? null : new RuleId(rule),
                region == null ? null : new RegionId(region),
                (int) call.query("offset", 0, Integer.MAX_VALUE, 0),
                (int) call.query("limit", 1, settings.pageSize(), settings.pageSize()),
                new CompletableFuture<>());
        return matrix.apply(look)
                .exceptionally(failure -> {
                    throw Problem.unavailable("health is busy; retry", RETRY_SECONDS);
                })
                .thenApply(looked -> Reply.json(shown(looked)));
    }

    private ObjectNode shown(HealthWatch.Looked looked) {
        ObjectNode json = Json.object();
        json.put("seen_from", self.value());
        ArrayNode rows = json.putArray("checks");
        for (HealthMatrix.Row row : looked.matrix().rows()) {
            ObjectNode shown = rows.addObject();
            shown.put("region_id", row.region().value());
            shown.put("endpoint", row.endpoint().toString());
            shown.put("type", row.type().wireName());
            shown.put("verdict", row.status().wireName());
            shown.put("moves", row.reach().name().toLowerCase(Locale.ROOT));
            Json.number(shown, "allowed_latency_ms", row.allowed().totalMs());
            shown.put("allowed_because", row.allowed().because());
            ArrayNode observers = shown.putArray("observers");
            row.sights().forEach(sight -> observers.add(shown(sight)));
        }
        json.put("total_checks", looked.total());
        return json;
    }

    private static ObjectNode shown(HealthMatrix.Sight sight) {
        ObjectNode json = Json.object();
        json.put("node", sight.node());
        json.put("region", sight.region());
        json.put("own", sight.own());
        json.put("live", sight.live());
        json.put("status", sight.status().wireName());
        Json.number(json, "latency_ms", sight.latencyMs());
        Json.number(json, "success_rate", sight.successRate());
        json.put("heard_ago_ms", sight.heardAgoMs());
        json.put("since", sight.sinceEpochMs() == 0 ? null : Json.time(sight.sinceEpochMs()));
        json.put("cause", sight.cause());
        return json;
    }
}
