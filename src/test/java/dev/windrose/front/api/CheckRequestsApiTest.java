package dev.windrose.front.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.windrose.front.api.RunningApi.Answer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How a check asks, over the API: what is written is shown, and what is shown can be written. */
class CheckRequestsApiTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final String CHECK = """
            {"method": "HEAD", "host": "shop.example:8443", "sni": "shop.example", "headers": {"X-Probe": "a: b, c"},
             "good_statuses": ["200-299", 301, "403"], "port": 8443, "address": "10.0.0.1", "ca": "internal",
             "fresh_connection": true, "each_address": true, "good_addresses": 0.5}""";

    private static final String SHOWN = """
            {"method": "HEAD", "host": "shop.example:8443", "sni": "shop.example", "headers": {"X-Probe": "a: b, c"},
             "good_statuses": "200-299,301,403", "port": 8443, "address": "10.0.0.1", "ca": "internal",
             "fresh_connection": true, "each_address": true, "good_addresses": 0.5}""";

    private final RunningApi api = RunningApi.start();

    @AfterEach
    void stop() {
        api.close();
    }

    private static String rule(String check, String monitor) {
        return "{\"rule_id\":\"web\",\"name\":\"web\",\"algorithm\":\"priority\",\"target_regions\":[\"us-east-1\"],"
                + "\"health_check\":" + check + ",\"monitors\":{\"deep\":" + monitor + "}}";
    }

    private static void shows(JsonNode check, String expected) throws Exception {
        for (var field : JSON.readTree(expected).properties()) {
            assertThat(check.get(field.getKey())).as(field.getKey()).isEqualTo(field.getValue());
        }
    }

    @Test
    void whatIsWrittenIsShownAndWhatIsShownCanBeWritten() throws Exception {
        Answer created =
                api.post("/api/v1/rules/create", rule(CHECK, "{\"path\":\"/deep\",\"host\":\"\",\"headers\":{}}"));
        assertThat(created.status()).as(created.text()).isEqualTo(200);

        JsonNode rule = api.get("/api/v1/rules/web").body();
        shows(rule.get("health_check"), SHOWN);
        shows(
                rule.at("/monitors/deep"),
                "{\"method\":\"HEAD\",\"host\":\"\",\"headers\":{},\"ca\":\"internal\",\"path\":\"/deep\"}");

        ObjectNode again = JSON.createObjectNode();
        again.set("health_check", rule.get("health_check"));
        again.set("monitors", rule.get("monitors"));
        Answer put = api.call("PATCH", "/api/v1/rules/web", again.toString());
        assertThat(put.status()).as(put.text()).isEqualTo(200);
        JsonNode now = api.get("/api/v1/rules/web").body();
        assertThat(now.get("health_check")).isEqualTo(rule.get("health_check"));
        assertThat(now.get("monitors")).isEqualTo(rule.get("monitors"));
    }

    @Test
    void aPlainCheckIsShownWithEverythingAtItsDefault() throws Exception {
        assertThat(api.post("/api/v1/rules/create", rule("{}", "{\"path\":\"/deep\"}"))
                        .status())
                .isEqualTo(200);
        shows(api.get("/api/v1/rules/web").body().get("health_check"), """
                {"method": "GET", "host": "", "sni": "", "headers": {}, "good_statuses": "", "address": "", "ca": "",
                 "fresh_connection": false, "each_address": false, "good_addresses": 1.0}""");
    }

    @Test
    void aNumberIsShownAsANumberHoweverSmallOrLargeItIs() throws Exception {
        String body =
                "{\"rule_id\":\"web\",\"name\":\"w\",\"algorithm\":\"priority\",\"target_regions\":[\"us-east-1\"],"
                        + "\"health_check\":{\"good_addresses\":0.00001,\"degraded_success_rate\":1e-9},"
                        + "\"health_policy\":{\"outlier_distance\":0.0001}}";
        Answer created = api.post("/api/v1/rules/create", body);
        assertThat(created.status()).as(created.text()).isEqualTo(200);
        JsonNode rule = api.get("/api/v1/rules/web").body();
        shows(rule.get("health_check"), "{\"good_addresses\": 0.00001, \"degraded_success_rate\": 1e-9}");
        shows(rule.get("health_policy"), "{\"outlier_distance\": 0.0001}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"method\":\"TRACE\"} | method",
                "{\"host\":\"a b\"} | host",
                "{\"host\":\"a\\r\\nX: y\"} | host",
                "{\"headers\":{\"Host\":\"x\"}} | headers",
                "{\"headers\":{\"X\":\"a\\r\\nY: b\"}} | headers",
                "{\"headers\":{\"X: a\":\"b\"}} | headers",
                "{\"headers\":[\"X\"]} | headers",
                "{\"headers\":{\"Transfer-Encoding\":\"chunked\"}} | headers",
                "{\"good_statuses\":[99]} | good_statuses",
                "{\"good_statuses\":\"2xx\"} | good_statuses",
                "{\"good_statuses\":{}} | good_statuses",
                "{\"ca\":\"../ca\"} | ca",
                "{\"address\":\"http://10.0.0.1\"} | address",
                "{\"address\":\"0x7f.1\"} | address",
                "{\"address\":\"2130706433\"} | address",
                "{\"address\":\"127.1\"} | address",
                "{\"address\":\"256.1.1.1\"} | address",
                "{\"address\":\"10.0.0.1.\"} | address",
                "{\"good_addresses\":\"0x1p-1\"} | good_addresses",
                "{\"interval_ms\":\"5000f\"} | interval_ms",
                "{\"each_address\":\"yes\"} | each_address",
                "{\"good_addresses\":2} | good_addresses",
                "{\"check_port\":70000} | check_port",
            })
    void whatCannotBeAskedIsRefusedAndChangesNothing(String check, String named) {
        for (String body : new String[] {rule(check, "{\"path\":\"/deep\"}"), rule("{}", check)}) {
            Answer refused = api.post("/api/v1/rules/create", body);
            assertThat(refused.status()).as(body).isBetween(400, 422);
            assertThat(refused.text()).contains(named).contains("expected");
        }
        assertThat(api.get("/api/v1/rules/web").status()).isEqualTo(404);
    }

    @Test
    void aPasswordInAnEndpointIsRefusedAndNotRepeated() {
        for (String endpoint : new String[] {"http://ada:geheim@h.example:80", "http://ada:geheim@h.example/a|b"}) {
            Answer refused = api.call("PUT", "/api/v1/regions/us-east-1", "{\"endpoints\":[\"" + endpoint + "\"]}");
            assertThat(refused.status()).as(refused.text()).isEqualTo(422);
            assertThat(refused.text()).contains("endpoints", "expected").doesNotContain("geheim");
        }
    }

    @Test
    void headWithoutABodyCannotContainAText() {
        String body = rule("{\"method\":\"HEAD\"}", "{\"path\":\"/deep\"}")
                .replace("\"monitors\"", "\"body_contains\":\"well\",\"monitors\"");
        Answer refused = api.post("/api/v1/rules/create", body);
        assertThat(refused.status()).isBetween(400, 422);
        assertThat(refused.text()).contains("health_check.method");
    }
}
