package dev.windrose.front.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.windrose.front.api.RunningApi.Answer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is legal but probably not meant is told in the answer of every write. */
class WarningsApiTest {

    private static final String LACKS = "target_regions: no endpoint for ap-southeast-1";

    private static final String NEW = RunningApi.RULE.replace("\"rule_id\": \"web\", ", "");

    private final RunningApi api = RunningApi.start();

    @BeforeEach
    void twoOfThreeTargetsHaveEndpoints() {
        assertThat(warnings(api.put("/api/v1/regions/us-east-1", "{\"endpoints\":[\"http://127.0.0.1:9101\"]}")))
                .isEmpty();
        assertThat(warnings(api.put("/api/v1/regions/eu-west-1", "{\"endpoints\":[\"http://127.0.0.1:9102\"]}")))
                .isEmpty();
    }

    @AfterEach
    void stop() {
        api.close();
    }

    private static List<String> warnings(Answer answer) {
        assertThat(answer.status()).as(answer.text()).isLessThan(300);
        return texts(answer.at("/warnings"));
    }

    private static List<String> texts(JsonNode warnings) {
        assertThat(warnings.isArray()).as("warnings: " + warnings).isTrue();
        List<String> texts = new ArrayList<>();
        warnings.forEach(each -> texts.add(each.asText()));
        return texts;
    }

    @Test
    void everyWriteOfARuleHasThem() {
        List<Answer> written = List.of(
                api.post("/api/v1/rules/create", RunningApi.RULE),
                api.put("/api/v1/rules/web", NEW),
                api.put("/api/v1/rules/shop", NEW),
                api.call("PATCH", "/api/v1/rules/web", "{\"name\":\"Other\"}"),
                api.post("/api/v1/rules/web/update-weights", "{\"us-east-1\":1}"),
                api.put(
                        "/api/v1/rules/web/overrides/eu-west-1",
                        "{\"status\":\"degraded\",\"owner\":\"ada\",\"reason\":\"trial\",\"for_seconds\":60}"),
                api.get("/api/v1/rules/web"));

        assertThat(written)
                .allSatisfy(answer ->
                        assertThat(warnings(answer)).singleElement().asString().startsWith(LACKS));
        assertThat(api.get("/api/v1/rules").at("/rules"))
                .hasSize(2)
                .allSatisfy(rule -> assertThat(texts(rule.path("warnings"))).hasSize(1));
    }

    @Test
    void everyWriteOfAGeographicRuleHasThem() {
        String body = "{\"source_regions\":[\"euorpe\"],\"target_regions\":[\"eu-west-1\"]}";

        List<Answer> written = List.of(
                api.post("/api/v1/geographic-rules/create", body.replace("{", "{\"rule_id\":\"near\",")),
                api.put("/api/v1/geographic-rules/near", body),
                api.put("/api/v1/geographic-rules/other", body),
                api.call("PATCH", "/api/v1/geographic-rules/near", "{\"priority\":7}"),
                api.get("/api/v1/geographic-rules/near"));

        assertThat(written)
                .allSatisfy(answer -> assertThat(warnings(answer))
                        .singleElement()
                        .asString()
                        .startsWith("source_regions: unknown place euorpe"));
    }

    @Test
    void everyWriteOfARegionHasThem() {
        List<Answer> written = List.of(
                api.put("/api/v1/regions/us-west-2", "{\"endpoints\":[\"http://127.0.0.1:9101\"]}"),
                api.put("/api/v1/regions/us-west-2", "{\"endpoints\":[\"http://127.0.0.1:9101\"],\"capacity\":9}"),
                api.call("PATCH", "/api/v1/regions/us-west-2", "{\"capacity\":10}"),
                api.get("/api/v1/regions/us-west-2"));

        assertThat(written)
                .allSatisfy(answer -> assertThat(warnings(answer))
                        .singleElement()
                        .asString()
                        .startsWith("endpoints: http://127.0.0.1:9101 is an endpoint of us-east-1 as well"));
    }

    @Test
    void aPlanAndItsApplyNameTheDefinition() {
        String set = "{\"owner\":\"shop\",\"definitions\":[{\"kind\":\"rule\",\"spec\":" + RunningApi.RULE + "}]}";

        assertThat(warnings(api.post("/api/v1/plan", set)))
                .singleElement()
                .asString()
                .startsWith("rule:web: " + LACKS);
        assertThat(warnings(api.post("/api/v1/apply", set)))
                .singleElement()
                .asString()
                .startsWith("rule:web: " + LACKS);
    }

    @Test
    void aWriteThatThisNodeHasNotSeenYetHasThem() {
        api.hearsAfter = java.time.Duration.ofSeconds(2);

        assertThat(warnings(api.post("/api/v1/rules/create", RunningApi.RULE))).hasSize(1);
    }
}
