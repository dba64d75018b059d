package dev.windrose.front.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.windrose.front.api.RunningApi.Answer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** Residency, round trips, advice and its application, through the real routes; one server for the whole story. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class GeographyApiTest {

    private static final String MATRIX = """
            from,to,rtt_ms,spread_ms,samples,age_seconds
            europe,us-east-1,40,1,30,0
            europe,eu-west-1,90,1,30,0
            asia,us-east-1,220,1,30,0
            asia,eu-west-1,180,1,30,0
            asia,ap-southeast-1,30,1,30,0
            """;

    private RunningApi api;

    @BeforeAll
    void prepare() {
        api = RunningApi.start();
        api.call("POST", "/api/v1/rules/create", RunningApi.RULE.replace("weighted_round_robin", "geographic"));
        Answer put = api.put("/api/v1/latency-map", MATRIX, "Content-Type", "text/csv");
        assertThat(put.status()).as(put.text()).isBetween(200, 204);
        api.eventually(() -> assertThat(explained("europe")
                        .at("/candidates/0/round_trip_samples")
                        .asDouble())
                .isGreaterThan(20));
    }

    @AfterAll
    void stop() {
        api.close();
    }

    private JsonNode explained(String place) {
        return api.call("GET", "/api/v1/route/" + place + "?rule_id=web&explain=true", null)
                .at("/explanation");
    }

    private static List<String> texts(JsonNode list) {
        List<String> texts = new ArrayList<>();
        list.forEach(each -> texts.add(each.asText()));
        return texts;
    }

    @Test
    @Order(1)
    void whatWasMeasuredDecidesAndIsShown() {
        JsonNode why = explained("europe");
        assertThat(why.at("/candidates/0/region").asText()).isEqualTo("us-east-1");
        assertThat(why.at("/candidates/0/round_trip_ms").asDouble()).isCloseTo(41, within(3.0));
        Answer route = api.call("GET", "/api/v1/route/europe?rule_id=web", null);
        assertThat(route.at("/optimal_region").asText()).isEqualTo("us-east-1");
    }

    @Test
    @Order(2)
    void residencyIsWrittenShownKeptAndTakenBack() {
        Answer bound = api.call(
                "PATCH",
                "/api/v1/rules/web",
                "{\"residency\": {\"Europe\": [\"eu-west-1\"]}, \"latency_policy\": {\"explore\": 0}}");
        assertThat(bound.status()).as(bound.text()).isEqualTo(200);
        assertThat(bound.at("/residency").toString()).isEqualTo("{\"europe\":[\"eu-west-1\"]}");
        assertThat(bound.at("/latency_policy/explore").asDouble()).isZero();
        assertThat(api.call("GET", "/api/v1/route/europe?rule_id=web", null)
                        .at("/optimal_region")
                        .asText())
                .isEqualTo("eu-west-1");
        JsonNode why = explained("europe");
        assertThat(why.at("/residency").asText()).isEqualTo("europe");
        assertThat(why.at("/candidates/0/removed_by").asText()).isEqualTo("residency");

        Answer wrong = api.call("PATCH", "/api/v1/rules/web", "{\"residency\": {\"europe\": [\"atlantis-1\"]}}");
        assertThat(wrong.status()).isEqualTo(422);
        assertThat(wrong.at("/detail").asText()).contains("residency.europe", "atlantis-1");
        assertThat(api.call("PATCH", "/api/v1/rules/web", "{\"residency\": {\"europe\": []}}")
                        .status())
                .isEqualTo(422);

        Answer drain = api.put(
                "/api/v1/regions/eu-west-1/override",
                "{\"status\": \"draining\", \"owner\": \"ada\", \"reason\": \"racks\", \"for_seconds\": 60}");
        assertThat(drain.status())
                .as("clients of europe may be served nowhere else")
                .isEqualTo(409);
        assertThat(drain.at("/detail").asText()).contains("clients of europe");
        Answer lifted = api.call("PATCH", "/api/v1/rules/web", "{\"residency\": {}}");
        assertThat(lifted.at("/residency").size()).isZero();
    }

    @Test
    @Order(3)
    void trafficIsShownWithWhatItCosts() {
        for (int i = 0; i < 1100; i++) {
            api.call("GET", "/api/v1/route/asia?rule_id=web&affinity_key=k" + i, null);
        }
        Answer traffic = api.call("GET", "/api/v1/geography/traffic?area=asia", null);
        JsonNode leg = traffic.at("/traffic/0");
        assertThat(leg.at("/client_area").asText()).isEqualTo("asia");
        assertThat(leg.at("/region").asText()).isEqualTo("ap-southeast-1");
        assertThat(leg.at("/decisions").asLong()).isEqualTo(1100);
        assertThat(leg.at("/added_ms").asDouble()).isZero();
        assertThat(api.call("GET", "/api/v1/geography/traffic", null)
                        .at("/total_decisions")
                        .asLong())
                .isGreaterThanOrEqualTo(1101);
    }

    @Test
    @Order(4)
    void performanceOfAGeographicRuleIsShownPerTarget() {
        api.call("POST", "/api/v1/geographic-rules/create", """
                {"rule_id": "asians", "source_regions": ["asia"], "target_regions": ["us-east-1", "ap-southeast-1"],
                 "priority": 1, "latency_threshold_ms": 20}
                """);
        Answer performance = api.call("GET", "/api/v1/geographic-rules/asians/performance", null);
        assertThat(performance.status()).isEqualTo(200);
        assertThat(performance.at("/targets/1/round_trips/0/round_trip_ms").asDouble())
                .isCloseTo(31, within(3.0));
        assertThat(performance.at("/targets/1/round_trips/0/within_threshold").asBoolean())
                .isFalse();
        assertThat(texts(performance.at("/applies_to_rules"))).containsExactly("web");
        assertThat(api.call("GET", "/api/v1/geographic-rules/nobody/performance", null)
                        .status())
                .isEqualTo(404);
    }

    @Test
    @Order(5)
    void theOptimiserShowsAppliesAndTakesBack() {
        JsonNode considered = explained("asia").at("/geographic_rules/0");
        assertThat(considered.at("/outcome").asText()).isEqualTo("too_far");
        Answer advice = api.call("GET", "/api/v1/geography/recommendations", null);
        assertThat(advice.at("/recommendations").toString()).contains("threshold_never_matches", "target_order");

        Answer dry = api.call("POST", "/api/v1/geographic-rules/optimize", "{}");
        assertThat(dry.at("/dry_run").asBoolean()).isTrue();
        assertThat(dry.at("/changes/0/rule_id").asText()).isEqualTo("asians");
        assertThat(rule().at("/latency_threshold_ms").asDouble())
                .as("nothing was changed")
                .isEqualTo(20);

        Answer applied = api.call("POST", "/api/v1/geographic-rules/optimize", "{\"dry_run\": false}");
        assertThat(applied.at("/refused").size()).as(applied.text()).isZero();
        String id = applied.at("/optimization_id").asText();
        assertThat(texts(rule().at("/target_regions"))).containsExactly("ap-southeast-1", "us-east-1");
        assertThat(rule().at("/latency_threshold_ms").asDouble()).isEqualTo(40);
        assertThat(api.call("GET", "/api/v1/route/asia?rule_id=web", null)
                        .at("/selection_reason")
                        .asText())
                .isEqualTo("geographic_rule");
        assertThat(api.call("POST", "/api/v1/geographic-rules/optimize", "{}")
                        .at("/changes")
                        .size())
                .as("nothing is left to do")
                .isZero();

        Answer undone = api.call("POST", "/api/v1/geographic-rules/optimize/" + id + "/undo", "{}");
        assertThat(undone.at("/changes/0/rule_id").asText()).as(undone.text()).isEqualTo("asians");
        assertThat(texts(rule().at("/target_regions"))).containsExactly("us-east-1", "ap-southeast-1");
        assertThat(rule().at("/latency_threshold_ms").asDouble()).isEqualTo(20);
        assertThat(api.call("POST", "/api/v1/geographic-rules/optimize/" + id + "/undo", "{}")
                        .status())
                .as("once")
                .isEqualTo(404);
    }

    @Test
    @Order(6)
    void whatSomebodyChangedMeanwhileIsNotTakenBack() {
        Answer applied = api.call("POST", "/api/v1/geographic-rules/optimize", "{\"dry_run\": false}");
        String id = applied.at("/optimization_id").asText();
        api.call("PATCH", "/api/v1/geographic-rules/asians", "{\"latency_threshold_ms\": 77}");
        Answer undone = api.call("POST", "/api/v1/geographic-rules/optimize/" + id + "/undo", "{}");
        assertThat(undone.at("/changes").size()).isZero();
        assertThat(undone.at("/refused/0/refused").asText()).contains("changed since");
        assertThat(rule().at("/latency_threshold_ms").asDouble()).isEqualTo(77);
    }

    @Test
    @Order(7)
    void aFrozenRuleIsNotOptimised() {
        api.call("PATCH", "/api/v1/geographic-rules/asians", "{\"latency_threshold_ms\": 20}");
        api.call("PATCH", "/api/v1/rules/web", """
                {"safety": {"freezes": "2020-01-01T00:00:00Z/2099-01-01T00:00:00Z"}}
                """);
        Answer applied = api.call("POST", "/api/v1/geographic-rules/optimize", "{\"dry_run\": false}");
        assertThat(applied.at("/changes").size()).isZero();
        assertThat(applied.at("/refused/0/refused").asText()).contains("frozen");
    }

    @Test
    @Order(8)
    void wrongBodiesChangeNothing() {
        for (String body : List.of(
                "{\"min_samples\": 0}", "{\"max_changes\": 101}", "{\"dry\": true}", "{\"dry_run\": \"no\"}", "[]")) {
            assertThat(api.call("POST", "/api/v1/geographic-rules/optimize", body)
                            .status())
                    .as(body)
                    .isEqualTo(422);
        }
    }

    private JsonNode rule() {
        return api.call("GET", "/api/v1/geographic-rules/asians", null).body();
    }
}
