package dev.windrose.front.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.decide.health.Verdict;
import dev.windrose.front.api.RunningApi.Answer;
import dev.windrose.live.health.HealthMatrix;
import dev.windrose.live.health.HealthWatch;
import dev.windrose.model.HealthCheck;
import dev.windrose.model.HealthStatus;
import dev.windrose.model.LatencyAllowance;
import dev.windrose.model.RegionId;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each resource of the API, over real sockets. */
class ApiTest {

    private static final String PLAIN = RunningApi.RULE.replace("\"rule_id\": \"web\", ", "");

    private static final String GEOGRAPHIC = """
            {"rule_id": "us-to-us", "source_regions": ["us-east", "us-west", "north-america"],
             "target_regions": ["us-east-1", "us-west-1"], "priority": 1, "latency_threshold_ms": 50}
            """;

    private final RunningApi api = RunningApi.start();

    @AfterEach
    void stop() {
        api.close();
    }

    private static Set<String> names(Answer answer) {
        Set<String> names = new HashSet<>();
        answer.body().fieldNames().forEachRemaining(names::add);
        return names;
    }

    @Test
    void theRootTellsTheServiceToProgramsAndThePageToBrowsers() {
        assertThat(names(api.get("/"))).contains("service", "status", "timestamp", "version");
        Answer page = api.get("/", "Accept", "text/html,application/xhtml+xml");
        assertThat(page.header("Content-Type")).startsWith("text/html");
        assertThat(page.text()).contains("/api/v1/dashboard").doesNotContain("src=\"http");
    }

    @Test
    void oldCallsAnswerTheFieldsThatClientsRead() {
        Answer created = api.post("/api/v1/rules/create", RunningApi.RULE);
        assertThat(created.status()).isEqualTo(200);
        assertThat(names(created)).contains("rule_id", "status", "name", "algorithm", "created_at");
        assertThat(created.at("/status").asText()).isEqualTo("created");
        api.register("us-east-1", "healthy");

        assertThat(names(api.get("/health")))
                .contains("status", "total_rules", "active_rules", "monitored_regions", "healthy_regions");
        assertThat(names(api.get("/api/v1/rules"))).contains("rules", "total_rules", "active_rules");
        assertThat(names(api.get("/api/v1/rules/web")))
                .contains(
                        "rule_id",
                        "name",
                        "algorithm",
                        "target_regions",
                        "weights",
                        "health_check_path",
                        "failover_enabled",
                        "session_affinity",
                        "status",
                        "created_at",
                        "last_updated",
                        "total_requests",
                        "failed_requests",
                        "region_health",
                        "performance_metrics");
        assertThat(names(api.get("/api/v1/health")))
                .contains("region_health", "total_regions", "healthy_regions", "unhealthy_regions", "degraded_regions");
        assertThat(names(api.post("/api/v1/geographic-rules/create", GEOGRAPHIC)))
                .contains("rule_id", "status", "priority", "created_at");
        assertThat(names(api.get("/api/v1/route/europe?rule_id=web")))
                .contains(
                        "client_region",
                        "optimal_region",
                        "rule_id",
                        "selection_reason",
                        "timestamp",
                        "decision_id",
                        "region",
                        "endpoint",
                        "ttl_seconds",
                        "data_age_ms");
        Answer dashboard = api.get("/api/v1/dashboard");
        for (String pointer : List.of(
                "/dashboard/overview/total_rules",
                "/dashboard/overview/active_rules",
                "/dashboard/overview/geographic_rules",
                "/dashboard/overview/algorithm_distribution",
                "/dashboard/region_health/total_regions",
                "/dashboard/region_health/healthy",
                "/dashboard/region_health/unhealthy",
                "/dashboard/region_health/degraded",
                "/dashboard/performance/web/total_requests",
                "/dashboard/performance/web/average_response_time",
                "/dashboard/performance/web/error_rate",
                "/dashboard/performance/web/throughput",
                "/dashboard/recent_activity/0",
                "/generated_at")) {
            assertThat(dashboard.at(pointer).isMissingNode()).as(pointer).isFalse();
        }
    }

    @Test
    void updateWeightsAnswersWeightsThatSumToOne() {
        api.post("/api/v1/rules/create", RunningApi.RULE);

        Answer answer =
                api.post("/api/v1/rules/web/update-weights", "{\"us-east-1\":2,\"eu-west-1\":1,\"ap-southeast-1\":1}");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(names(answer)).contains("rule_id", "new_weights", "updated_at");
        assertThat(answer.at("/new_weights/us-east-1").asDouble()).isEqualTo(0.5);
        assertThat(api.get("/api/v1/rules/web").at("/weights/eu-west-1").asDouble())
                .isEqualTo(0.25);
        assertThat(api.post("/api/v1/rules/none/update-weights", "{\"us-east-1\":2}")
                        .status())
                .isEqualTo(404);
    }

    @Test
    void whatWasWrittenIsReadAndRoutedAtOnce() {
        api.hearsAfter = Duration.ofMillis(100);

        assertThat(api.post("/api/v1/rules/create", RunningApi.RULE).status()).isEqualTo(200);

        assertThat(api.get("/api/v1/route/europe?rule_id=web").status()).isEqualTo(200);
        assertThat(api.get("/api/v1/rules/web").status()).isEqualTo(200);
    }

    @Test
    void aSecondCreationIsRefused() {
        api.post("/api/v1/rules/create", RunningApi.RULE);
        api.post("/api/v1/geographic-rules/create", GEOGRAPHIC);

        assertThat(api.post("/api/v1/rules/create", RunningApi.RULE).status()).isEqualTo(400);
        assertThat(api.post("/api/v1/geographic-rules/create", GEOGRAPHIC).status())
                .isEqualTo(400);
    }

    @Test
    void putCreatesAndThenReplacesWhatTheClientHasSeen() {
        Answer created = api.put("/api/v1/rules/web", PLAIN);
        assertThat(created.status()).isEqualTo(201);
        assertThat(created.header("Location")).isEqualTo("/api/v1/rules/web");
        String first = created.header("ETag");
        assertThat(first).matches("\"[0-9a-f]{16}\"");

        Answer replaced = api.put("/api/v1/rules/web", PLAIN.replace("Web", "Shop"), "If-Match", first);
        assertThat(replaced.status()).isEqualTo(200);
        assertThat(replaced.at("/name").asText()).isEqualTo("Shop");

        Answer stale = api.put("/api/v1/rules/web", PLAIN, "If-Match", first);
        assertThat(stale.status()).isEqualTo(412);
        assertThat(api.get("/api/v1/rules/web").header("ETag")).isEqualTo(replaced.header("ETag"));
    }

    @Test
    void aPatchChangesOnlyWhatItNames() {
        api.put("/api/v1/rules/web", PLAIN);

        Answer patched = api.call("PATCH", "/api/v1/rules/web", "{\"target_regions\":[\"eu-west-1\",\"us-east-1\"]}");

        assertThat(patched.status()).isEqualTo(200);
        assertThat(patched.at("/name").asText()).isEqualTo("Web");
        assertThat(patched.at("/weights")).hasSize(2);
        assertThat(patched.at("/weights/us-east-1").asDouble()).isEqualTo(0.5);
        assertThat(api.call("PATCH", "/api/v1/rules/none", "{\"name\":\"x\"}").status())
                .isEqualTo(404);
    }

    @Test
    void authorAndReasonGoWithTheEdit() {
        api.call("PUT", "/api/v1/rules/web", PLAIN, "X-Windrose-Author", "ada", "X-Windrose-Reason", "launch");

        assertThat(api.edits().done()).hasSize(1).first().satisfies(edit -> {
            assertThat(edit.author()).isEqualTo("ada");
            assertThat(edit.reason()).isEqualTo("launch");
        });
        assertThat(api.call("DELETE", "/api/v1/rules/web", null, "X-Windrose-Reason", "x".repeat(2000))
                        .status())
                .isEqualTo(400);
    }

    private static final String OVERRIDE =
            "{\"status\":\"unhealthy\",\"owner\":\"ada\",\"reason\":\"new kernel\",\"for_seconds\":600}";

    @Test
    void anOperatorOverridesATargetUntilItExpiresOrIsTakenBack() {
        api.put("/api/v1/rules/web", PLAIN);

        Answer put = api.put("/api/v1/rules/web/overrides/eu-west-1", OVERRIDE);
        assertThat(put.status()).isEqualTo(200);
        Answer rule = api.get("/api/v1/rules/web");
        assertThat(rule.at("/overrides/eu-west-1/owner").asText()).isEqualTo("ada");
        assertThat(rule.at("/overrides/eu-west-1/reason").asText()).isEqualTo("new kernel");
        assertThat(rule.at("/overrides/eu-west-1/in_force").asBoolean()).isTrue();

        assertThat(api.call("DELETE", "/api/v1/rules/web/overrides/eu-west-1", null)
                        .status())
                .isEqualTo(204);
        assertThat(api.get("/api/v1/rules/web").at("/overrides")).isEmpty();
        assertThat(api.put("/api/v1/rules/web/overrides/sa-east-1", OVERRIDE).status())
                .as("no target of the rule")
                .isEqualTo(404);
        assertThat(api.put("/api/v1/rules/none/overrides/eu-west-1", OVERRIDE).status())
                .isEqualTo(404);
    }

    @Test
    void aTargetIsDrainedOverATimeAndNobodyEmptiesARule() {
        api.put("/api/v1/rules/web", PLAIN);
        String drain = OVERRIDE.replace("unhealthy", "draining").replace("}", ",\"ramp_seconds\":100}");

        Answer put = api.put("/api/v1/rules/web/overrides/eu-west-1", drain);
        assertThat(put.status()).isEqualTo(200);
        assertThat(put.at("/share_left").asDouble()).isBetween(0.7, 0.9);
        assertThat(api.put("/api/v1/rules/web/overrides/eu-west-1", OVERRIDE.replace("}", ",\"ramp_seconds\":100}"))
                        .status())
                .as("only what is draining has a ramp")
                .isEqualTo(422);

        api.register("us-east-1", "unhealthy");
        api.register("ap-southeast-1", "unhealthy");
        Answer last = api.put("/api/v1/rules/web/overrides/eu-west-1", OVERRIDE);
        assertThat(last.status()).isEqualTo(409);
        assertThat(last.at("/detail").asText()).contains("web");
        assertThat(api.put("/api/v1/regions/eu-west-1", "{\"capacity\":1}").status())
                .isEqualTo(201);
        assertThat(api.put("/api/v1/regions/eu-west-1/override", OVERRIDE).status())
                .isEqualTo(409);
    }

    @Test
    void aRegionIsEvacuatedByAPlanAndTheEvacuationIsTakenBack() {
        String because = "{\"owner\":\"ada\",\"reason\":\"new racks\",\"over_seconds\":0}";
        api.put("/api/v1/regions/eu-west-1", "{\"capacity\":100}");
        api.put("/api/v1/rules/web", PLAIN);

        Answer plan = api.get("/api/v1/regions/eu-west-1/evacuation/plan");
        assertThat(plan.status()).isEqualTo(200);
        assertThat(plan.at("/safe").asBoolean()).isTrue();
        assertThat(plan.at("/rules/0/rule_id").asText()).isEqualTo("web");
        assertThat(plan.at("/rules/0/share_before/eu-west-1").asDouble()).isPositive();
        assertThat(plan.at("/rules/0/share_after/eu-west-1").asDouble()).isZero();
        assertThat(api.get("/api/v1/regions/eu-west-1/evacuation").status()).isEqualTo(404);

        Answer rehearsed =
                api.post("/api/v1/regions/eu-west-1/evacuation", because.replace("}", ",\"rehearse\":true}"));
        assertThat(rehearsed.status()).isEqualTo(200);
        assertThat(api.get("/api/v1/regions/eu-west-1").at("/override").isNull())
                .as("a rehearsal moves nobody")
                .isTrue();
        assertThat(api.post("/api/v1/regions/eu-west-1/evacuation", because).status())
                .as("one at a time")
                .isEqualTo(409);
        api.call("DELETE", "/api/v1/regions/eu-west-1/evacuation", null);

        Answer begun = api.post("/api/v1/regions/eu-west-1/evacuation", because);
        assertThat(begun.status()).isEqualTo(200);
        assertThat(begun.at("/phase").asText()).isEqualTo("running");
        assertThat(begun.at("/plan/safe").asBoolean()).isTrue();
        assertThat(api.get("/api/v1/regions/eu-west-1").at("/override/status").asText())
                .isEqualTo("draining");

        assertThat(api.call("DELETE", "/api/v1/regions/eu-west-1/evacuation", null)
                        .status())
                .isEqualTo(204);
        assertThat(api.get("/api/v1/regions/eu-west-1").at("/override").isNull())
                .isTrue();
        assertThat(api.get("/api/v1/regions/eu-west-1/evacuation").at("/phase").asText())
                .isEqualTo("undone");
    }

    @Test
    void anEvacuationThatWouldDoHarmIsRefused() {
        api.put("/api/v1/regions/eu-west-1", "{\"capacity\":100}");
        api.put("/api/v1/rules/web", PLAIN);
        api.call("PATCH", "/api/v1/rules/web", "{\"safety\":{\"min_regions\":3}}");
        String because = "{\"owner\":\"ada\",\"reason\":\"new racks\"}";

        Answer refused = api.post("/api/v1/regions/eu-west-1/evacuation", because);
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.at("/detail").asText()).contains("web");
        assertThat(api.post("/api/v1/regions/eu-west-1/evacuation", because.replace("}", ",\"approved_by\":\"ada\"}"))
                        .status())
                .as("nobody approves of themselves")
                .isEqualTo(422);
        assertThat(api.post("/api/v1/regions/sa-east-1/evacuation", because).status())
                .isEqualTo(404);
    }

    @Test
    void safetyRulesAreSetShownAndChecked() {
        api.put("/api/v1/rules/web", PLAIN);
        String freeze = "2999-12-24T00:00:00Z/2999-12-27T00:00:00Z";
        Answer set = api.call(
                "PATCH",
                "/api/v1/rules/web",
                "{\"safety\":{\"min_regions\":2,\"max_moved_per_minute\":0.25,\"freezes\":\"" + freeze + "\"}}");
        assertThat(set.status()).isEqualTo(200);
        Answer rule = api.get("/api/v1/rules/web");
        assertThat(rule.at("/safety/min_regions").asInt()).isEqualTo(2);
        assertThat(rule.at("/safety/max_moved_per_minute").asDouble()).isEqualTo(0.25);
        assertThat(rule.at("/safety/freezes").asText()).isEqualTo(freeze);
        for (String wrong : List.of(
                "{\"min_regions\":4}", "{\"max_moved_per_minute\":0}", "{\"freezes\":\"tomorrow\"}", "{\"x\":1}")) {
            assertThat(api.call("PATCH", "/api/v1/rules/web", "{\"safety\":" + wrong + "}")
                            .status())
                    .as(wrong)
                    .isEqualTo(422);
        }
    }

    @Test
    void aRegionThatIsGoneIsEvictedAndOneThatLivesIsNot() {
        String because = "{\"owner\":\"ada\",\"reason\":\"its building burnt down\"}";

        assertThat(api.post("/api/v1/regions/eu-west-1/evict", because).status())
                .isEqualTo(409);
        assertThat(api.post("/api/v1/regions/us-east-1/evict", because)
                        .at("/detail")
                        .asText())
                .contains("own");
        assertThat(api.post("/api/v1/regions/sa-east-1/evict", because).status())
                .isEqualTo(404);
        assertThat(api.post("/api/v1/regions/eu-west-1/evict", "{\"owner\":\"ada\"}")
                        .status())
                .isEqualTo(422);

        api.otherRegionLives = false;
        Answer out = api.post("/api/v1/regions/eu-west-1/evict", because);
        assertThat(out.status()).isEqualTo(200);
        assertThat(out.at("/evicted/0").asText()).isEqualTo("127.0.0.1:25529");
        api.otherRegionLives = true;
    }

    @Test
    void somebodyCallsTheTrafficBackUnlessItNeverComesBack() {
        api.put("/api/v1/rules/web", PLAIN);
        String because = "{\"owner\":\"ada\",\"reason\":\"looks well\"}";

        Answer back = api.post("/api/v1/rules/web/failback/eu-west-1", because);
        assertThat(back.status()).isEqualTo(200);
        Answer rule = api.get("/api/v1/rules/web");
        assertThat(rule.at("/failovers/eu-west-1/state").asText()).isEqualTo("back");
        assertThat(rule.at("/failovers/eu-west-1/by").asText()).isEqualTo("ada");
        assertThat(rule.at("/failovers/eu-west-1/evidence").asText()).isEqualTo("looks well");

        Answer policy = api.call("PATCH", "/api/v1/rules/web", "{\"failover_policy\":{\"failback\":\"never\"}}");
        assertThat(policy.at("/failover_policy/failback").asText()).isEqualTo("never");
        assertThat(api.post("/api/v1/rules/web/failback/eu-west-1", because).status())
                .isEqualTo(422);
        assertThat(api.post("/api/v1/rules/web/failback/sa-east-1", because).status())
                .isEqualTo(404);
    }

    @Test
    void anOverrideOfARegionOutlivesAPutOfTheRegion() {
        String region = "{\"endpoints\":[\"http://127.0.0.1:9001\"]}";
        api.put("/api/v1/regions/eu-west-1", region);
        assertThat(api.put("/api/v1/regions/eu-west-1/override", OVERRIDE).status())
                .isEqualTo(200);
        api.put("/api/v1/regions/eu-west-1", region);
        assertThat(api.get("/api/v1/regions/eu-west-1").at("/override/status").asText())
                .isEqualTo("unhealthy");
        assertThat(api.call("DELETE", "/api/v1/regions/eu-west-1/override", null)
                        .status())
                .isEqualTo(204);
        assertThat(api.get("/api/v1/regions/eu-west-1").at("/override").isNull())
                .isTrue();
    }

    @Test
    void monitorsAreAddedChangedAndTakenAway() {
        api.put("/api/v1/rules/web", PLAIN);
        Answer patched = api.call(
                "PATCH",
                "/api/v1/rules/web",
                "{\"monitors\":{\"deep\":{\"path\":\"/deep\",\"must_be_healthy\":true},\"db\":{\"type\":\"tcp\",\"port\":5432}}}");
        assertThat(patched.status()).isEqualTo(200);
        assertThat(patched.at("/monitors/deep/path").asText()).isEqualTo("/deep");
        assertThat(patched.at("/monitors/deep/must_be_healthy").asBoolean()).isTrue();
        assertThat(patched.at("/monitors/db/type").asText()).isEqualTo("tcp");
        assertThat(patched.at("/monitors/db/port").asInt()).isEqualTo(5432);

        assertThat(api.call("PATCH", "/api/v1/rules/web", "{\"monitors\":{\"db\":null}}")
                        .at("/monitors"))
                .hasSize(1);
        assertThat(api.put("/api/v1/rules/web", PLAIN).at("/monitors"))
                .as("a rule that is replaced has only the monitors of the new one")
                .isEmpty();
    }

    @Test
    void aHealthPolicyKeepsWhatItDoesNotName() {
        api.put("/api/v1/rules/web", PLAIN);
        Answer patched = api.call(
                "PATCH", "/api/v1/rules/web", "{\"health_policy\":{\"degraded_share\":0.2,\"slow_start_ms\":30000}}");
        assertThat(patched.at("/health_policy/degraded_share").asDouble()).isEqualTo(0.2);
        assertThat(patched.at("/health_policy/slow_start_ms").asLong()).isEqualTo(30_000);
        assertThat(patched.at("/health_policy/panic_below").asDouble()).isZero();
        assertThat(api.call("PATCH", "/api/v1/rules/web", "{\"health_policy\":{\"panic_below\":1.5}}")
                        .status())
                .isEqualTo(422);
    }

    @Test
    void theMatrixShowsWhoSawWhatWhenAndHow() {
        api.seen = new HealthWatch.Looked(
                new HealthMatrix(List.of(new HealthMatrix.Row(
                        "id",
                        new RegionId("eu-west-1"),
                        URI.create("http://127.0.0.1:9001"),
                        HealthCheck.Type.HTTP,
                        HealthStatus.HEALTHY,
                        Verdict.Reach.OWN_CLIENTS,
                        new LatencyAllowance(100, 65.4),
                        List.of(new HealthMatrix.Sight(
                                "127.0.0.1:2551",
                                "us-east-1",
                                false,
                                true,
                                HealthStatus.UNHEALTHY,
                                Double.NaN,
                                0.5,
                                900,
                                1_700_000_000_000L,
                                "connection refused"))))),
                1);
        Answer matrix = api.get("/api/v1/health/matrix?region_id=eu-west-1");
        assertThat(matrix.at("/total_checks").asInt()).isEqualTo(1);
        assertThat(matrix.at("/checks/0/verdict").asText()).isEqualTo("healthy");
        assertThat(matrix.at("/checks/0/moves").asText()).isEqualTo("own_clients");
        assertThat(matrix.at("/checks/0/allowed_latency_ms").asDouble()).isEqualTo(165.4);
        assertThat(matrix.at("/checks/0/allowed_because").asText())
                .isEqualTo("healthy_latency_ms 100, and 65 ms for the distance from this region");
        assertThat(matrix.at("/checks/0/observers/0/status").asText()).isEqualTo("unhealthy");
        assertThat(matrix.at("/checks/0/observers/0/cause").asText()).isEqualTo("connection refused");
        assertThat(matrix.at("/checks/0/observers/0/since").asText()).isEqualTo("2023-11-14T22:13:20Z");
        assertThat(api.get("/api/v1/health/matrix?rule_id=none").status()).isEqualTo(404);
        assertThat(api.get("/api/v1/health/matrix?region=eu").status()).isEqualTo(400);
    }

    @Test
    void listsAreFilteredAndPaged() {
        for (int i = 0; i < 5; i++) {
            api.put("/api/v1/rules/rule-" + i, i == 0 ? PLAIN.replace("weighted_round_robin", "geographic") : PLAIN);
        }
        api.call("PATCH", "/api/v1/rules/rule-4", "{\"status\":\"paused\"}");

        assertThat(api.get("/api/v1/rules").at("/rules")).hasSize(5);
        assertThat(api.get("/api/v1/rules?status=paused").at("/rules")).hasSize(1);
        assertThat(api.get("/api/v1/rules?algorithm=geographic").at("/rules")).hasSize(1);
        Answer page = api.get("/api/v1/rules?limit=2&offset=3");
        assertThat(page.at("/rules/0/rule_id").asText()).isEqualTo("rule-3");
        assertThat(page.at("/total_rules").asInt()).isEqualTo(5);
        assertThat(api.get("/api/v1/rules?limit=100000").status()).isEqualTo(422);
    }

    @Test
    void geographicRulesAndRegionsLiveAndDie() {
        api.put("/api/v1/rules/web", PLAIN);
        String geographic = GEOGRAPHIC.replace("\"rule_id\": \"us-to-us\", ", "");
        String region =
                "{\"endpoints\":[\"http://127.0.0.1:9001\"],\"coordinate\":{\"lat\":1,\"lon\":2},\"capacity\":5}";
        for (String[] each : new String[][] {
            {"/api/v1/geographic-rules/us-to-us", geographic, "{\"priority\":7}", "/priority"},
            {"/api/v1/regions/basement", region, "{\"capacity\":7}", "/capacity"}
        }) {
            assertThat(api.put(each[0], each[1]).status()).isEqualTo(201);
            assertThat(api.put(each[0], each[1]).status()).isEqualTo(200);
            assertThat(api.call("PATCH", each[0], each[2]).at(each[3]).asInt()).isEqualTo(7);
            Answer read = api.get(each[0]);
            assertThat(read.at(each[3]).asInt()).isEqualTo(7);
            assertThat(read.header("ETag")).isNotEmpty();
            assertThat(api.call("DELETE", each[0], null, "If-Match", "\"0123456789abcdef\"")
                            .status())
                    .isEqualTo(412);
            assertThat(api.call("DELETE", each[0], null).status()).isEqualTo(204);
            assertThat(api.get(each[0]).status()).isEqualTo(404);
        }
    }

    @Test
    void aRuleThatIsReplacedKeepsNothingOfTheOneBefore() {
        api.put("/api/v1/rules/web", PLAIN);
        api.call(
                "PATCH",
                "/api/v1/rules/web",
                "{\"safety\":{\"min_regions\":2},\"health_policy\":{\"panic_below\":0.5},"
                        + "\"failover_policy\":{\"failback\":\"manual\"}}");
        assertThat(api.get("/api/v1/rules/web").at("/safety/min_regions").asInt())
                .isEqualTo(2);
        Answer replaced = api.put("/api/v1/rules/web", PLAIN);
        assertThat(replaced.at("/safety/min_regions").asInt()).isEqualTo(1);
        assertThat(replaced.at("/health_policy/panic_below").asDouble()).isZero();
        assertThat(replaced.at("/failover_policy/failback").asText()).isEqualTo("automatic");
    }

    @Test
    void theCapacityOfARegionIsLearnedWhereItIsAskedFor() {
        assertThat(api.put("/api/v1/regions/basement", "{\"capacity\":5}")
                        .at("/learn_capacity")
                        .asBoolean(true))
                .isFalse();
        assertThat(api.call("PATCH", "/api/v1/regions/basement", "{\"learn_capacity\":true}")
                        .at("/learn_capacity")
                        .asBoolean())
                .isTrue();
        Answer read = api.get("/api/v1/regions/basement");
        assertThat(read.at("/capacity_now").asDouble()).isEqualTo(5);
        assertThat(api.call("PATCH", "/api/v1/regions/basement", "{\"learn_capacity\":\"perhaps\"}")
                        .status())
                .isEqualTo(422);
    }

    @Test
    void deadReferencesAreRefused() {
        assertThat(api.put("/api/v1/rules/web", PLAIN.replace("ap-southeast-1", "atlantis-1"))
                        .status())
                .isEqualTo(422);
        assertThat(api.put("/api/v1/regions/atlantis-1", "{}").status()).isEqualTo(201);
        assertThat(api.put("/api/v1/rules/web", PLAIN.replace("ap-southeast-1", "atlantis-1"))
                        .status())
                .isEqualTo(201);
        assertThat(api.put(
                                "/api/v1/geographic-rules/us",
                                "{\"source_regions\":[\"us\"],\"target_regions\":[\"us-east-1\"],"
                                        + "\"applies_to\":\"nobody\"}")
                        .status())
                .isEqualTo(422);
    }

    @Test
    void aDecisionIsExplained() {
        api.put("/api/v1/rules/web", PLAIN);
        api.register("us-east-1", "unhealthy");

        Answer answer = api.get("/api/v1/route?rule_id=web&lat=50&lon=8&explain=true");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.at("/explanation/candidates")).hasSize(3);
        assertThat(answer.at("/explanation/candidates/0/removed_by").asText()).isEqualTo("health");
        assertThat(answer.at("/explanation/candidates/0/chosen").asBoolean()).isFalse();
    }

    @Test
    void aBatchAnswersInOrderAndCountsLikeSingleCalls() {
        api.put("/api/v1/rules/web", PLAIN);

        Answer answer = api.post(
                "/api/v1/route:batch",
                "{\"requests\":[{\"rule_id\":\"web\",\"client_region\":\"Europe\"},{\"rule_id\":\"none\"},"
                        + "{\"rule_id\":\"web\",\"lat\":1.5,\"lon\":2}]}");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.at("/decisions")).hasSize(3);
        assertThat(answer.at("/decisions/0/client_region").asText()).isEqualTo("Europe");
        assertThat(answer.at("/decisions/1/error").asText()).isEqualTo("unknown_rule");
        assertThat(answer.at("/decisions/2/decision_id").asText()).matches("[0-9a-f]{16}");
        assertThat(api.get("/api/v1/rules/web").at("/total_requests").asLong()).isEqualTo(2);
    }

    @Test
    void aBatchWithOneFaultDecidesNothing() {
        api.put("/api/v1/rules/web", PLAIN);

        Answer answer = api.post(
                "/api/v1/route:batch", "{\"requests\":[{\"rule_id\":\"web\"},{\"rule_id\":\"web\",\"lat\":91}]}");

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.at("/detail").asText()).startsWith("requests[1].lat");
        assertThat(api.get("/api/v1/rules/web").at("/total_requests").asLong()).isZero();
    }

    @Test
    void withoutAControlPlaneDecisionsGoOnAndWritesSayWhenToTryAgain() {
        api.put("/api/v1/rules/web", PLAIN);
        api.writable = false;
        api.controlReady = false;

        assertThat(api.get("/api/v1/route/europe?rule_id=web").status()).isEqualTo(200);
        for (Answer refused : List.of(
                api.put("/api/v1/rules/web", PLAIN),
                api.call("DELETE", "/api/v1/rules/web", null),
                api.get("/health/ready/control"))) {
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.header("Retry-After")).matches("[1-9][0-9]*");
        }
        assertThat(api.get("/health/ready").status()).isEqualTo(200);
    }

    @Test
    void beforeItHasCaughtUpWhatANodeDoesNotKnowMayExist() {
        api.put("/api/v1/rules/web", PLAIN);
        api.table().catchesUp();

        for (Answer unknown : List.of(
                api.get("/api/v1/rules/other"),
                api.get("/api/v1/route/europe?rule_id=other"),
                api.put("/api/v1/rules/third", PLAIN.replace("eu-west-1", "somewhere-else")))) {
            assertThat(unknown.status()).isEqualTo(503);
            assertThat(unknown.header("Retry-After")).isEqualTo("2");
            assertThat(unknown.header("Windrose-Caught-Up")).isEqualTo("false");
        }
        assertThat(api.get("/api/v1/rules/web").status()).isEqualTo(200);
        assertThat(api.get("/api/v1/rules/web").header("Windrose-Caught-Up")).isEqualTo("false");
        assertThat(api.get("/no/such/call").status()).isEqualTo(404);
    }

    @Test
    void anEditWaitsForARegionThatIsOnItsWay() {
        api.onItsWay = Duration.ofSeconds(20);
        CompletableFuture<Answer> edited = CompletableFuture.supplyAsync(
                () -> api.put("/api/v1/rules/web", PLAIN.replace("eu-west-1", "somewhere-else")));
        assertThat(api.put("/api/v1/regions/somewhere-else", "{\"capacity\":1}").status())
                .isEqualTo(201);
        assertThat(edited.join().status()).isEqualTo(201);
    }

    @Test
    void whatIsMissingIsNamedWhileANodeIsNotReady() {
        assertThat(api.get("/health/ready/control").at("/checks/0/ok").asBoolean())
                .isTrue();
        api.controlReady = false;
        Answer answer = api.get("/health/ready/control");
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.at("/checks/0/name").asText()).isEqualTo("member");
        assertThat(answer.at("/detail").asText()).isEqualTo("member: not a member");
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /api/v1/rules, GET",
        "DELETE, /api/v1/health/register, POST",
        "PUT, /api/v1/route/europe, GET",
        "POST, /, GET"
    })
    void aWrongMethodIsToldTheRightOnes(String method, String path, String allowed) {
        Answer answer = api.call(method, path, "{}");

        assertThat(answer.status()).isEqualTo(405);
        assertThat(answer.header("Allow")).contains(allowed);
    }

    @Test
    void headAnswersAsGetWithoutABody() {
        Answer answer = api.call("HEAD", "/health/live", null);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "/nowhere, 404",
        "/api/v1/rules/none, 404",
        "/api/v1/rules/.., 404",
        "/api/v1/rules/No%20Name, 404",
        "/api/v1/route/europe?rule_id=none, 404",
        "/api/v1/route/europe, 503",
        "/api/v1/route?rule_id=web&lat=91&lon=0, 422",
        "/api/v1/route?rule_id=web&lat=NaN&lon=0, 422",
        "/api/v1/route?rule_id=web&lat=1, 422",
        "/api/v1/rules?limit=x, 422",
        "/api/v1/rules?colour=red, 400"
    })
    void whatCannotBeAnsweredIsAProblem(String path, int status) {
        Answer answer = api.get(path);

        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(answer.at("/detail").asText()).isNotEmpty();
    }

    @Test
    void aChunkedBodyIsBoundedToo() throws Exception {
        byte[] large = " ".repeat(3 << 20).getBytes(StandardCharsets.UTF_8);
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + api.port() + "/api/v1/rules/create"))
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(large)))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());

        assertThat(answer.statusCode()).isEqualTo(413);
    }

    @Test
    void aStoppingNodeIsNotReadyAndStillDecides() {
        api.put("/api/v1/rules/web", PLAIN);

        api.server().notReady();

        assertThat(api.get("/health/ready").status()).isEqualTo(503);
        assertThat(api.get("/health/live").status()).isEqualTo(200);
        assertThat(api.get("/api/v1/route/europe?rule_id=web").status()).isEqualTo(200);
    }

    @Test
    void metersCountDecisionsAndRequests() {
        api.put("/api/v1/rules/web", PLAIN);
        api.get("/api/v1/route/europe?rule_id=web");

        assertThat(api.get("/metrics").text())
                .contains("windrose_decisions_total 1.0")
                .contains("windrose_http_requests_total");
    }
}
