package dev.windrose.front.api;

import akka.http.javadsl.model.HttpResponse;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.windrose.front.web.Body;
import dev.windrose.front.web.Call;
import dev.windrose.front.web.Gate;
import dev.windrose.front.web.Json;
import dev.windrose.front.web.Problem;
import dev.windrose.front.web.Reply;
import dev.windrose.front.web.Resource;
import dev.windrose.front.web.Router;
import dev.windrose.front.web.Scope;
import dev.windrose.live.metric.MetricSample;
import dev.windrose.live.metric.MetricsArchive;
import dev.windrose.live.table.Director;
import dev.windrose.model.Identifier;
import dev.windrose.model.Permission;
import dev.windrose.model.Rule;
import dev.windrose.model.RuleId;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** {@code /api/v1/metrics}: measurements of load balancers, recorded here and read from all regions. */
public final class MetricsResource implements Resource {

    private static final Set<String> KNOWN = Set.of(
            "balancer_id",
            "timestamp",
            "total_requests",
            "requests_per_region",
            "average_response_time",
            "error_rate",
            "throughput");

    private static final long REQUESTS_AT_MOST = 1_000_000_000_000_000L;
    private static final double TIME_AT_MOST_MS = 3_600_000;
    private static final double THROUGHPUT_AT_MOST = 1e12;
    private static final int BALANCER_AT_MOST = 63;
    private static final int DAYS_AT_MOST = 400;
    private static final int HOURS_AT_MOST = DAYS_AT_MOST * 24;
    private static final Duration AHEAD_AT_MOST = Duration.ofMinutes(5);
    private static final long RETRY_SECONDS = 2;

    private final Director director;
    private final Supplier<@Nullable MetricsArchive> metrics;
    private final Gate gate;

    public MetricsResource(Director director, Supplier<@Nullable MetricsArchive> metrics, Gate gate) {
        this.director = director;
        this.metrics = metrics;
        this.gate = gate;
    }

    @Override
    public void addTo(Router router) {
        router.add("POST", "/api/v1/metrics/record", Permission.REPORT, Scope.EACH, this::record)
                .add("GET", "/api/v1/metrics/*", Permission.READ, Scope.RULE, this::read);
    }

    private MetricsArchive archive() {
        MetricsArchive archive = metrics.get();
        if (archive == null) {
            throw Problem.unavailable(
                    "the control plane of this node is not running, so metrics cannot be stored; retry", RETRY_SECONDS);
        }
        return archive;
    }

    private CompletionStage<HttpResponse> record(Call call) {
        Body body = call.body(KNOWN);
        String balancer = body.text("balancer_id", BALANCER_AT_MOST);
        if (balancer.isBlank()) {
            throw Problem.invalid("balancer_id: blank (expected: the name of a rule or of a balancer)");
        }
        Instant now = Instant.now();
        Instant at = body.time("timestamp");
        if (at != null && at.isBefore(now.minus(Duration.ofDays(DAYS_AT_MOST)))) {
            throw Problem.invalid(
                    "timestamp: " + at + " is more than " + DAYS_AT_MOST + " days ago (expected: at most that)");
        }
        if (at != null && at.isAfter(now.plus(AHEAD_AT_MOST))) {
            throw Problem.invalid("timestamp: " + at + " is ahead of this node's clock, " + now + " (expected: at most "
                    + AHEAD_AT_MOST.toMinutes() + " minutes)");
        }
        Map<String, Long> perRegion = new HashMap<>();
        if (body.has("requests_per_region")) {
            body.numbers("requests_per_region", Rule.MAX_TARGETS, 0, (double) REQUESTS_AT_MOST)
                    .forEach((region, count) -> perRegion.put(region, count.longValue()));
        }
        MetricSample sample = new MetricSample(
                MetricsArchive.newId(now.toEpochMilli()),
                balancer,
                (at == null ? now : at).toEpochMilli(),
                body.whole("total_requests", 0, REQUESTS_AT_MOST),
                perRegion,
                body.number("average_response_time", 0, TIME_AT_MOST_MS),
                body.number("error_rate", 0, 1),
                body.number("throughput", 0, THROUGHPUT_AT_MOST));
        mayRecord(call, balancer);
        return archive().record(sample).handle((done, failure) -> {
            if (failure != null) {
                throw Problem.unavailable("the journal of this region does not answer; retry", RETRY_SECONDS);
            }
            ObjectNode json = Json.object();
            json.put("metrics_id", sample.id()).put("status", "recorded");
            json.put("timestamp", Json.time(sample.epochMs()));
            return Reply.json(json);
        });
    }

    /** What is no rule belongs to nobody in particular, so only who may report on everything may record for it. */
    private void mayRecord(Call call, String balancer) {
        boolean everywhere = call.principal().mayEverywhere(Permission.REPORT);
        if (!everywhere && !isRule(balancer)) {
            throw Problem.unknown("rule_id", balancer);
        }
        if (!everywhere && !gate.reads(call.principal(), Permission.REPORT, new RuleId(balancer))) {
            throw Gate.forbidden(call.principal(), Permission.REPORT);
        }
    }

    private boolean isRule(String balancer) {
        return Identifier.FORM.matcher(balancer).matches()
                && director.catalog().rules().containsKey(new RuleId(balancer));
    }

    private CompletionStage<HttpResponse> read(Call call) {
        call.onlyQueries("hours");
        String balancer = call.decoded(0);
        long hours = call.query("hours", 1, HOURS_AT_MOST, 24);
        boolean rule = isRule(balancer);
        if (!rule && !call.principal().mayEverywhere(Permission.READ)) {
            throw Problem.unknown("rule_id", balancer);
        }
        long since = System.currentTimeMillis() - Duration.ofHours(hours).toMillis();
        return archive().read(balancer, since).handle((found, failure) -> {
            if (found == null) {
                throw Problem.unavailable("the journal of this region does not answer; retry", RETRY_SECONDS);
            }
            List<MetricSample> samples = found.samples();
            if (!rule && samples.isEmpty()) {
                throw Problem.of(
                        Problem.Kind.UNKNOWN,
                        "rule_id: '" + Json.shortened(balancer)
                                + "' is not a rule, and nothing was recorded for it in the"
                                + " last " + hours + " hours (expected: the name of a rule, or a balancer_id that was"
                                + " recorded)");
            }
            ObjectNode json = Json.object();
            json.put("rule_id", balancer);
            json.put("period_hours", hours);
            ArrayNode metrics = json.putArray("metrics");
            samples.forEach(sample -> metrics.add(MetricBodies.shown(sample)));
            ObjectNode statistics = json.putObject("statistics");
            statistics.put("average_response_time_ms", mean(samples, MetricSample::averageResponseTimeMs));
            statistics.put("average_error_rate", mean(samples, MetricSample::errorRate));
            statistics.put("average_throughput", mean(samples, MetricSample::throughput));
            statistics.put(
                    "total_requests",
                    samples.stream().mapToLong(MetricSample::totalRequests).sum());
            statistics.put("total_samples", samples.size());
            ArrayNode silent = json.putArray("silent_regions");
            found.silent().forEach(silent::add);
            json.put("generated_at", Instant.now().toString());
            return Reply.json(json);
        });
    }

    private static double mean(List<MetricSample> samples, ToDoubleFunction<MetricSample> value) {
        return samples.stream().mapToDouble(value).average().orElse(0);
    }
}
