package dev.windrose.front.api;

import akka.http.javadsl.model.HttpResponse;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.windrose.decide.health.HealthPicture;
import dev.windrose.decide.health.HealthReport;
import dev.windrose.front.web.Body;
import dev.windrose.front.web.Call;
import dev.windrose.front.web.Gate;
import dev.windrose.front.web.Json;
import dev.windrose.front.web.Problem;
import dev.windrose.front.web.Reply;
import dev.windrose.front.web.Resource;
import dev.windrose.front.web.Router;
import dev.windrose.front.web.Scope;
import dev.windrose.live.supervision.Readiness;
import dev.windrose.live.table.Director;
import dev.windrose.model.HealthStatus;
import dev.windrose.model.Permission;
import dev.windrose.model.RegionId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** {@code /api/v1/health} and {@code /health}: the health of regions, and external reports. */
public final class HealthResource implements Resource {

    private static final Set<String> KNOWN =
            Set.of("region_id", "status", "response_time_ms", "success_rate", "active_connections", "last_check");

    private static final double RESPONSE_TIME_AT_MOST_MS = 3_600_000;
    private static final long CONNECTIONS_AT_MOST = 1_000_000_000_000L;

    /** An older report is refused; clocks of reporters may be ahead by as much. */
    private static final Duration NEWS = Duration.ofSeconds(90);

    /** Older ones are stored with this age: ages are counted in nanoseconds. */
    private static final long AGE_AT_MOST_MS = Duration.ofDays(36_500).toMillis();

    private final Director director;
    private final Supplier<HealthPicture> picture;
    private final Supplier<Readiness> readiness;
    private final Consumer<HealthReport> reports;
    private final EditResponses edits;

    public HealthResource(
            Director director,
            Supplier<HealthPicture> picture,
            Supplier<Readiness> readiness,
            Consumer<HealthReport> reports,
            EditResponses edits) {
        this.director = director;
        this.picture = picture;
        this.readiness = readiness;
        this.reports = reports;
        this.edits = edits;
    }

    @Override
    public void addTo(Router router) {
        router.add("GET", "/health", Permission.READ, this::service)
                .add("GET", "/health/live", Permission.PUBLIC, this::live)
                .add("GET", "/health/ready", Permission.PUBLIC, this::ready)
                .add("GET", "/health/ready/control", Permission.PUBLIC, this::control)
                .add("GET", "/api/v1/health", Permission.READ, this::regions)
                .add("POST", "/api/v1/health/register", Permission.REPORT, Scope.EACH, this::register);
    }

    private CompletionStage<HttpResponse> service(Call call) {
        HealthPicture picture = this.picture.get();
        ObjectNode json = Json.object();
        json.put("status", director.ready() ? "healthy" : "starting");
        json.put("total_rules", director.catalog().rules().size());
        json.put("active_rules", director.catalog().activeRules());
        json.put("monitored_regions", picture.regions().size());
        json.put("healthy_regions", HealthBodies.count(picture, HealthStatus.HEALTHY));
        return Reply.now(Reply.json(json));
    }

    private CompletionStage<HttpResponse> live(Call call) {
        return Reply.now(Reply.json(Json.object().put("status", "live")));
    }

    private CompletionStage<HttpResponse> ready(Call call) {
        boolean ready = director.ready();
        Readiness.Check table = ready
                ? Readiness.Check.fine("table")
                : Readiness.Check.missing(
                        "table", "no routing table yet: no snapshot, and definitions are still being received");
        return Reply.now(readiness(new Readiness(List.of(table))));
    }

    private CompletionStage<HttpResponse> control(Call call) {
        return Reply.now(readiness(readiness.get()));
    }

    private static HttpResponse readiness(Readiness readiness) {
        ArrayNode checks = Json.object().putArray("checks");
        readiness
                .checks()
                .forEach(check -> checks.addObject()
                        .put("name", check.name())
                        .put("ok", check.ok())
                        .put("detail", check.detail()));
        if (!readiness.ready()) {
            return Problem.notReady(readiness.missing(), checks).response();
        }
        ObjectNode json = Json.object().put("status", "ready");
        json.set("checks", checks);
        return Reply.json(json);
    }

    private CompletionStage<HttpResponse> regions(Call call) {
        call.onlyQueries();
        HealthPicture picture = this.picture.get();
        ObjectNode json = Json.object();
        ObjectNode regions = json.putObject("region_health");
        picture.regions().keySet().forEach(region -> regions.set(region.value(), HealthBodies.shown(picture, region)));
        json.put("total_regions", picture.regions().size());
        json.put("healthy_regions", HealthBodies.count(picture, HealthStatus.HEALTHY));
        json.put("unhealthy_regions", HealthBodies.count(picture, HealthStatus.UNHEALTHY));
        json.put("degraded_regions", HealthBodies.count(picture, HealthStatus.DEGRADED));
        return Reply.now(Reply.json(json));
    }

    private CompletionStage<HttpResponse> register(Call call) {
        Body body = call.body(KNOWN);
        RegionId region = new RegionId(body.region("region_id"));
        HealthStatus status = status(body.text("status", 16));
        double responseTimeMs = body.number("response_time_ms", 0, RESPONSE_TIME_AT_MOST_MS);
        double successRate = body.number("success_rate", 0, 1);
        long connections = body.whole("active_connections", 0, CONNECTIONS_AT_MOST);
        Instant now = Instant.now();
        Instant at = body.time("last_check");
        boolean ahead = at != null && at.isAfter(now.plus(NEWS));
        if (ahead && body.isZoned("last_check")) {
            throw Problem.invalid("last_check: " + at + " is ahead of this node's clock, " + now
                    + " (expected: at most " + NEWS.toSeconds() + " s)");
        }
        // A timestamp without a zone that is in the future comes from another zone: its time is unknown.
        boolean stale = ahead || (at != null && at.isBefore(now.minus(NEWS)));
        Instant seen = at == null || ahead ? now : at;
        long ageMs = stale
                ? Math.max(NEWS.toMillis() + 1, Duration.between(seen, now).toMillis())
                : 0;
        if (!edits.known(region.value()) && !this.picture.get().regions().containsKey(region)) {
            edits.knownRegions("region_id", Set.of(region.value()));
        }
        if (!call.principal().may(Permission.REPORT, Map.of(), Set.of(region), true)) {
            throw Gate.forbidden(call.principal(), Permission.REPORT);
        }
        reports.accept(new HealthReport(
                region, status, responseTimeMs, successRate, connections, Math.min(ageMs, AGE_AT_MOST_MS)));
        ObjectNode json = Json.object();
        json.put("region_id", region.value());
        json.put("status", status.wireName());
        json.put("registered_at", now.toString());
        json.put("stale", stale);
        return Reply.now(Reply.json(json));
    }

    static HealthStatus status(String text) {
        HealthStatus status = HealthStatus.named(text);
        if (status != HealthStatus.HEALTHY && status != HealthStatus.DEGRADED && status != HealthStatus.UNHEALTHY) {
            throw Problem.invalid("status: '" + Json.shortened(text) + "' (expected: healthy, degraded or unhealthy)");
        }
        return status;
    }
}
