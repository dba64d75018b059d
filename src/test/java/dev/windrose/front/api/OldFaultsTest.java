package dev.windrose.front.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.windrose.front.api.RunningApi.Answer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an earlier service of this kind did wrong, one test for each fault, over real sockets. */
class OldFaultsTest {

    private final RunningApi api = RunningApi.start();

    @AfterEach
    void stop() {
        api.close();
    }

    private void create(String rule) {
        assertThat(api.post("/api/v1/rules/create", rule).status()).isEqualTo(200);
    }

    private static String rule(String id, String algorithm, String more) {
        return "{\"rule_id\":\"" + id + "\",\"name\":\"" + id + "\",\"algorithm\":\"" + algorithm
                + "\",\"target_regions\":[\"us-east-1\",\"eu-west-1\",\"ap-southeast-1\"]" + more + "}";
    }

    private Map<String, Integer> decide(int times, String area, String rule) {
        Map<String, Integer> counts = new HashMap<>();
        for (int i = 0; i < times; i++) {
            counts.merge(api.routed(area, rule), 1, Integer::sum);
        }
        return counts;
    }

    @Test
    void weightedRoundRobinKeepsTheSharesInAnyTwentyDecisionsInARow() {
        create(RunningApi.RULE);

        List<String> order = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            order.add(api.routed("anywhere", "web"));
        }

        for (int from = 0; from <= 80; from++) {
            List<String> twenty = order.subList(from, from + 20);
            assertThat(count(twenty, "us-east-1")).isBetween(8L, 12L);
            assertThat(count(twenty, "eu-west-1")).isBetween(4L, 8L);
            assertThat(count(twenty, "ap-southeast-1")).isBetween(2L, 6L);
        }
    }

    private static long count(List<String> regions, String region) {
        return regions.stream().filter(region::equals).count();
    }

    @Test
    void aTargetWithoutAWeightHasTheMeanOfTheOthers() {
        create(rule("web", "weighted_round_robin", ",\"weights\":{\"us-east-1\":1,\"eu-west-1\":3}"));

        Map<String, Integer> counts = decide(60, "anywhere", "web");

        assertThat(counts.get("us-east-1")).isBetween(8, 12);
        assertThat(counts.get("eu-west-1")).isBetween(28, 32);
        assertThat(counts.get("ap-southeast-1")).isBetween(18, 22);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-0.1", "NaN", "Infinity", "1e309", "\"0.5\"", "null"})
    void weightsThatAreNoNumbersAtOrAboveZeroAreRefused(String weight) {
        Answer created = api.post(
                "/api/v1/rules/create",
                rule("web", "weighted_round_robin", ",\"weights\":{\"us-east-1\":" + weight + "}"));
        assertThat(created.status()).isBetween(400, 422);

        create(RunningApi.RULE);
        Answer updated = api.post("/api/v1/rules/web/update-weights", "{\"us-east-1\":" + weight + "}");
        assertThat(updated.status()).isBetween(400, 422);
    }

    @Test
    void aTotalWeightOfZeroIsRefused() {
        create(RunningApi.RULE);

        Answer answer =
                api.post("/api/v1/rules/web/update-weights", "{\"us-east-1\":0,\"eu-west-1\":0,\"ap-southeast-1\":0}");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.at("/detail").asText()).contains("weights");
    }

    @Test
    void leastConnectionsCountsItsOwnChoices() {
        create(rule("web", "least_connections", ""));

        assertThat(decide(300, "anywhere", "web").values()).hasSize(3).allMatch(count -> count >= 70 && count <= 130);
    }

    @Test
    void performanceBasedPrefersTheFastRegionToThePerfectlySlowOne() {
        create(rule("web", "performance_based", ""));
        api.register("us-east-1", "healthy", 10);
        api.register("eu-west-1", "healthy", 5000);
        api.register("ap-southeast-1", "healthy", 5000);

        Map<String, Integer> counts = decide(200, "anywhere", "web");

        assertThat(counts.get("us-east-1")).isGreaterThan(100);
    }

    @Test
    void aRegionNameIsMatchedAsAWhole() {
        create(rule("web", "geographic", ""));

        assertThat(api.routed("eu-west-1", "web")).isEqualTo("eu-west-1");
        assertThat(api.routed("ap-southeast-1", "web")).isEqualTo("ap-southeast-1");
        Answer nowhere = api.get("/api/v1/route/ast?rule_id=web");
        assertThat(nowhere.at("/client_region_known").asBoolean(true)).isFalse();
        assertThat(api.get("/api/v1/route/us-east?rule_id=web")
                        .at("/client_region_known")
                        .asBoolean())
                .isTrue();
    }

    @Test
    void areasAreMatchedInAnyCase() {
        create(rule("web", "geographic", ""));
        api.post(
                "/api/v1/geographic-rules/create",
                "{\"rule_id\":\"eu\",\"source_regions\":[\"EUROPE\"],\"target_regions\":[\"ap-southeast-1\"],"
                        + "\"priority\":1,\"latency_threshold_ms\":600}");

        assertThat(api.routed("Europe", "web")).isEqualTo("ap-southeast-1");
        assertThat(api.routed("europe", "web")).isEqualTo("ap-southeast-1");
        assertThat(api.routed("US-EAST-1", "web")).isEqualTo("us-east-1");
    }

    @Test
    void geographicRulesHeedHealth() {
        create(rule("web", "geographic", ""));
        api.post(
                "/api/v1/geographic-rules/create",
                "{\"rule_id\":\"eu\",\"source_regions\":[\"europe\"],"
                        + "\"target_regions\":[\"ap-southeast-1\",\"us-east-1\"],\"priority\":1,"
                        + "\"latency_threshold_ms\":600}");
        assertThat(api.routed("europe", "web")).isEqualTo("ap-southeast-1");

        api.register("ap-southeast-1", "unhealthy");

        assertThat(api.routed("europe", "web")).isEqualTo("us-east-1");
    }

    @Test
    void aRegionThatWasUnhealthyComesBack() {
        create(RunningApi.RULE);
        api.register("us-east-1", "unhealthy");
        assertThat(decide(20, "anywhere", "web")).doesNotContainKey("us-east-1");
        assertThat(api.get("/api/v1/rules/web").at("/target_regions")).hasSize(3);

        api.register("us-east-1", "healthy");

        assertThat(decide(20, "anywhere", "web")).containsKey("us-east-1");
    }

    @Test
    void aRuleWithoutAnyHealthyRegionAnswersAsItsFallbackSays() {
        create(RunningApi.RULE);
        create(rule("closed", "weighted_round_robin", ",\"fallback\":\"fail_closed\""));
        for (String region : List.of("us-east-1", "eu-west-1", "ap-southeast-1")) {
            api.register(region, "unhealthy");
        }

        assertThat(api.get("/api/v1/route/europe?rule_id=web").status()).isEqualTo(200);
        Answer closed = api.get("/api/v1/route/europe?rule_id=closed");
        assertThat(closed.status()).isEqualTo(503);
        assertThat(closed.header("Content-Type")).isEqualTo("application/problem+json");
    }

    @Test
    void aSampleOfLongAgoSaysNothing() {
        create(RunningApi.RULE);

        Answer answer = api.post(
                "/api/v1/health/register",
                "{\"region_id\":\"us-east-1\",\"status\":\"unhealthy\",\"response_time_ms\":1,\"success_rate\":0,"
                        + "\"active_connections\":0,\"last_check\":\"2001-01-01T00:00:00Z\"}");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.at("/stale").asBoolean()).isTrue();
        assertThat(decide(20, "anywhere", "web")).containsKey("us-east-1");
    }

    @Test
    void healthIsWhatWasReportedAndNothingElse() {
        create(RunningApi.RULE);
        api.register("eu-west-1", "degraded", 321.5);

        JsonNode region = api.get("/api/v1/health").at("/region_health/eu-west-1");

        assertThat(region.path("status").asText()).isEqualTo("degraded");
        assertThat(region.path("response_time_ms").asDouble()).isEqualTo(321.5);
        assertThat(region.path("success_rate").asDouble()).isEqualTo(0.99);
        assertThat(region.path("active_connections").asInt()).isEqualTo(5);
    }

    @Test
    void anAffinityKeyKeepsItsRegion() {
        create(rule("web", "weighted_round_robin", ",\"session_affinity\":true"));

        Map<String, Integer> regions = new HashMap<>();
        for (int key = 0; key < 40; key++) {
            String path = "/api/v1/route/europe?rule_id=web&affinity_key=user-" + key;
            String first = api.get(path).at("/region").asText();
            assertThat(api.get(path).at("/region").asText()).isEqualTo(first);
            regions.merge(first, 1, Integer::sum);
        }
        assertThat(regions).hasSize(3);
    }

    @Test
    void requestsAndFailuresAreReallyCounted() {
        create(RunningApi.RULE);
        decide(7, "europe", "web");
        String decision =
                api.get("/api/v1/route/europe?rule_id=web").at("/decision_id").asText();

        Answer outcome = api.post(
                "/api/v1/outcomes",
                "{\"outcomes\":[{\"decision_id\":\"" + decision + "\",\"latency_ms\":12.5,\"success\":false}]}");

        assertThat(outcome.status()).isEqualTo(200);
        Answer rule = api.get("/api/v1/rules/web");
        assertThat(rule.at("/total_requests").asLong()).isEqualTo(8);
        assertThat(rule.at("/failed_requests").asLong()).isEqualTo(1);
    }

    @Test
    void aNaNIsRefusedAndTheHealthPageStillAnswers() {
        create(RunningApi.RULE);

        Answer refused = api.post(
                "/api/v1/health/register",
                "{\"region_id\":\"us-east-1\",\"status\":\"healthy\",\"response_time_ms\":NaN,\"success_rate\":1,"
                        + "\"active_connections\":0}");

        assertThat(refused.status()).isBetween(400, 422);
        assertThat(api.get("/api/v1/health").status()).isEqualTo(200);
    }

    @Test
    void aTimestampWithoutAZoneIsUtcAndTheDashboardStillAnswers() {
        create(RunningApi.RULE);
        String now = java.time.LocalDateTime.now(java.time.ZoneOffset.UTC).toString();

        Answer recorded = api.post(
                "/api/v1/metrics/record",
                "{\"balancer_id\":\"web\",\"timestamp\":\"" + now + "\",\"total_requests\":10,"
                        + "\"requests_per_region\":{\"us-east-1\":10},\"average_response_time\":20.5,"
                        + "\"error_rate\":0.01,\"throughput\":5}");

        assertThat(recorded.status()).isEqualTo(200);
        assertThat(api.get("/api/v1/dashboard").status()).isEqualTo(200);
        assertThat(api.get("/api/v1/metrics/web?hours=1").at("/metrics")).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"99999999999999999999", "9601", "0", "-1", "NaN", "1.5", ""})
    void hoursOutOfRangeAreRefused(String hours) {
        create(RunningApi.RULE);

        assertThat(api.get("/api/v1/metrics/web?hours=" + hours).status()).isBetween(400, 422);
    }

    @Test
    void anUnknownAlgorithmIsRefused() {
        Answer answer = api.post("/api/v1/rules/create", rule("web", "fastest_finger", ""));

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.at("/detail").asText()).contains("fastest_finger").contains("weighted_round_robin");
    }

    @Test
    void rulesCanBeChangedPausedAndDeleted() {
        create(RunningApi.RULE);

        assertThat(api.call("PATCH", "/api/v1/rules/web", "{\"name\":\"Shop\"}")
                        .at("/name")
                        .asText())
                .isEqualTo("Shop");
        assertThat(api.call("PATCH", "/api/v1/rules/web", "{\"status\":\"paused\"}")
                        .status())
                .isEqualTo(200);
        assertThat(api.get("/api/v1/route/europe?rule_id=web").status()).isEqualTo(409);
        assertThat(api.get("/api/v1/rules").at("/active_rules").asInt()).isZero();
        assertThat(api.call("PATCH", "/api/v1/rules/web", "{\"status\":\"active\"}")
                        .status())
                .isEqualTo(200);
        assertThat(api.get("/api/v1/route/europe?rule_id=web").status()).isEqualTo(200);
        assertThat(api.call("DELETE", "/api/v1/rules/web", null).status()).isBetween(200, 204);
        assertThat(api.get("/api/v1/rules/web").status()).isEqualTo(404);
        assertThat(api.get("/api/v1/route/europe?rule_id=web").status()).isEqualTo(404);
    }

    @Test
    void geographicRulesCanBeListed() {
        api.post(
                "/api/v1/geographic-rules/create",
                "{\"rule_id\":\"us-to-us\",\"source_regions\":[\"us-east\",\"us-west\",\"north-america\"],"
                        + "\"target_regions\":[\"us-east-1\",\"us-west-1\"],\"priority\":1,"
                        + "\"latency_threshold_ms\":50}");

        Answer list = api.get("/api/v1/geographic-rules");

        assertThat(list.status()).isEqualTo(200);
        assertThat(list.text()).contains("us-to-us").contains("usage_count");
    }
}
