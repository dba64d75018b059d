package dev.windrose.front.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.front.api.RunningApi.Answer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A region that rules send clients to is not taken away from them. */
class RegionsInUseTest {

    private static final String EMPTY = "{\"endpoints\":[]}";

    private final RunningApi api = RunningApi.start();

    @BeforeEach
    void aRuleWithThreeTargetsOfWhichTwoHaveEndpoints() {
        region("us-east-1", "http://127.0.0.1:9101");
        region("eu-west-1", "http://127.0.0.1:9102");
        region("sa-east-1", "http://127.0.0.1:9104");
        assertThat(api.post("/api/v1/rules/create", RunningApi.RULE).status()).isEqualTo(200);
    }

    @AfterEach
    void stop() {
        api.close();
    }

    private void region(String id, String endpoint) {
        assertThat(api.put("/api/v1/regions/" + id, "{\"endpoints\":[\"" + endpoint + "\"]}")
                        .status())
                .isEqualTo(201);
    }

    private static void refused(Answer answer, String... says) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(409);
        assertThat(answer.at("/detail").asText()).contains(says);
    }

    private static void done(Answer answer) {
        assertThat(answer.status()).as(answer.text()).isLessThan(300);
    }

    @Test
    void itsLastEndpointStaysAndTheRulesAreNamed() {
        refused(
                api.put("/api/v1/regions/us-east-1", EMPTY),
                "endpoints: none for 'us-east-1'",
                "rule:web",
                "expected:");
        refused(api.call("PATCH", "/api/v1/regions/us-east-1", EMPTY), "rule:web");
        refused(api.put("/api/v1/regions/us-east-1", "{\"capacity\":5}"), "rule:web");
        refused(api.call("DELETE", "/api/v1/regions/us-east-1", null), "region_id: 'us-east-1' is in use by rule:web");

        assertThat(api.get("/api/v1/regions/us-east-1").at("/endpoints/0").asText())
                .isEqualTo("http://127.0.0.1:9101");
    }

    @Test
    void aRegionThatNoRuleUsesGoes() {
        done(api.call("PATCH", "/api/v1/regions/sa-east-1", EMPTY));
        done(api.call("DELETE", "/api/v1/regions/sa-east-1", null));
    }

    @Test
    void aRuleWithAnEndpointOfItsOwnNeedsThatOfTheRegionNoMore() {
        done(api.call("PATCH", "/api/v1/rules/web", "{\"endpoints\":{\"us-east-1\":\"http://127.0.0.1:9301\"}}"));

        done(api.call("PATCH", "/api/v1/regions/us-east-1", EMPTY));
        refused(api.call("PATCH", "/api/v1/regions/eu-west-1", EMPTY), "rule:web");
    }

    @Test
    void aFallbackRegionIsInUse() {
        done(api.call("PATCH", "/api/v1/rules/web", "{\"fallback\":\"region:sa-east-1\"}"));

        refused(api.call("PATCH", "/api/v1/regions/sa-east-1", EMPTY), "rule:web");
        refused(api.call("DELETE", "/api/v1/regions/sa-east-1", null), "rule:web");
    }

    @Test
    void aRegionThatOnlyAGeographicRuleNamesGoesUnlessNobodyElseKnowsIt() {
        region("lab-1", "http://127.0.0.1:9105");
        done(api.post(
                "/api/v1/geographic-rules/create",
                "{\"rule_id\":\"near\",\"source_regions\":[\"europe\"],\"target_regions\":[\"lab-1\",\"sa-east-1\"]}"));

        refused(api.call("DELETE", "/api/v1/regions/lab-1", null), "geo:near");
        done(api.call("DELETE", "/api/v1/regions/sa-east-1", null));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"region_id\":\"us-east-1\",\"endpoints\":[]}", "remove"})
    void aSetOfDefinitionsIsRefusedForItAsAWhole(String spec) {
        String definition = spec.equals("remove")
                ? "{\"kind\":\"region\",\"spec\":{\"region_id\":\"us-east-1\"},\"remove\":true}"
                : "{\"kind\":\"region\",\"spec\":" + spec + "}";
        String set = "{\"owner\":\"shop\",\"definitions\":[" + definition + "]}";

        for (String call : new String[] {"/api/v1/plan", "/api/v1/apply"}) {
            Answer answer = api.post(call, set);
            assertThat(answer.status()).as(answer.text()).isEqualTo(422);
            assertThat(answer.at("/detail").asText()).contains("region:us-east-1", "rule:web");
        }
    }

    @Test
    void aSetThatTakesTheTargetOutOfTheRuleAndEmptiesTheRegionIsApplied() {
        String rule = RunningApi.RULE
                .replace("\"us-east-1\", \"eu-west-1\"", "\"eu-west-1\"")
                .replace("\"us-east-1\": 0.5, ", "");
        String set = "{\"owner\":\"shop\",\"definitions\":["
                + "{\"kind\":\"region\",\"spec\":{\"region_id\":\"us-east-1\",\"endpoints\":[]}},"
                + "{\"kind\":\"rule\",\"spec\":" + rule + "}]}";

        Answer applied = api.post("/api/v1/apply", set);

        done(applied);
        assertThat(applied.at("/definitions")).hasSize(2);
        assertThat(api.get("/api/v1/regions/us-east-1").at("/endpoints")).isEmpty();
    }

    @Test
    void noDecisionServesATargetWithoutAnEndpoint() {
        for (int i = 0; i < 100; i++) {
            Answer decision = api.get("/api/v1/route/anywhere?rule_id=web");
            assertThat(decision.at("/optimal_region").asText()).isNotEqualTo("ap-southeast-1");
            assertThat(decision.at("/endpoint").isTextual()).as(decision.text()).isTrue();
        }
    }

    @Test
    void theOnlyTargetWithAnEndpointIsNotDrained() {
        done(api.call("PATCH", "/api/v1/rules/web", "{\"target_regions\":[\"us-east-1\",\"ap-southeast-1\"]}"));

        refused(
                api.put(
                        "/api/v1/rules/web/overrides/us-east-1",
                        "{\"status\":\"draining\",\"owner\":\"ada\",\"reason\":\"trial\",\"for_seconds\":60}"),
                "web");
    }
}
