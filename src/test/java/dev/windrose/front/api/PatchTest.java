package dev.windrose.front.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.windrose.decide.definition.Change;
import dev.windrose.decide.definition.Fields;
import dev.windrose.decide.definition.Stamp;
import dev.windrose.front.api.RunningApi.Answer;
import dev.windrose.model.DefinitionKey;
import dev.windrose.model.RuleId;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** PATCH is a merge patch: what it names changes, null removes, everything else stays. */
class PatchTest {

    private final RunningApi api = RunningApi.start();

    @BeforeEach
    void aRuleWithAllThatHasParts() {
        api.put("/api/v1/regions/us-east-1", "{\"endpoints\":[\"http://127.0.0.1:9101\"]}");
        done(api.put("/api/v1/rules/web", """
                {"name": "Web", "algorithm": "weighted_round_robin", "target_regions": ["us-east-1", "eu-west-1"],
                 "weights": {"us-east-1": 10, "eu-west-1": 90},
                 "endpoints": {"us-east-1": "http://127.0.0.1:9201", "eu-west-1": "http://127.0.0.1:9202"},
                 "health_check": {"interval_ms": 1000, "timeout_ms": 500, "rise": 4},
                 "monitors": {"login": {"path": "/login", "must_be_healthy": true, "body_contains": "a b"},
                              "shop": {"path": "/shop"}},
                 "health_policy": {"panic_below": 0.6, "degraded_share": 0.1},
                 "failover_policy": {"failback": "manual", "delay_ms": 5000},
                 "safety": {"max_moved_per_minute": 0.5},
                 "residency": {"europe": ["eu-west-1"], "*": ["us-east-1", "eu-west-1"]},
                 "latency_policy": {"window_ms": 20, "explore": 0.05},
                 "labels": {"team": "shop", "tier": "gold"},
                 "fallback": "fail_closed", "body_contains": "ok", "session_affinity": true, "failover_enabled": false}
                """));
    }

    @AfterEach
    void stop() {
        api.close();
    }

    private static Answer done(Answer answer) {
        assertThat(answer.status()).as(answer.text()).isLessThan(300);
        return answer;
    }

    private Answer patched(String body) {
        return done(api.call("PATCH", "/api/v1/rules/web", body));
    }

    private void refused(String body, String says) {
        JsonNode before = api.get("/api/v1/rules/web").body();
        Answer answer = api.call("PATCH", "/api/v1/rules/web", body);
        assertThat(answer.status()).as(answer.text()).isEqualTo(422);
        assertThat(answer.at("/detail").asText()).startsWith(says).contains("(expected: ");
        assertThat(api.get("/api/v1/rules/web").body()).isEqualTo(before);
    }

    /** Share of a target, as decisions have it. */
    private double share(String region) {
        int all = 0;
        for (int i = 0; i < 1000; i++) {
            all += api.routed("anywhere", "web").equals(region) ? 1 : 0;
        }
        return all / 1000.0;
    }

    @Test
    void aWeightThatIsNamedChangesAndTheOthersStay() {
        JsonNode weights =
                patched("{\"weights\":{\"us-east-1\":1},\"residency\":null}").at("/weights");

        assertThat(weights.at("/us-east-1").asDouble()).isEqualTo(1);
        assertThat(weights.at("/eu-west-1").asDouble()).isEqualTo(90);
        assertThat(share("us-east-1")).isCloseTo(1 / 91.0, within(0.002));
    }

    @Test
    void aWeightThatIsRemovedIsTheMeanOfTheOthersAndTheAnswerSaysSo() {
        Answer answer = patched("{\"weights\":{\"us-east-1\":null}}");

        assertThat(answer.at("/weights/us-east-1").asDouble()).isEqualTo(90);
        assertThat(answer.at("/changed/0").asText())
                .isEqualTo("weights: us-east-1=90.0, the mean of the others, because none was given");
    }

    @Test
    void weightsThatAreRemovedAreTheSameForAll() {
        Answer answer = patched("{\"weights\":null}");

        assertThat(answer.at("/weights/us-east-1").asDouble()).isEqualTo(0.5);
        assertThat(answer.at("/weights/eu-west-1").asDouble()).isEqualTo(0.5);
        assertThat(answer.at("/changed/0").asText()).isEqualTo("weights: equal for all targets");
    }

    @Test
    void updateWeightsIsTheWholeAndTheAnswerListsWhoGetsNothing() {
        Answer answer = done(api.post("/api/v1/rules/web/update-weights", "{\"us-east-1\":5}"));

        assertThat(answer.at("/new_weights/us-east-1").asDouble()).isEqualTo(1);
        assertThat(answer.at("/new_weights/eu-west-1").asDouble()).isEqualTo(0);
        assertThat(answer.at("/changed/0").asText()).startsWith("weights: eu-west-1 not named, so weight 0");
        assertThat(api.get("/api/v1/rules/web").at("/weights/eu-west-1").asDouble())
                .isEqualTo(0);
    }

    @Test
    void updateWeightsOfNothingIsABadRequest() {
        assertThat(api.post("/api/v1/rules/web/update-weights", "{}").status()).isEqualTo(400);
        assertThat(api.post("/api/v1/rules/web/update-weights", "{\"us-east-1\":0}")
                        .status())
                .isEqualTo(400);
    }

    @Test
    void targetsThatStayKeepTheirWeightsAndANewOneGetsTheMean() {
        Answer answer = patched("{\"target_regions\":[\"eu-west-1\",\"us-east-1\",\"us-west-2\"]}");

        assertThat(answer.at("/weights/us-east-1").asDouble()).isEqualTo(10);
        assertThat(answer.at("/weights/eu-west-1").asDouble()).isEqualTo(90);
        assertThat(answer.at("/weights/us-west-2").asDouble()).isEqualTo(50);
        assertThat(answer.at("/changed/0").asText()).isEqualTo("weights: eu-west-1=90.0, us-east-1=10.0, unchanged");
        assertThat(answer.at("/changed/1").asText()).startsWith("weights: us-west-2=50.0, the mean of the others");
    }

    @Test
    void aTargetThatIsSwappedTakesItsWeightAndEndpointAlong() {
        Answer answer = patched("{\"target_regions\":[\"us-east-1\",\"us-west-2\"],\"residency\":null}");

        assertThat(answer.at("/weights").has("eu-west-1")).isFalse();
        assertThat(answer.at("/endpoints").has("eu-west-1")).isFalse();
        assertThat(answer.at("/weights/us-east-1").asDouble()).isEqualTo(10);
        assertThat(answer.at("/changed").toString()).contains("those of eu-west-1 are dropped");
    }

    @Test
    void targetsAndAWeightInOnePatchGoTogether() {
        Answer answer = patched(
                "{\"target_regions\":[\"us-east-1\",\"us-west-2\"],\"weights\":{\"us-west-2\":30},\"residency\":null}");

        assertThat(answer.at("/weights/us-east-1").asDouble()).isEqualTo(10);
        assertThat(answer.at("/weights/us-west-2").asDouble()).isEqualTo(30);
        refused("{\"weights\":{\"eu-west-1\":1}}", "weights: 'eu-west-1'");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiterString = " | ",
            quoteCharacter = '~',
            value = {
                "{'endpoints':{'eu-west-1':'http://127.0.0.1:9302'}} | /endpoints | {'eu-west-1':'http://127.0.0.1:9302','us-east-1':'http://127.0.0.1:9201'}",
                "{'endpoints':{'us-east-1':null}} | /endpoints | {'eu-west-1':'http://127.0.0.1:9202'}",
                "{'endpoints':null} | /endpoints | {}",
                "{'labels':{'tier':null,'zone':'a'}} | /labels | {'team':'shop','zone':'a'}",
                "{'labels':null} | /labels | {}",
                "{'residency':{'europe':null}} | /residency | {'*':['eu-west-1','us-east-1']}",
                "{'residency':null} | /residency | {}",
                "{'latency_policy':{'explore':null}} | /latency_policy | {'window_ms':20.0}",
                "{'health_check':{'rise':7}} | /health_check/rise | 7",
                "{'health_check':{'rise':7}} | /health_check/interval_ms | 1000",
                "{'health_check':{'rise':null}} | /health_check/rise | 2",
                "{'health_check':{'rise':null}} | /health_check/timeout_ms | 500",
                "{'health_check':null} | /health_check/interval_ms | 30000",
                "{'health_policy':{'panic_below':null}} | /health_policy/degraded_share | 0.1",
                "{'health_policy':{'panic_below':null}} | /health_policy/panic_below | 0.0",
                "{'failover_policy':{'steps':9}} | /failover_policy/failback | ~manual~",
                "{'safety':{'min_regions':2}} | /safety/max_moved_per_minute | 0.5",
                "{'monitors':{'login':{'path':'/in'}}} | /monitors/login/must_be_healthy | true",
                "{'monitors':{'login':{'path':'/in'}}} | /monitors/login/body_contains | ~a b~",
                "{'monitors':{'login':{'path':'/in'}}} | /monitors/shop/path | ~/shop~",
                "{'monitors':{'login':{'must_be_healthy':null}}} | /monitors/login/must_be_healthy | false",
                "{'fallback':null} | /fallback | ~fail_open~",
                "{'session_affinity':null} | /session_affinity | false",
                "{'failover_enabled':null} | /failover_enabled | true",
                "{'health_check_path':null} | /health_check_path | ~/health~",
            })
    void everythingWithPartsIsMerged(String body, String at, String expected) {
        String wanted = expected.replace('\'', '"');

        Answer answer = patched(body.replace('\'', '"'));

        assertThat(
                        answer.at(at).isTextual()
                                ? answer.at(at).asText()
                                : answer.at(at).toString())
                .isEqualTo(wanted.replace("~", ""));
    }

    @Test
    void anotherSpellingOfARegionIsTheSameRegion() {
        Answer weighed = patched("{\"weights\":{\"US-EAST-1\":1}}");
        assertThat(weighed.at("/weights").toString()).isEqualTo("{\"eu-west-1\":90.0,\"us-east-1\":1.0}");
        assertThat(weighed.at("/changed")).isEmpty();

        assertThat(patched("{\"endpoints\":{\"US-East-1\":null}}")
                        .at("/endpoints")
                        .toString())
                .isEqualTo("{\"eu-west-1\":\"http://127.0.0.1:9202\"}");
        assertThat(patched("{\"weights\":{\"US-EAST-1\":null}}")
                        .at("/weights/us-east-1")
                        .asDouble())
                .isEqualTo(90);
        refused("{\"weights\":{\"us-east-1\":1,\"US-EAST-1\":2}}", "weights: ");
    }

    @Test
    void targetsInCapitalsKeepWhatTheyHave() {
        Answer answer = patched("{\"target_regions\":[\"US-EAST-1\",\"EU-WEST-1\"],\"weights\":{\"US-EAST-1\":20},"
                + "\"endpoints\":{\"eu-west-1\":\"http://127.0.0.1:9302\"}}");

        assertThat(answer.at("/weights").toString()).isEqualTo("{\"eu-west-1\":90.0,\"us-east-1\":20.0}");
        assertThat(answer.at("/endpoints/us-east-1").asText()).isEqualTo("http://127.0.0.1:9201");
        assertThat(answer.at("/endpoints/eu-west-1").asText()).isEqualTo("http://127.0.0.1:9302");
    }

    @Test
    void anotherNameOfAPlaceIsTheSamePlace() {
        patched("{\"residency\":{\"gb\":[\"us-east-1\"]}}");

        assertThat(patched("{\"residency\":{\"uk\":[\"eu-west-1\"]}}")
                        .at("/residency/gb")
                        .toString())
                .isEqualTo("[\"eu-west-1\"]");
        Answer answer = patched("{\"residency\":{\"United Kingdom\":null,\"EU\":null}}");
        assertThat(answer.at("/residency").toString()).isEqualTo("{\"*\":[\"eu-west-1\",\"us-east-1\"]}");
        refused("{\"residency\":{\"uk\":[\"eu-west-1\"],\"gb\":[\"us-east-1\"]}}", "residency: ");
    }

    @Test
    void aMonitorKeepsWhateverItWasGiven() {
        patched("{\"monitors\":{\"login\":{\"headers\":{\"X-Shop\":\"a b\"},\"fresh_connection\":true,"
                + "\"each_address\":true,\"good_statuses\":[200,301],\"host\":\"shop.test\",\"check_port\":81}}}");

        JsonNode login =
                patched("{\"monitors\":{\"login\":{\"path\":\"/in\"}}}").at("/monitors/login");
        assertThat(login.at("/path").asText()).isEqualTo("/in");
        assertThat(login.at("/headers").toString()).isEqualTo("{\"X-Shop\":\"a b\"}");
        assertThat(login.at("/fresh_connection").asBoolean()).isTrue();
        assertThat(login.at("/each_address").asBoolean()).isTrue();
        assertThat(login.at("/good_statuses").asText()).isEqualTo("200,301");
        assertThat(login.at("/host").asText()).isEqualTo("shop.test");
        assertThat(login.at("/port").asInt()).isEqualTo(81);
    }

    @Test
    void thePortAndAddressOfACheckHaveTwoNames() {
        patched("{\"health_check\":{\"check_port\":81,\"check_address\":\"192.0.2.1\"},"
                + "\"monitors\":{\"login\":{\"check_port\":82}}}");

        Answer answer = patched(
                "{\"health_check\":{\"port\":83,\"check_address\":null},\"monitors\":{\"login\":{\"port\":84}}}");
        assertThat(answer.at("/health_check/port").asInt()).isEqualTo(83);
        assertThat(answer.at("/health_check/address").asText()).isEmpty();
        assertThat(answer.at("/monitors/login/port").asInt()).isEqualTo(84);
        refused("{\"health_check\":{\"port\":1,\"check_port\":2}}", "health_check: ");
    }

    @Test
    void theNameOfAHeaderMayBeInAnyCase() {
        patched("{\"health_check\":{\"headers\":{\"X-Shop\":\"a\",\"X-Other\":\"b\"}},"
                + "\"monitors\":{\"login\":{\"headers\":{\"X-Shop\":\"c\"}}}}");

        Answer answer = patched("{\"health_check\":{\"headers\":{\"x-shop\":\"d\",\"X-OTHER\":null}},"
                + "\"monitors\":{\"login\":{\"headers\":{\"x-shop\":null}}}}");
        assertThat(answer.at("/health_check/headers").toString()).isEqualTo("{\"X-Shop\":\"d\"}");
        assertThat(answer.at("/monitors/login/headers").toString()).isEqualTo("{}");
    }

    @Test
    void aMonitorOrAllOfThemGoByNull() {
        assertThat(patched("{\"monitors\":{\"login\":null}}").at("/monitors")).hasSize(1);
        assertThat(patched("{\"monitors\":null}").at("/monitors")).isEmpty();
    }

    @Test
    void aMonitorFollowsTheRulesOwnCheckInWhatItDoesNotSay() {
        patched("{\"monitors\":{\"shop\":{\"path\":\"/s\"}}}");

        assertThat(patched("{\"health_check\":{\"rise\":8}}")
                        .at("/monitors/shop/rise")
                        .asInt())
                .isEqualTo(8);
    }

    @ParameterizedTest
    @ValueSource(strings = {"name", "algorithm", "target_regions"})
    void whatEveryRuleHasIsNotRemoved(String field) {
        refused("{\"" + field + "\":null}", field + ": null");
    }

    @ParameterizedTest
    @ValueSource(strings = {"weights", "endpoints", "residency", "monitors", "health_check"})
    void nothingInAnObjectIsRefusedForSomethingWasMeant(String field) {
        refused("{\"" + field + "\":{}}", field + ": {}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "health_check.helthy_latency_ms",
                "health_policy.panic",
                "failover_policy.fallback",
                "safety.freeze",
                "latency_policy.window",
            })
    void aMisspeltKeyIsRefusedAlsoWhereItIsTakenAway(String key) {
        String[] names = key.split("\\.", -1);
        refused("{\"" + names[0] + "\":{\"" + names[1] + "\":null}}", key + ": unknown field");
        refused("{\"monitors\":{\"deep\":{\"" + names[1] + "\":null}}}", "monitors.deep." + names[1] + ": unknown");
        Answer region = api.call("PATCH", "/api/v1/regions/us-east-1", "{\"coordinate\":{\"alt\":null}}");
        assertThat(region.status()).as(region.text()).isEqualTo(422);
        assertThat(region.at("/detail").asText()).startsWith("coordinate.alt: unknown");
    }

    @Test
    void theLastWeightAboveZeroStays() {
        refused("{\"weights\":{\"us-east-1\":0,\"eu-west-1\":0}}", "weights: total 0");
    }

    @Test
    void aRegionIsMergedAsWell() {
        done(
                api.put(
                        "/api/v1/regions/lab-1",
                        "{\"endpoints\":[\"http://127.0.0.1:9105\"],\"coordinate\":{\"lat\":1,\"lon\":2},\"capacity\":5,\"areas\":[\"lab\"]}"));

        Answer moved = done(api.call("PATCH", "/api/v1/regions/lab-1", "{\"coordinate\":{\"lat\":3}}"));
        assertThat(moved.at("/coordinate").toString()).isEqualTo("{\"lat\":3.0,\"lon\":2.0}");
        Answer bare = done(
                api.call("PATCH", "/api/v1/regions/lab-1", "{\"coordinate\":null,\"capacity\":null,\"areas\":null}"));
        assertThat(bare.at("/coordinate").isNull()).isTrue();
        assertThat(bare.at("/capacity").isNull()).isTrue();
        assertThat(bare.at("/areas")).isEmpty();
        assertThat(bare.at("/endpoints")).hasSize(1);
    }

    @Test
    void aCapacityOfZeroIsRefusedForNobodyKnowsWhatItMeans() {
        Answer put = api.put("/api/v1/regions/lab-1", "{\"capacity\":0}");

        assertThat(put.status()).isEqualTo(422);
        assertThat(put.at("/detail").asText()).startsWith("capacity: 0 (expected: ");
        assertThat(done(api.put("/api/v1/regions/lab-1", "{\"capacity\":null}"))
                        .at("/capacity")
                        .isNull())
                .isTrue();
    }

    @Test
    void aGeographicRuleGetsItsDefaultsBackByNull() {
        done(
                api.put(
                        "/api/v1/geographic-rules/near",
                        "{\"source_regions\":[\"europe\"],\"target_regions\":[\"eu-west-1\"],\"priority\":7,\"applies_to\":\"web\"}"));

        Answer answer =
                done(api.call("PATCH", "/api/v1/geographic-rules/near", "{\"priority\":null,\"applies_to\":null}"));

        assertThat(answer.at("/priority").asInt()).isEqualTo(100);
        assertThat(answer.at("/applies_to").asText()).isEmpty();
        assertThat(api.call("PATCH", "/api/v1/geographic-rules/near", "{\"source_regions\":null}")
                        .status())
                .isEqualTo(422);
    }

    /** As an earlier version took it: {@code uk} and {@code gb} were two places, and now only what both allow holds. */
    @Test
    void aResidencyOfTwoNamesOfOnePlaceIsWrittenAgainAsItIsRead() {
        api.hearsAfter = Duration.ZERO;
        DefinitionKey web = DefinitionKey.rule(new RuleId("web"));
        api.edits()
                .heardElsewhere(
                        web,
                        new Change(
                                Change.Kind.CHANGED,
                                Map.of(Fields.RESIDENCY, "uk=us-east-1 gb=eu-west-1 de=eu-west-1"),
                                new Stamp(api.edits().state(web).heard().epochMs() + 1_000, "eu-west-1"),
                                "ada",
                                ""));
        Answer read = api.get("/api/v1/rules/web");
        assertThat(read.at("/residency").toString()).isEqualTo("{\"de\":[\"eu-west-1\"],\"gb\":[]}");
        assertThat(read.at("/warnings").toString()).contains("residency.gb: no region");

        Answer put = done(api.put("/api/v1/rules/web", read.text()));
        Answer patched = done(api.call("PATCH", "/api/v1/rules/web", "{\"residency\":{\"fr\":[\"eu-west-1\"]}}"));
        Answer lifted = done(api.call("PATCH", "/api/v1/rules/web", "{\"residency\":{\"gb\":[\"us-east-1\"]}}"));

        assertThat(put.at("/residency")).isEqualTo(read.at("/residency"));
        assertThat(patched.at("/residency/gb")).isEmpty();
        assertThat(lifted.at("/residency/gb/0").asText()).isEqualTo("us-east-1");
        refused("{\"residency\":{\"gb\":[]}}", "residency.gb: [] (expected: at least one region)");
    }

    @Test
    void twoPatchesOfOneMapThatThisNodeHasNotSeenYetBothCount() {
        api.hearsAfter = Duration.ofSeconds(3);

        patched("{\"labels\":{\"one\":\"1\"}}");
        Answer second = patched("{\"labels\":{\"two\":\"2\"}}");

        assertThat(second.at("/labels").has("one")).isTrue();
        assertThat(second.at("/labels").has("two")).isTrue();
    }
}
