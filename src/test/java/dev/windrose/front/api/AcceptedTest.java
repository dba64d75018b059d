package dev.windrose.front.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.windrose.front.api.RunningApi.Answer;
import dev.windrose.front.web.Json;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is accepted can be used; what cannot is refused with what to write instead, and changes nothing. */
class AcceptedTest {

    private static RunningApi api;

    @BeforeAll
    static void start() {
        api = RunningApi.start();
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    @AfterEach
    void removeAll() {
        api.call("DELETE", "/api/v1/rules/web", null);
        for (String region : new String[] {"lab-1", "us-east-1"}) {
            api.call("DELETE", "/api/v1/regions/" + region, null);
        }
    }

    private static ObjectNode rule() {
        ObjectNode rule = Json.object();
        rule.put("name", "Web")
                .put("algorithm", "priority")
                .putArray("target_regions")
                .add("us-east-1");
        return rule;
    }

    private static Answer put(ObjectNode rule) {
        return api.put("/api/v1/rules/web", rule.toString());
    }

    private static void refused(Answer answer, String says) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(422);
        assertThat(answer.at("/detail").asText()).contains(says).contains("(expected: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/health?q=a|b", "/{x}", "/^", "/\"", "/<>", "/`", "/a[1]", "/h%20x?y=%7B"})
    void aPathThatBrowsersEscapeIsTakenAndShownAsItWasGiven(String path) {
        Answer answer = put(rule().put("health_check_path", path));

        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        assertThat(answer.at("/health_check_path").asText()).isEqualTo(path);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/%zz", "/100%", "/a\\b", "/a#frag", "health", "/a b"})
    void aPathThatCannotBeSentIsRefused(String path) {
        refused(put(rule().put("health_check_path", path)), "health_check_path: ");
        assertThat(api.get("/api/v1/rules/web").status()).isEqualTo(404);

        ObjectNode monitored = rule();
        monitored.putObject("monitors").putObject("login").put("path", path.replace(' ', '#'));
        refused(put(monitored), "health_check_path: ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://h:70000",
                "http://h:0",
                "http://h:",
                "http://h/#a",
                "http://h/?x=1",
                "http://h/a|b",
                "http://my_host:80",
                "http://h..x",
                "http://",
                "http://user@h",
                "ftp://h",
                "tcp://[::1]:99999",
                "http://[::1",
            })
    void anEndpointThatNobodyCanGoToIsRefusedInARegionAndInARule(String endpoint) {
        ObjectNode region = Json.object();
        region.putArray("endpoints").add(endpoint);
        refused(api.put("/api/v1/regions/lab-1", region.toString()), "endpoints: ");
        assertThat(api.get("/api/v1/regions/lab-1").status()).isEqualTo(404);

        ObjectNode rule = rule();
        rule.putObject("endpoints").put("us-east-1", endpoint);
        refused(put(rule), "endpoints: ");
        put(rule());
        ObjectNode patch = Json.object();
        patch.putObject("endpoints").put("us-east-1", endpoint);
        refused(api.call("PATCH", "/api/v1/rules/web", patch.toString()), "endpoints: ");

        String set = "{\"owner\":\"shop\",\"definitions\":[{\"kind\":\"region\",\"spec\":"
                + region.put("region_id", "lab-1") + "}]}";
        refused(api.post("/api/v1/plan", set), "endpoints: ");
        refused(api.post("/api/v1/apply", set), "endpoints: ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://h.:80/base/",
                "https://[2001:db8::1]:8443",
                "http://[fe80::1%25lo]:9301",
                "http://10.0.0.1:65535",
                "grpcs://h",
                "tls://host.:9401",
            })
    void anEndpointThatCanBeGoneToIsTaken(String endpoint) {
        ObjectNode region = Json.object();
        region.putArray("endpoints").add(endpoint);

        assertThat(api.put("/api/v1/regions/lab-1", region.toString()).status()).isEqualTo(201);
    }

    @ParameterizedTest
    @CsvSource({
        "tls, my_host.test, false",
        "tls, a/b, false",
        "tls, tls.test., true",
        "tls, tls.test, true",
        "grpc, pkg.v1/Some_Service, true",
        "dns, '', false",
        "dns, a..b, false",
        "dns, _x.example., true",
    })
    void theSubjectOfACheckIsOneThatItsProtocolCarries(String type, String subject, boolean taken) {
        ObjectNode rule = rule();
        rule.putObject("health_check").put("type", type).put("subject", subject);

        if (taken) {
            assertThat(put(rule).status()).isEqualTo(201);
        } else {
            refused(put(rule), "health_check.subject: ");
        }
    }

    @Test
    void aCheckAndAnEndpointThatDoNotGoTogetherAreRefusedWhicheverComesLast() {
        put(rule());
        refused(
                api.put("/api/v1/regions/us-east-1", "{\"endpoints\":[\"dns://127.0.0.1\"]}"),
                "rule web at dns://127.0.0.1 in us-east-1: health_check.subject: ''");
        assertThat(api.get("/api/v1/regions/us-east-1").status()).isEqualTo(404);

        api.call("DELETE", "/api/v1/rules/web", null);
        assertThat(api.put("/api/v1/regions/us-east-1", "{\"endpoints\":[\"dns://127.0.0.1\"]}")
                        .status())
                .isEqualTo(201);
        refused(put(rule()), "health_check.subject: ''");
        ObjectNode asking = rule();
        asking.putObject("health_check").put("subject", "www.example");
        assertThat(put(asking).status()).isEqualTo(201);
    }

    @Test
    void aPlanSaysThatACheckAndAnEndpointDoNotGoTogether() {
        String set = "{\"owner\":\"shop\",\"definitions\":["
                + "{\"kind\":\"region\",\"spec\":{\"region_id\":\"us-east-1\",\"endpoints\":[\"dns://127.0.0.1\"]}},"
                + "{\"kind\":\"rule\",\"spec\":" + rule().put("rule_id", "web") + "}]}";

        refused(api.post("/api/v1/plan", set), "rule web at dns://127.0.0.1 in us-east-1");
    }
}
