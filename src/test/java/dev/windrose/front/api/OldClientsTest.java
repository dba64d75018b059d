package dev.windrose.front.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.windrose.decide.definition.Change;
import dev.windrose.decide.definition.Fields;
import dev.windrose.decide.definition.PolicyText;
import dev.windrose.decide.definition.Stamp;
import dev.windrose.front.api.RunningApi.Answer;
import dev.windrose.model.DefinitionKey;
import dev.windrose.model.FailoverMark;
import dev.windrose.model.RegionId;
import dev.windrose.model.RuleId;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the clients of the service before Windrose rely on: each call with its fields and their kinds, and what follows from it.
 * The node is in us-east-1.
 */
class OldClientsTest {

    private static final String METRICS = """
            {"balancer_id": "%s", "timestamp": "%s", "total_requests": 1200,
             "requests_per_region": {"us-east-1": 700, "eu-west-1": 500},
             "average_response_time": 85.5, "error_rate": 0.02, "throughput": 40.5}
            """;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final RunningApi api = RunningApi.start();

    @AfterEach
    void stop() {
        api.close();
    }

    private static Answer ok(Answer answer) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return answer;
    }

    /** Fields of the form {@code name:kind}, all of which are there. */
    private static void has(JsonNode json, String... fields) {
        for (String field : fields) {
            String[] parts = field.split(":", -1);
            JsonNode value = json.get(parts[0]);
            assertThat(value).as("%s of %s", parts[0], json).isNotNull();
            boolean fits = switch (parts[1]) {
                case "text" -> value.isTextual();
                case "time" ->
                    value.isTextual() && !Instant.parse(value.asText()).equals(Instant.EPOCH);
                case "number" -> value.isNumber();
                case "whole" -> value.isIntegralNumber();
                case "flag" -> value.isBoolean();
                case "list" -> value.isArray();
                case "object" -> value.isObject();
                default -> throw new AssertionError("no kind: " + field);
            };
            assertThat(fits).as("%s: %s", field, value).isTrue();
        }
    }

    private void rule() {
        ok(api.post("/api/v1/rules/create", RunningApi.RULE));
    }

    private Answer geographic(String id, String sources, String targets, int priority, double thresholdMs) {
        return api.post(
                "/api/v1/geographic-rules/create",
                "{\"rule_id\":\"" + id + "\",\"source_regions\":[" + sources + "],\"target_regions\":[" + targets
                        + "],\"priority\":" + priority + ",\"latency_threshold_ms\":" + thresholdMs + "}");
    }

    private Answer metrics(String balancer, String at) {
        return api.post("/api/v1/metrics/record", METRICS.formatted(balancer, at));
    }

    // The service as a whole.

    @Test
    void theRootSaysWhatThisIs() {
        has(ok(api.get("/")).body(), "service:text", "status:text", "timestamp:time", "version:text");
    }

    @Test
    void theHealthOfTheServiceCountsRulesAndRegions() {
        rule();
        api.register("us-east-1", "healthy");
        Answer answer = ok(api.get("/health"));
        has(
                answer.body(),
                "status:text",
                "total_rules:whole",
                "active_rules:whole",
                "monitored_regions:whole",
                "healthy_regions:whole");
        assertThat(answer.at("/status").asText()).isEqualTo("healthy");
        assertThat(answer.at("/total_rules").asInt()).isEqualTo(1);
        assertThat(answer.at("/healthy_regions").asInt()).isEqualTo(1);
    }

    // Rules.

    @Test
    void aRuleIsCreated() {
        Answer answer = ok(api.post("/api/v1/rules/create", RunningApi.RULE));
        has(answer.body(), "rule_id:text", "status:text", "name:text", "algorithm:text", "created_at:time");
        assertThat(answer.at("/status").asText()).isEqualTo("created");
    }

    @Test
    void aRuleIsCreatedOnce() {
        rule();
        Answer again = api.post("/api/v1/rules/create", RunningApi.RULE, "Idempotency-Key", "another");
        assertThat(again.status()).isEqualTo(400);
        has(again.body(), "detail:text");
    }

    @ParameterizedTest
    @ValueSource(strings = {"weighted_round_robin", "least_connections", "geographic", "performance_based"})
    void everyAlgorithmOfOldIsTaken(String algorithm) {
        Answer answer =
                ok(api.post("/api/v1/rules/create", RunningApi.RULE.replace("weighted_round_robin", algorithm)));
        assertThat(answer.at("/algorithm").asText()).isEqualTo(algorithm);
        Answer routed = ok(api.get("/api/v1/route/us-east?rule_id=web"));
        assertThat(List.of("us-east-1", "eu-west-1", "ap-southeast-1"))
                .contains(routed.at("/optimal_region").asText());
    }

    @Test
    void rulesAreListed() {
        rule();
        Answer answer = ok(api.get("/api/v1/rules"));
        has(answer.body(), "rules:list", "total_rules:whole", "active_rules:whole");
        has(
                answer.at("/rules/0"),
                "rule_id:text",
                "name:text",
                "algorithm:text",
                "target_regions:list",
                "weights:object",
                "health_check_path:text",
                "failover_enabled:flag",
                "session_affinity:flag",
                "status:text",
                "created_at:time",
                "last_updated:time",
                "total_requests:whole",
                "failed_requests:whole");
    }

    @Test
    void aRuleIsShownWithItsRegionsAndItsMetrics() {
        rule();
        api.register("us-east-1", "healthy");
        ok(metrics("web", Instant.now().toString()));
        Answer answer = ok(api.get("/api/v1/rules/web"));
        has(answer.body(), "region_health:object", "performance_metrics:list");
        has(answer.at("/region_health/us-east-1"), "status:text", "response_time_ms:number", "success_rate:number");
        has(
                answer.at("/performance_metrics/0"),
                "balancer_id:text",
                "total_requests:whole",
                "average_response_time:number");
    }

    @Test
    void aRuleThatIsNotThereIsNotFound() {
        Answer answer = api.get("/api/v1/rules/none");
        assertThat(answer.status()).isEqualTo(404);
        has(answer.body(), "detail:text");
    }

    @Test
    void weightsAreUpdatedAndSumToOne() {
        rule();
        Answer answer = ok(
                api.post("/api/v1/rules/web/update-weights", "{\"us-east-1\":6,\"EU-West-1\":3,\"ap-southeast-1\":1}"));
        has(answer.body(), "rule_id:text", "new_weights:object", "updated_at:time");
        assertThat(answer.at("/new_weights/us-east-1").asDouble()).isEqualTo(0.6);
        assertThat(answer.at("/new_weights/eu-west-1").asDouble()).isEqualTo(0.3);
    }

    @Test
    void weightsOfZeroInAllAreRefusedAndSoIsARuleThatIsNotThere() {
        rule();
        assertThat(api.post("/api/v1/rules/web/update-weights", "{\"us-east-1\":0}")
                        .status())
                .isEqualTo(400);
        assertThat(api.post("/api/v1/rules/none/update-weights", "{\"us-east-1\":1}")
                        .status())
                .isEqualTo(404);
    }

    @Test
    void aBodyThatDoesNotFitIsUnprocessable() {
        assertThat(api.post("/api/v1/rules/create", "{\"rule_id\":\"web\"}").status())
                .isEqualTo(422);
        assertThat(api.post("/api/v1/rules/web", "{}").status()).isEqualTo(405);
    }

    // Health.

    @Test
    void healthIsRegisteredAndShown() {
        rule();
        Answer answer = ok(api.post(
                "/api/v1/health/register",
                "{\"region_id\":\"us-east-1\",\"status\":\"healthy\",\"response_time_ms\":50.5,\"success_rate\":0.99,"
                        + "\"active_connections\":100}"));
        has(answer.body(), "region_id:text", "status:text", "registered_at:time");
        Answer shown = ok(api.get("/api/v1/health"));
        has(
                shown.body(),
                "region_health:object",
                "total_regions:whole",
                "healthy_regions:whole",
                "unhealthy_regions:whole",
                "degraded_regions:whole");
        has(
                shown.at("/region_health/us-east-1"),
                "region_id:text",
                "status:text",
                "response_time_ms:number",
                "success_rate:number",
                "active_connections:whole",
                "last_check:time");
        assertThat(shown.at("/region_health/us-east-1/response_time_ms").asDouble())
                .isEqualTo(50.5);
    }

    private Answer health(String region, String lastCheck) {
        return api.post(
                "/api/v1/health/register",
                "{\"region_id\":\"" + region
                        + "\",\"status\":\"unhealthy\",\"response_time_ms\":900,\"success_rate\":0.1,"
                        + "\"active_connections\":7,\"last_check\":\"" + lastCheck + "\"}");
    }

    @Test
    void aCheckOfLongAgoIsKeptAsStaleAndMovesNobody() {
        rule();
        String old = "2001-01-01T00:00:00Z";
        Answer answer = ok(health("us-east-1", old));
        assertThat(answer.at("/stale").asBoolean()).isTrue();
        JsonNode shown = ok(api.get("/api/v1/health")).at("/region_health/us-east-1");
        assertThat(shown.path("status").asText()).isEqualTo("unknown");
        assertThat(shown.path("source").asText()).isEqualTo("stale");
        assertThat(shown.path("response_time_ms").asDouble()).isEqualTo(900);
        assertThat(Instant.parse(shown.path("last_check").asText()))
                .isBetween(Instant.parse("2000-12-31T23:59:50Z"), Instant.parse("2001-01-01T00:00:10Z"));
        assertThat(api.routed("us-east-1", "web")).isNotEmpty();
    }

    @Test
    void aCheckWithoutAZoneIsTakenWhateverItsZoneWas() {
        LocalDateTime utc = LocalDateTime.now(ZoneOffset.UTC);
        assertThat(ok(health("us-east-1", utc.toString())).at("/stale").asBoolean())
                .isFalse();
        assertThat(ok(health("us-east-1", utc.plusHours(2).toString()))
                        .at("/stale")
                        .asBoolean())
                .isTrue();
        assertThat(ok(health("us-east-1", utc.minusHours(8).toString()))
                        .at("/stale")
                        .asBoolean())
                .isTrue();
        Answer ahead = health("us-east-1", Instant.now().plusSeconds(3600).toString());
        assertThat(ahead.status()).isEqualTo(422);
        assertThat(ahead.at("/detail").asText()).contains("ahead of this node's clock");
    }

    @ParameterizedTest
    @ValueSource(strings = {"US-EAST-1", "Us-East-1"})
    void aRegionMayBeWrittenInAnyCase(String region) {
        rule();
        assertThat(ok(health(region, Instant.now().toString())).at("/region_id").asText())
                .isEqualTo("us-east-1");
        ok(api.post(
                "/api/v1/rules/create",
                RunningApi.RULE.replace("\"web\"", "\"upper\"").replace("us-east-1", region)));
        assertThat(ok(api.get("/api/v1/rules/upper")).at("/target_regions/0").asText())
                .isEqualTo("us-east-1");
        assertThat(api.put("/api/v1/regions/" + region, "{\"endpoints\":[\"http://127.0.0.1:9\"]}")
                        .status())
                .isEqualTo(201);
        assertThat(ok(api.get("/api/v1/regions/us-east-1")).at("/region_id").asText())
                .isEqualTo("us-east-1");
    }

    // Geographic rules and routing.

    @Test
    void aGeographicRuleIsCreatedOnce() {
        Answer answer = ok(geographic("us-to-us", "\"us-east\",\"north-america\"", "\"us-east-1\"", 1, 50));
        has(answer.body(), "rule_id:text", "status:text", "priority:whole", "created_at:time");
        assertThat(geographic("us-to-us", "\"us-west\"", "\"us-east-1\"", 1, 50).status())
                .isEqualTo(400);
    }

    @Test
    void aClientIsRoutedByARule() {
        rule();
        Answer answer = ok(api.get("/api/v1/route/us-east?rule_id=web"));
        has(
                answer.body(),
                "client_region:text",
                "optimal_region:text",
                "rule_id:text",
                "selection_reason:text",
                "timestamp:time");
        assertThat(answer.at("/client_region").asText()).isEqualTo("us-east");
        assertThat(answer.at("/rule_id").asText()).isEqualTo("web");
    }

    @Test
    void aRuleThatIsNotThereRoutesNobody() {
        assertThat(api.get("/api/v1/route/us-east?rule_id=none").status()).isEqualTo(404);
    }

    @Test
    void aRuleThatIsPausedSaysSo() {
        rule();
        ok(api.call("PATCH", "/api/v1/rules/web", "{\"status\":\"paused\"}"));
        api.eventually(() -> {
            Answer answer = api.get("/api/v1/route/us-east?rule_id=web");
            assertThat(answer.status()).isEqualTo(409);
            assertThat(answer.at("/type").asText()).isEqualTo("urn:windrose:problem:paused");
            assertThat(answer.at("/detail").asText()).contains("'web' is paused");
        });
        assertThat(api.post("/api/v1/route:batch", "{\"requests\":[{\"rule_id\":\"web\"},{\"rule_id\":\"none\"}]}")
                        .at("/decisions")
                        .findValuesAsText("error"))
                .containsExactly("paused_rule", "unknown_rule");
    }

    @Test
    void withoutARuleTheGeographicRulesDecideByPriorityAndAreCounted() {
        rule();
        ok(geographic("second", "\"us-east\"", "\"eu-west-1\"", 2, 500));
        ok(geographic("first", "\"north-america\"", "\"ap-southeast-1\"", 1, 500));
        Answer answer = ok(api.get("/api/v1/route/us-east"));
        has(answer.body(), "client_region:text", "optimal_region:text", "selection_reason:text", "timestamp:time");
        assertThat(answer.at("/optimal_region").asText()).isEqualTo("ap-southeast-1");
        assertThat(answer.body().has("rule_id")).isTrue();
        assertThat(answer.at("/rule_id").isNull()).isTrue();
        assertThat(answer.at("/geographic_rule").asText()).isEqualTo("first");
        api.eventually(() -> assertThat(api.get("/api/v1/geographic-rules/first")
                        .at("/usage_count")
                        .asInt())
                .isEqualTo(1));
        assertThat(api.get("/api/v1/geographic-rules/second").at("/usage_count").asInt())
                .isZero();
        assertThat(api.post(
                                "/api/v1/outcomes",
                                "{\"outcomes\":[{\"decision_id\":\""
                                        + answer.at("/decision_id").asText() + "\",\"success\":true}]}")
                        .at("/counted")
                        .asInt())
                .isEqualTo(1);
    }

    @Test
    void withoutARuleTheNearestRegionOfAllThatIsWellIsAnswered() {
        rule();
        assertThat(ok(api.get("/api/v1/route/europe")).at("/optimal_region").asText())
                .isEqualTo("eu-west-1");
        assertThat(ok(api.get("/api/v1/route/asia")).at("/selection_reason").asText())
                .isEqualTo("proximity");
        api.register("eu-west-1", "unhealthy");
        api.eventually(() -> assertThat(
                        api.get("/api/v1/route/europe").at("/optimal_region").asText())
                .isEqualTo("us-east-1"));
        assertThat(ok(api.get("/api/v1/route?lat=1.3&lon=103.8"))
                        .at("/optimal_region")
                        .asText())
                .isEqualTo("ap-southeast-1");
        assertThat(ok(api.get("/api/v1/route/europe?explain=true"))
                        .at("/explanation/candidates")
                        .size())
                .isEqualTo(3);
    }

    @Test
    void withoutARuleAndWithoutARegionTheAnswerSaysWhatIsMissing() {
        Answer answer = api.get("/api/v1/route/us-east");
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.at("/detail").asText()).contains("no region is registered");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "uk, eu-west-1",
        "Germany, eu-west-1",
        "eu, eu-west-1",
        "United%20Kingdom, eu-west-1",
        "jp, ap-southeast-1",
        "north_america, us-east-1",
        "euorpe, us-east-1",
        "xx, us-east-1",
        "narnia, us-east-1"
    })
    void whoNamesAPlaceIsServedNearItAndWhoNamesNoneNearTheNode(String place, String region) {
        rule();
        Answer answer = ok(api.get("/api/v1/route/" + place));
        assertThat(answer.at("/optimal_region").asText()).isEqualTo(region);
        boolean known = !List.of("euorpe", "xx", "narnia").contains(place);
        assertThat(answer.at("/client_region_known").asBoolean()).isEqualTo(known);
        JsonNode client =
                ok(api.get("/api/v1/route/" + place + "?explain=true")).at("/explanation/client");
        assertThat(client.path("known").asBoolean()).isEqualTo(known);
        assertThat(client.path("placed_by").asText()).isEqualTo(known ? "client_region" : "nearest_node");
    }

    // Metrics.

    @Test
    void aPlusSignInThePathIsAPlusSign() {
        ok(metrics("a+b c", Instant.now().toString()));

        assertThat(ok(api.get("/api/v1/metrics/a+b%20c")).at("/rule_id").asText())
                .isEqualTo("a+b c");
    }

    @Test
    void metricsAreRecordedWithAnIdOfTheirOwn() {
        rule();
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Answer answer = ok(metrics("web", Instant.now().toString()));
            has(answer.body(), "metrics_id:text", "status:text", "timestamp:time");
            assertThat(answer.at("/status").asText()).isEqualTo("recorded");
            ids.add(answer.at("/metrics_id").asText());
        }
        assertThat(ids).doesNotHaveDuplicates();
    }

    @Test
    void metricsAreReadBackWithTheirStatistics() {
        rule();
        ok(metrics("web", Instant.now().toString()));
        Answer answer = ok(api.get("/api/v1/metrics/web?hours=24"));
        has(
                answer.body(),
                "rule_id:text",
                "period_hours:whole",
                "metrics:list",
                "statistics:object",
                "generated_at:time");
        has(
                answer.at("/statistics"),
                "average_response_time_ms:number",
                "average_error_rate:number",
                "average_throughput:number",
                "total_requests:whole",
                "total_samples:whole");
        assertThat(answer.at("/statistics/average_response_time_ms").asDouble()).isEqualTo(85.5);
        assertThat(answer.at("/statistics/total_requests").asInt()).isEqualTo(1200);
        assertThat(answer.at("/metrics/0/requests_per_region/us-east-1").asInt())
                .isEqualTo(700);
    }

    @Test
    void metricsOfARuleWithoutAnyAreNoneAndOfNothingAtAllNotFound() {
        rule();
        assertThat(ok(api.get("/api/v1/metrics/web")).at("/metrics").size()).isZero();
        assertThat(api.get("/api/v1/metrics/none").status()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"some-balancer", "LB-1", "balancer 7"})
    void metricsOfABalancerThatIsNoRuleAreRecordedAndReadBack(String balancer) {
        ok(metrics(balancer, Instant.now().toString()));
        Answer answer = ok(api.get("/api/v1/metrics/" + balancer.replace(" ", "%20")));
        assertThat(answer.at("/rule_id").asText()).isEqualTo(balancer);
        assertThat(answer.at("/statistics/total_samples").asInt()).isEqualTo(1);
    }

    @Test
    void metricsOfTheLastFourHundredDaysAreTakenAndOthersAreToldWhy() {
        Instant now = Instant.now();
        ok(metrics("old", now.minus(Duration.ofDays(399)).toString()));
        ok(metrics("old", LocalDateTime.now(ZoneOffset.UTC).minusDays(200).toString()));
        assertThat(ok(api.get("/api/v1/metrics/old?hours=9600"))
                        .at("/statistics/total_samples")
                        .asInt())
                .isEqualTo(2);
        Answer tooOld = metrics("old", now.minus(Duration.ofDays(401)).toString());
        assertThat(tooOld.status()).isEqualTo(422);
        assertThat(tooOld.at("/detail").asText()).contains("more than 400 days ago");
        Answer ahead = metrics("old", now.plus(Duration.ofMinutes(10)).toString());
        assertThat(ahead.status()).isEqualTo(422);
        assertThat(ahead.at("/detail").asText())
                .contains("ahead of this node's clock")
                .contains("5 minutes");
    }

    // The dashboard.

    @Test
    void theDashboardHasItsParts() {
        rule();
        ok(geographic("eu-to-eu", "\"europe\"", "\"eu-west-1\"", 1, 30));
        api.register("us-east-1", "healthy");
        Answer answer = ok(api.get("/api/v1/dashboard"));
        has(answer.body(), "dashboard:object", "generated_at:time");
        has(
                answer.at("/dashboard"),
                "overview:object",
                "region_health:object",
                "performance:object",
                "recent_activity:list");
        has(
                answer.at("/dashboard/overview"),
                "total_rules:whole",
                "active_rules:whole",
                "geographic_rules:whole",
                "algorithm_distribution:object");
        has(
                answer.at("/dashboard/region_health"),
                "total_regions:whole",
                "healthy:whole",
                "unhealthy:whole",
                "degraded:whole");
        assertThat(answer.at("/dashboard/overview/algorithm_distribution/weighted_round_robin")
                        .asInt())
                .isEqualTo(1);
    }

    @Test
    void theDashboardShowsWhatClientsRecordLast() {
        rule();
        Instant now = Instant.now();
        ok(metrics("web", now.minusSeconds(60).toString()));
        ok(api.post(
                "/api/v1/metrics/record",
                METRICS.formatted("web", now).replace("85.5", "12.25").replace("1200", "77")));
        ok(metrics("no-rule", now.toString()));
        JsonNode performance = ok(api.get("/api/v1/dashboard")).at("/dashboard/performance");
        has(
                performance.path("web"),
                "total_requests:whole",
                "average_response_time:number",
                "error_rate:number",
                "throughput:number");
        assertThat(performance.at("/web/average_response_time").asDouble()).isEqualTo(12.25);
        assertThat(performance.at("/web/total_requests").asInt()).isEqualTo(77);
        assertThat(performance.at("/no-rule/throughput").asDouble()).isEqualTo(40.5);
    }

    @Test
    void whatHappenedLatelyIsEditsHealthAndFailovers() {
        rule();
        ok(geographic("eu-to-eu", "\"europe\"", "\"eu-west-1\"", 1, 30));
        api.register("us-east-1", "healthy");
        ok(api.get("/api/v1/dashboard"));
        api.register("us-east-1", "unhealthy");
        JsonNode activity = ok(api.get("/api/v1/dashboard")).at("/dashboard/recent_activity");
        Map<String, List<JsonNode>> byType = new HashMap<>();
        activity.forEach(each -> {
            has(each, "type:text", "name:text", "action:text", "timestamp:time");
            assertThat(each.has("rule_id") || each.has("region_id")).isTrue();
            byType.computeIfAbsent(each.path("type").asText(), type -> new ArrayList<>())
                    .add(each);
        });
        assertThat(byType).containsKeys("rule", "geo", "health");
        JsonNode created = byType.getOrDefault("rule", List.of()).get(0);
        assertThat(created.path("rule_id").asText()).isEqualTo("web");
        assertThat(created.path("name").asText()).isEqualTo("Web");
        assertThat(created.path("action").asText()).isEqualTo("created");
        List<JsonNode> health = byType.getOrDefault("health", List.of());
        assertThat(health).extracting(each -> each.path("action").asText()).containsExactly("unhealthy", "healthy");
        assertThat(health.get(0).path("region_id").asText()).isEqualTo("us-east-1");
    }

    @Test
    void failoversOfEverybodyAndOfOneRegionsClientsAreAmongWhatHappenedLately() {
        rule();
        long now = System.currentTimeMillis();
        Map<String, String> marks = Map.of(
                Fields.failover(new RegionId("eu-west-1"), null),
                PolicyText.text(new FailoverMark(true, now + 1_000, "us-east-1", "2 of 3 see it down")),
                Fields.failover(new RegionId("us-east-1"), new RegionId("eu-west-1")),
                PolicyText.text(new FailoverMark(false, now + 2_000, "ada", "looks well")));
        api.edits()
                .heardElsewhere(
                        DefinitionKey.rule(new RuleId("web")),
                        new Change(Change.Kind.CHANGED, marks, new Stamp(now + 2_000, "us-east-1"), "", ""));
        List<JsonNode> failovers = new ArrayList<>();
        api.eventually(() -> {
            failovers.clear();
            ok(api.get("/api/v1/dashboard")).at("/dashboard/recent_activity").forEach(each -> {
                if (each.path("type").asText().equals("failover")) {
                    failovers.add(each);
                }
            });
            assertThat(failovers).hasSize(2);
        });
        failovers.forEach(each -> {
            has(each, "rule_id:text", "region_id:text", "name:text", "action:text", "by:text", "timestamp:time");
            assertThat(each.path("rule_id").asText()).isEqualTo("web");
            assertThat(each.path("name").asText()).isEqualTo("Web");
        });
        assertThat(failovers.get(0).path("region_id").asText()).isEqualTo("us-east-1");
        assertThat(failovers.get(0).path("action").asText()).isEqualTo("failed_back");
        assertThat(failovers.get(0).path("by").asText()).isEqualTo("ada");
        assertThat(failovers.get(0).path("region").asText()).isEqualTo("eu-west-1");
        assertThat(failovers.get(1).path("region_id").asText()).isEqualTo("eu-west-1");
        assertThat(failovers.get(1).path("action").asText()).isEqualTo("failed_over");
        assertThat(failovers.get(1).path("by").asText()).isEqualTo("us-east-1");
    }

    // The ways of old clients.

    @Test
    void aRuleMayBePutBackAsItIsShown() throws Exception {
        rule();
        ok(api.call(
                "PATCH",
                "/api/v1/rules/web",
                "{\"endpoints\":{\"us-east-1\":\"http://127.0.0.1:9/\"},\"labels\":{\"team\":\"shop\"},"
                        + "\"residency\":{\"europe\":[\"eu-west-1\"],\"*\":[\"us-east-1\"]},"
                        + "\"latency_policy\":{\"window_ms\":5},\"monitors\":{\"ping\":{\"type\":\"tcp\"}},"
                        + "\"health_policy\":{\"panic_below\":0.5},\"failover_policy\":{\"failback\":\"manual\"}}"));
        api.eventually(
                () -> assertThat(api.get("/api/v1/rules/web").at("/labels/team").asText())
                        .isEqualTo("shop"));
        Answer shown = ok(api.get("/api/v1/rules/web"));
        ok(api.get("/api/v1/route/us-east?rule_id=web"));
        assertThat(shown.body().has("warnings")).isTrue();
        Answer back = ok(api.put("/api/v1/rules/web", shown.text()));
        ObjectNode before = (ObjectNode) JSON.readTree(shown.text());
        ObjectNode after = (ObjectNode) JSON.readTree(back.text());
        List<String> moved = List.of(
                "last_updated", "revision", "total_requests", "region_health", "performance_metrics", "warnings");
        assertThat(after.remove(moved)).isEqualTo(before.remove(moved));
    }

    @Test
    void whatAnEditAnsweredMayBePutBackToo() {
        rule();
        Answer patched = ok(api.call("PATCH", "/api/v1/rules/web", "{\"weights\":{\"us-east-1\":null}}"));
        assertThat(patched.at("/changed")).isNotEmpty();
        api.eventually(
                () -> assertThat(api.get("/api/v1/rules/web").at("/revision")).isEqualTo(patched.at("/revision")));
        ok(api.put("/api/v1/rules/web", patched.text()));
    }

    @Test
    void whatNobodyMaySetIsRefusedWhenItIsNotAsItIs() throws Exception {
        rule();
        ObjectNode shown =
                (ObjectNode) JSON.readTree(ok(api.get("/api/v1/rules/web")).text());
        ObjectNode older = shown.deepCopy();
        older.put("created_at", "2020-01-01T00:00:00Z");
        Answer refused = api.put("/api/v1/rules/web", older.toString());
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.at("/detail").asText()).contains("created_at: cannot be set here");
        ok(api.call("PATCH", "/api/v1/rules/web", "{\"name\":\"Other\"}"));
        api.eventually(() ->
                assertThat(api.get("/api/v1/rules/web").at("/name").asText()).isEqualTo("Other"));
        assertThat(api.put("/api/v1/rules/web", shown.toString()).status()).isEqualTo(412);
        assertThat(api.get("/api/v1/rules/web").at("/name").asText()).isEqualTo("Other");
    }

    @Test
    void aGeographicRuleAndARegionMayBePutBackToo() {
        ok(geographic("eu-to-eu", "\"europe\",\"uk\"", "\"eu-west-1\"", 1, 30));
        assertThat(api.put(
                                "/api/v1/regions/eu-west-1",
                                "{\"endpoints\":[\"http://127.0.0.1:9\"],\"areas\":[\"Ireland\"],"
                                        + "\"coordinate\":{\"lat\":53,\"lon\":-6},\"capacity\":5}")
                        .status())
                .isEqualTo(201);
        api.eventually(() -> {
            ok(api.get("/api/v1/regions/eu-west-1"));
            ok(api.get("/api/v1/geographic-rules/eu-to-eu"));
        });
        for (String path : List.of("/api/v1/geographic-rules/eu-to-eu", "/api/v1/regions/eu-west-1")) {
            Answer shown = ok(api.get(path));
            ok(api.put(path, shown.text()));
        }
        assertThat(api.get("/api/v1/geographic-rules/eu-to-eu").at("/source_regions"))
                .hasToString("[\"europe\",\"gb\"]");
        assertThat(api.get("/api/v1/regions/eu-west-1").at("/areas")).hasToString("[\"ie\"]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/health/",
                "/api/v1/rules/",
                "/api/v1/rules/web/",
                "/api/v1/dashboard/",
                "/api/v1/route/us-east/",
                "/api/v1/health/",
                "/api/v1/metrics/web/?hours=1",
                "/health/ready/"
            })
    void aSlashAtTheEndIsTheSamePath(String path) {
        rule();
        ok(api.get(path));
    }

    @ParameterizedTest
    @CsvSource({"/openapi.json, /api/v1/openapi.json", "/docs, /api/v1/docs", "/docs/, /api/v1/docs"})
    void theDocumentIsFoundWhereItWas(String path, String now) {
        Answer answer = api.get(path);
        assertThat(answer.status()).isEqualTo(307);
        assertThat(answer.header("Location")).isEqualTo(now);
        ok(api.get(answer.header("Location")));
    }

    @Test
    void aNodeThatStopsIsNotReadyWithASlashEither() {
        api.server().notReady();
        assertThat(api.get("/health/ready").status()).isEqualTo(503);
        assertThat(api.get("/health/ready/").status()).isEqualTo(503);
    }
}
