package dev.windrose.front.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.windrose.front.api.RunningApi.Answer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every body of the API, made wrong in every way: always a problem of the client's, and nothing is changed. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MutationTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String HOLE = "a hole to be filled";

    /**
     * A call that is right as it stands.
     *
     * @param required pointers to what must not be missing
     */
    record Right(String method, String path, String body, Set<String> required) {
        @Override
        public String toString() {
            return method + " " + path;
        }
    }

    private RunningApi api;

    @BeforeAll
    void start() {
        api = RunningApi.start();
        for (String id : List.of("web", "shop")) {
            assertThat(api.put("/api/v1/rules/" + id, RunningApi.RULE.replace("\"rule_id\": \"web\", ", ""))
                            .status())
                    .isEqualTo(201);
        }
        assertThat(api.put("/api/v1/geographic-rules/eu", GEOGRAPHIC).status()).isEqualTo(201);
        assertThat(api.put("/api/v1/regions/home", REGION).status()).isEqualTo(201);
    }

    @AfterAll
    void stop() {
        api.close();
    }

    private static final String WHOLE = """
            {"name": "New", "algorithm": "weighted_round_robin", "target_regions": ["us-east-1", "eu-west-1"],
             "weights": {"us-east-1": 0.5, "eu-west-1": 0.5}, "health_check_path": "/health",
             "failover_enabled": true, "session_affinity": false,
             "endpoints": {"us-east-1": "http://127.0.0.1:9001"},
             "health_check": {"type": "http", "interval_ms": 1000, "timeout_ms": 500, "rise": 2, "fall": 2,
                              "healthy_latency_ms": 100, "degraded_latency_ms": 200, "healthy_success_rate": 0.9,
                              "degraded_success_rate": 0.5, "status_from": 200, "status_to": 299, "settle": 2,
                              "damping_half_life_ms": 20000, "port": 0, "certificate_days": 14, "subject": "shop.v1"},
             "monitors": {"deep": {"path": "/deep", "must_be_healthy": true, "body_contains": "all is well",
                                   "status_to": 204}},
             "failover_policy": {"failback": "ramped", "delay_ms": 60000, "steps": 5, "hold_ms": 30000,
                                 "when_full": "shed"},
             "health_policy": {"failover_below": 0.5, "degraded_share": 0.2, "slow_start_ms": 30000, "panic_below": 0.3,
                               "outlier_distance": 0.3, "outlier_requests": 50, "outlier_cap": 0.34},
             "safety": {"min_regions": 2, "max_moved_per_minute": 0.5,
                        "freezes": "2999-12-24T00:00:00Z/2999-12-27T00:00:00Z"},
             "labels": {"team": "shop"}, "body_contains": "ok", "fallback": "fail_open", "status": "active"}
            """;

    private static final String GEOGRAPHIC = """
            {"source_regions": ["europe"], "target_regions": ["eu-west-1", "eu-central-1"], "priority": 1,
             "latency_threshold_ms": 30, "applies_to": "web", "status": "active"}
            """;

    private static final String REGION = """
            {"endpoints": ["http://127.0.0.1:9001"], "coordinate": {"lat": 53.3, "lon": -6.2}, "capacity": 100,
             "areas": ["europe"]}
            """;

    private static final String OVERRIDE = """
            {"status": "unhealthy", "owner": "ada", "approved_by": "bob", "reason": "new kernel", "for_seconds": 600}
            """;

    static Stream<Right> calls() {
        String named = WHOLE.replaceFirst("\\{", "{\"rule_id\": \"new\", ");
        return Stream.of(
                new Right(
                        "POST",
                        "/api/v1/rules/create",
                        named,
                        Set.of("/rule_id", "/name", "/algorithm", "/target_regions")),
                new Right("PUT", "/api/v1/rules/web", WHOLE, Set.of("/name", "/algorithm", "/target_regions")),
                new Right("PATCH", "/api/v1/rules/web", WHOLE, Set.of()),
                new Right(
                        "POST",
                        "/api/v1/rules/web/update-weights",
                        "{\"us-east-1\": 0.5, \"eu-west-1\": 0.25, \"ap-southeast-1\": 0.25}",
                        Set.of()),
                new Right(
                        "POST",
                        "/api/v1/geographic-rules/create",
                        GEOGRAPHIC.replaceFirst("\\{", "{\"rule_id\": \"new\", "),
                        Set.of("/rule_id", "/source_regions", "/target_regions")),
                new Right(
                        "PUT", "/api/v1/geographic-rules/eu", GEOGRAPHIC, Set.of("/source_regions", "/target_regions")),
                new Right("PATCH", "/api/v1/geographic-rules/eu", GEOGRAPHIC, Set.of()),
                new Right(
                        "PUT",
                        "/api/v1/rules/web/overrides/eu-west-1",
                        OVERRIDE,
                        Set.of("/status", "/owner", "/reason", "/for_seconds")),
                new Right(
                        "PUT",
                        "/api/v1/regions/home/override",
                        OVERRIDE,
                        Set.of("/status", "/owner", "/reason", "/for_seconds")),
                new Right(
                        "POST",
                        "/api/v1/rules/web/failback/eu-west-1",
                        "{\"owner\": \"ada\", \"reason\": \"looks well\"}",
                        Set.of("/owner", "/reason")),
                new Right(
                        "POST",
                        "/api/v1/regions/home/evacuation",
                        "{\"owner\": \"ada\", \"approved_by\": \"bob\", \"reason\": \"new racks\", \"over_seconds\": 30,"
                                + " \"for_seconds\": 3600, \"max_error_rate\": 0.05, \"rehearse\": true}",
                        Set.of("/owner", "/reason")),
                new Right(
                        "POST",
                        "/api/v1/regions/eu-west-1/evict",
                        "{\"owner\": \"ada\", \"reason\": \"it is gone\"}",
                        Set.of("/owner", "/reason")),
                new Right("PUT", "/api/v1/regions/home", REGION, Set.of()),
                new Right("PATCH", "/api/v1/regions/home", REGION, Set.of()),
                new Right(
                        "POST",
                        "/api/v1/health/register",
                        "{\"region_id\": \"us-east-1\", \"status\": \"healthy\", \"response_time_ms\": 20,"
                                + " \"success_rate\": 1, \"active_connections\": 3}",
                        Set.of("/region_id", "/status")),
                new Right(
                        "POST",
                        "/api/v1/metrics/record",
                        "{\"balancer_id\": \"web\", \"timestamp\": \"2026-11-23T12:00:00Z\", \"total_requests\": 5,"
                                + " \"requests_per_region\": {\"us-east-1\": 5}, \"average_response_time\": 20,"
                                + " \"error_rate\": 0.1, \"throughput\": 2}",
                        Set.of("/balancer_id")),
                new Right(
                        "POST",
                        "/api/v1/route:batch",
                        "{\"requests\": [{\"rule_id\": \"shop\", \"client_region\": \"europe\","
                                + " \"affinity_key\": \"a\", \"lat\": 1.5, \"lon\": 2.5}]}",
                        Set.of("/requests", "/requests/0/rule_id")),
                new Right(
                        "POST",
                        "/api/v1/outcomes",
                        "{\"outcomes\": [{\"decision_id\": \"0123456789abcdef\", \"latency_ms\": 20,"
                                + " \"success\": true}]}",
                        Set.of("/outcomes", "/outcomes/0/decision_id", "/outcomes/0/success")));
    }

    @ParameterizedTest
    @MethodSource("calls")
    void whatIsMissingIsRefused(Right right) throws IOException {
        for (String pointer : right.required()) {
            JsonNode body = JSON.readTree(right.body());
            JsonPointer at = JsonPointer.compile(pointer);
            ((ObjectNode) body.at(at.head())).remove(at.last().getMatchingProperty());
            refused(right, body.toString(), "without " + pointer);
        }
    }

    @ParameterizedTest
    @MethodSource("calls")
    void valuesOfTheWrongKindAreRefused(Right right) throws IOException {
        for (String pointer : leaves(JSON.readTree(right.body()))) {
            JsonNode value = JSON.readTree(right.body()).at(pointer);
            List<String> wrong = new ArrayList<>(List.of("{\"a\": 1}", "[[]]"));
            if (value.isNumber()) {
                wrong.addAll(List.of("true", "\"many\"", "NaN", "Infinity", "-Infinity", "1e309", "-1e309"));
                wrong.add("9".repeat(2000));
            } else if (value.isBoolean()) {
                wrong.addAll(List.of("1", "\"true\""));
            } else {
                wrong.addAll(List.of("7", "false", "\"" + "x".repeat(70_000) + "\""));
                if (!right.path().endsWith(":batch")) {
                    // In a batch a rule of any name may be asked for; there is none of that name, and the others
                    // answer.
                    wrong.add("\"\\u0000\"");
                }
            }
            for (String text : wrong) {
                refused(right, filled(right.body(), pointer, text), pointer + " = " + text);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("calls")
    void unknownAndDoubledFieldsAreRefused(Right right) throws IOException {
        JsonNode body = JSON.readTree(right.body());
        String first = body.fieldNames().next();
        String text = body.toString();
        refused(right, "{\"surprise!\":1," + text.substring(1), "with a surprise");
        refused(right, "{\"" + first + "\":" + body.get(first) + "," + text.substring(1), "with " + first + " twice");
    }

    @ParameterizedTest
    @MethodSource("calls")
    void bodiesThatAreNoObjectsAreRefused(Right right) {
        for (String body : List.of(
                "",
                " ",
                "null",
                "7",
                "\"text\"",
                "[]",
                "[{}]",
                "{",
                "{}{}",
                right.body() + "x",
                "{\"a\":" + "[".repeat(100_000),
                "{\"a\":" + "{\"a\":".repeat(50_000),
                "\uFFFF{}",
                "{\"name\":\"" + "x".repeat(2_000_000) + "\"}",
                " ".repeat(2_000_000))) {
            refused(right, body, body.substring(0, Math.min(20, body.length())));
        }
    }

    @ParameterizedTest
    @MethodSource("calls")
    void bodiesThatAreNotSaidToBeJsonAreRefused(Right right) {
        for (String type : List.of("text/plain", "application/x-www-form-urlencoded", "multipart/form-data")) {
            Object before = api.state();
            Answer answer = api.call(right.method(), right.path(), right.body(), "Content-Type", type);
            assertThat(answer.status()).as("%s as %s", right, type).isEqualTo(415);
            assertThat(api.state()).isEqualTo(before);
        }
    }

    private void refused(Right right, String body, String how) {
        Object before = api.state();
        Answer answer = api.call(right.method(), right.path(), body);
        String shown = how.length() > 200 ? how.substring(0, 200) : how;
        assertThat(answer.status()).as("%s %s: %s", right, shown, answer.text()).isBetween(400, 499);
        assertThat(answer.header("Content-Type")).as("%s %s", right, shown).isEqualTo("application/problem+json");
        assertThat(answer.at("/type").asText()).startsWith("urn:windrose:problem:");
        assertThat(answer.at("/title").asText()).isNotEmpty();
        assertThat(answer.at("/detail").asText()).isNotEmpty();
        assertThat(answer.at("/status").asInt()).isEqualTo(answer.status());
        assertThat(api.state()).as("%s %s", right, shown).isEqualTo(before);
    }

    private static List<String> leaves(JsonNode node) {
        List<String> leaves = new ArrayList<>();
        leaves(node, "", leaves);
        return leaves;
    }

    private static void leaves(JsonNode node, String path, List<String> into) {
        if (node.isObject()) {
            node.fieldNames().forEachRemaining(name -> leaves(node.get(name), path + "/" + name, into));
        } else if (node.isArray()) {
            for (int i = 0; i < node.size(); i++) {
                leaves(node.get(i), path + "/" + i, into);
            }
        } else {
            into.add(path);
        }
    }

    private static String filled(String body, String pointer, String text) throws IOException {
        JsonNode read = JSON.readTree(body);
        JsonPointer at = JsonPointer.compile(pointer);
        JsonNode holder = read.at(at.head());
        if (holder instanceof ObjectNode object) {
            object.put(at.last().getMatchingProperty(), HOLE);
        } else {
            ((ArrayNode) holder)
                    .set(at.last().getMatchingIndex(), JSON.getNodeFactory().textNode(HOLE));
        }
        return read.toString().replace("\"" + HOLE + "\"", text);
    }
}
