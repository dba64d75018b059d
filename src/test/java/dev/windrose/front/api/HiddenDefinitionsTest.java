package dev.windrose.front.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.front.api.RunningApi.Answer;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What answers and refusals tell callers whose grants are limited of what these do not cover. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HiddenDefinitionsTest {

    private final RunningApi api = KeyedApi.start();
    private String editor;
    private String shop;

    @BeforeAll
    void define() {
        api.hearsAfter = Duration.ZERO;
        KeyedApi.put(
                api,
                "regions/eu-west-1",
                "{\"endpoints\":[\"http://127.0.0.1:9002\"],\"coordinate\":{\"lat\":53,\"lon\":-6}}");
        KeyedApi.put(
                api,
                "regions/us-east-1",
                "{\"endpoints\":[\"http://127.0.0.1:9001\"],\"coordinate\":{\"lat\":39,\"lon\":-77}}");
        KeyedApi.put(api, "rules/inside", KeyedApi.rule("shop", "\"eu-west-1\""));
        KeyedApi.put(api, "rules/outside", KeyedApi.rule("euro", "\"us-east-1\""));
        KeyedApi.put(api, "geographic-rules/for-outside", KeyedApi.geographic("us-east-1", "outside"));
        KeyedApi.put(api, "geographic-rules/for-all", KeyedApi.geographic("eu-west-1", ""));
        editor = KeyedApi.key(api, "limited", "editor;region=eu-west-1");
        shop = KeyedApi.key(api, "labelled", "editor;label.team=shop");
    }

    @AfterAll
    void stop() {
        api.close();
    }

    private Answer call(String method, String path, String key, String body) {
        return KeyedApi.call(api, method, path, key, body);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                GET    | /api/v1/rules/NAME                                    |
                GET    | /api/v1/rules/NAME?at=yesterday                       |
                GET    | /api/v1/rules/NAME/history?limit=none                 |
                GET    | /api/v1/metrics/NAME?hours=none                       |
                GET    | /api/v1/route/europe?rule_id=NAME&explain=maybe       |
                GET    | /api/v1/route/europe?rule_id=NAME&colour=red          |
                GET    | /api/v1/route?rule_id=NAME&lat=1                      |
                GET    | /api/v1/route?rule_id=NAME&client_ip=x                |
                GET    | /api/v1/geographic-rules/for-NAME?colour=red          |
                GET    | /api/v1/geographic-rules/for-NAME/performance?a=b     |
                PATCH  | /api/v1/rules/NAME                                    | {"safety":{"min_regions":9}}
                PATCH  | /api/v1/geographic-rules/for-NAME                     | {"applies_to":"never"}
                """)
    void aCallWithAFaultTellsAsLittleOfWhatIsHiddenAsOfWhatIsNotThere(String method, String path, String body) {
        for (String key : new String[] {editor, shop}) {
            Answer hidden = call(method, path.replace("NAME", "outside"), key, body);
            Answer absent = call(method, path.replace("NAME", "nothing"), key, body);

            assertThat(hidden.status()).as(hidden.text()).isEqualTo(403);
            assertThat(absent.status()).as(absent.text()).isEqualTo(403);
            assertThat(absent.at("/detail")).isEqualTo(hidden.at("/detail"));
        }
    }

    @Test
    void aPatchOfARegionDoesNotTellWhatIsRegisteredOfIt() {
        for (String region : new String[] {"us-east-1", "us-west-2"}) {
            Answer refused = call("PATCH", "/api/v1/regions/" + region, editor, "{\"coordinate\":{\"lat\":1}}");
            assertThat(refused.status()).as(refused.text()).isEqualTo(403);
        }
    }

    @Test
    void theRulesOfAGeographicRuleAreThoseThatTheCallerMaySee() {
        String path = "/api/v1/geographic-rules/for-all/performance";
        assertThat(call("GET", path, KeyedApi.ROOT.text(), null)
                        .at("/applies_to_rules")
                        .toString())
                .isEqualTo("[\"inside\",\"outside\"]");
        assertThat(call("GET", path, editor, null).at("/applies_to_rules").toString())
                .isEqualTo("[\"inside\"]");
    }

    @Test
    void whoIsLimitedTellsNothingOfDecisionsWithoutARule() {
        String agent = KeyedApi.key(api, "agent", "agent;label.team=shop");
        String decision = call("GET", "/api/v1/route/europe", KeyedApi.ROOT.text(), null)
                .at("/decision_id")
                .asText();
        String outcome = "{\"outcomes\":[{\"decision_id\":\"" + decision + "\",\"success\":false}]}";

        assertThat(call("POST", "/api/v1/outcomes", agent, outcome)
                        .at("/counted")
                        .asInt())
                .isZero();
        assertThat(call("POST", "/api/v1/outcomes", KeyedApi.ROOT.text(), outcome)
                        .at("/counted")
                        .asInt())
                .isEqualTo(1);
    }

    @Test
    void whoMayEditARegionMayPutItBackAsItIsShown() {
        Answer put = call(
                "PUT",
                "/api/v1/regions/eu-west-1",
                editor,
                "{\"endpoints\":[\"http://127.0.0.1:9012\"],\"coordinate\":{\"lat\":53,\"lon\":-6}}");
        assertThat(put.status()).as(put.text()).isEqualTo(200);
        assertThat(call("PUT", "/api/v1/regions/eu-west-1", editor, "{\"endpoints\":[\"http://127.0.0.1:9012\"]}")
                        .status())
                .as("the place of a region is not theirs to take away")
                .isEqualTo(403);
    }

    @Test
    void beforeTheNodeHasCaughtUpNobodyIsRefusedWhatTheyMayDoOnceItHas() {
        try (RunningApi starting = KeyedApi.start()) {
            String agent = KeyedApi.key(starting, "agent", "agent;label.team=shop");
            starting.eventually(() -> assertThat(asks(starting, agent, "/api/v1/route/europe?rule_id=web")
                            .status())
                    .isEqualTo(403));
            starting.table().catchesUp();

            Answer unknown = asks(starting, agent, "/api/v1/route/europe?rule_id=web");
            assertThat(unknown.status()).as(unknown.text()).isEqualTo(503);
            assertThat(unknown.header("Retry-After")).isEqualTo("2");
            assertThat(asks(starting, agent, "/api/v1/audit").status())
                    .as("what no agent may ever do")
                    .isEqualTo(403);
        }
    }

    private static Answer asks(RunningApi api, String key, String path) {
        return api.get(path, "Authorization", "Bearer " + key);
    }
}
