package dev.windrose.front.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.front.api.RunningApi.Answer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * What callers learn whose grants are limited to a region, while rules outside of it need it: the rule {@code hidden} falls back
 * to {@code lab-mine}, and is served from {@code lab-theirs}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LimitedSightTest {

    private RunningApi api;
    private String viewer;
    private String editor;

    @BeforeAll
    void start() {
        api = KeyedApi.start();
        api.hearsAfter = Duration.ZERO;
        Answer made = call(
                "/api/v1/apply",
                KeyedApi.ROOT.text(),
                set(region("lab-mine", "http://127.0.0.1:9401")
                        + "," + region("lab-theirs", "http://127.0.0.1:9402")
                        + "," + rule("hidden", "lab-theirs", ",\"fallback\":\"region:lab-mine\"")
                        + "," + rule("mine", "lab-mine", "")));
        assertThat(made.status()).as(made.text()).isEqualTo(200);
        viewer = KeyedApi.key(api, "viewer", "viewer;region=lab-mine");
        editor = KeyedApi.key(api, "editor", "editor;region=lab-mine");
    }

    @AfterAll
    void stop() {
        api.close();
    }

    private Answer call(String path, String key, String body) {
        return api.call(
                body.isEmpty() ? "GET" : "POST", path, body.isEmpty() ? null : body, "Authorization", "Bearer " + key);
    }

    private static String set(String definitions) {
        return "{\"owner\":\"ci\",\"definitions\":[" + definitions + "]}";
    }

    private static String region(String id, String endpoint) {
        return "{\"kind\":\"region\",\"spec\":{\"region_id\":\"" + id + "\",\"endpoints\":["
                + (endpoint.isEmpty() ? "" : "\"" + endpoint + "\"") + "]}}";
    }

    private static String rule(String id, String target, String more) {
        return "{\"kind\":\"rule\",\"spec\":{\"rule_id\":\"" + id
                + "\",\"name\":\"x\",\"algorithm\":\"priority\",\"target_regions\":[\"" + target + "\"]" + more + "}}";
    }

    private static String geographic(String rule, String target) {
        return "{\"kind\":\"geographic_rule\",\"spec\":{\"rule_id\":\"new\",\"source_regions\":[\"europe\"],"
                + "\"target_regions\":[\"" + target + "\"],\"applies_to\":\"" + rule + "\"}}";
    }

    @Test
    void whatNeedsTheRegionIsNotNamed() {
        for (String definition : List.of(
                region("lab-mine", ""),
                "{\"kind\":\"region\",\"spec\":{\"region_id\":\"lab-mine\"},\"remove\":true}")) {
            for (Answer refused : List.of(
                    call("/api/v1/plan", viewer, set(definition)), call("/api/v1/apply", editor, set(definition)))) {
                assertThat(refused.status()).as(refused.text()).isEqualTo(422);
                assertThat(refused.text())
                        .contains("rule:mine, and by definitions that your grants do not cover")
                        .doesNotContain("hidden");
            }
            assertThat(call("/api/v1/plan", KeyedApi.ROOT.text(), set(definition))
                            .text())
                    .contains("rule:hidden, rule:mine");
        }
    }

    @Test
    void noMoreIsTheOneWhoseCheckCannotBeAsked() {
        String names = region("lab-mine", "dns://127.0.0.1:9453");

        Answer refused = call("/api/v1/plan", viewer, set(names));

        assertThat(refused.status()).as(refused.text()).isEqualTo(422);
        assertThat(refused.text())
                .contains("rule mine at dns", "the health check of a rule that your grants do not cover")
                .doesNotContain("hidden");
        assertThat(call("/api/v1/plan", KeyedApi.ROOT.text(), set(names)).text())
                .contains("rule hidden at dns");
    }

    @Test
    void aRuleThatIsHiddenIsAsOneThatIsNotThere() {
        for (String target : List.of("lab-mine", "eu-west-1")) {
            Answer hidden = call("/api/v1/plan", viewer, set(geographic("hidden", target)));
            Answer never = call("/api/v1/plan", viewer, set(geographic("never", target)));

            assertThat(hidden.status()).as(hidden.text()).isEqualTo(422);
            assertThat(hidden.text().replace("hidden", "never")).isEqualTo(never.text());
        }
        assertThat(call("/api/v1/plan", viewer, set(geographic("mine", "lab-mine")))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void aRegionThatIsHiddenIsAsOneThatIsNotThere() {
        for (String path : List.of("/api/v1/plan", "/api/v1/apply")) {
            Answer hidden = call(path, editor, set(rule("new", "lab-theirs", "")));
            Answer never = call(path, editor, set(rule("new", "lab-never", "")));

            assertThat(hidden.status()).as(hidden.text()).isEqualTo(422);
            assertThat(hidden.text().replace("theirs", "never")).isEqualTo(never.text());
        }
    }

    @Test
    void warningsAreOfWhatTheCallerMaySee() {
        String forAll = geographic("", "lab-mine").replace("\"applies_to\":\"\"", "\"priority\":7");
        String key = call(
                        "/api/v1/keys",
                        KeyedApi.ROOT.text(),
                        "{\"name\":\"nearby\",\"owner\":\"ada\",\"grants\":[\"viewer;region=eu-west-1\"]}")
                .at("/key")
                .asText();
        Answer made = call(
                "/api/v1/apply",
                KeyedApi.ROOT.text(),
                set(rule("far", "us-east-1", "").replace("\"priority\"", "\"geographic\"")));
        assertThat(made.status()).as(made.text()).isEqualTo(200);
        String near = forAll.replace("lab-mine", "eu-west-1");

        assertThat(call("/api/v1/plan", KeyedApi.ROOT.text(), set(near)).at("/warnings"))
                .hasSize(1);
        assertThat(call("/api/v1/plan", key, set(near)).at("/warnings")).isEmpty();
    }
}
