package dev.windrose.front.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.decide.geo.Networks;
import dev.windrose.front.http.RunningApi.Answer;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The node is in us-east-1 and believes proxies at 127.0.0.1, from where the test asks, and in 10.9.0.0/16. */
class WhereaboutsTest {

    private static final String QUESTION = "/api/v1/route?rule_id=near&explain=true";

    private static RunningApi api;

    @BeforeAll
    static void start() {
        api = RunningApi.start();
        api.put(
                "/api/v1/rules/near",
                RunningApi.RULE.replace("\"web\"", "\"near\"").replace("weighted_round_robin", "geographic"));
        api.networks = Networks.parse(List.of(
                        "192.0.2.0/24,eu-west",
                        "198.51.100.0/24,1.3,103.8", // Singapore
                        "2001:db8::/32,asia")
                .iterator());
    }

    @AfterAll
    static void end() {
        api.close();
    }

    private static void is(Answer answer, String region, String placedBy) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        assertThat(answer.at("/optimal_region").asText()).isEqualTo(region);
        assertThat(answer.at("/explanation/client/placed_by").asText()).isEqualTo(placedBy);
    }

    @ParameterizedTest(name = "{0} -> {1}")
    @CsvSource({
        "192.0.2.7,        eu-west-1,      client_ip",
        "198.51.100.1,     ap-southeast-1, client_ip",
        "2001:db8::1,      ap-southeast-1, client_ip",
        "::ffff:192.0.2.7, eu-west-1,      client_ip",
        "203.0.113.1,      us-east-1,      nearest_node", // nobody placed it
    })
    void aClientIsSentToTheRegionNearItsAddress(String address, String region, String placedBy) {
        is(api.get(QUESTION + "&client_ip=" + address), region, placedBy);
    }

    @ParameterizedTest(name = "[{0}] -> {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "192.0.2.7                        | eu-west-1      | forwarded_for",
                "198.51.100.1, 192.0.2.7          | eu-west-1      | forwarded_for", // what is beyond it anybody may
                // write
                "192.0.2.7, 10.9.1.1              | eu-west-1      | forwarded_for", // a chain of trusted proxies
                "192.0.2.7, 10.9.1.1, 10.9.1.2    | eu-west-1      | forwarded_for",
                "192.0.2.7, nonsense, 10.9.1.1    | us-east-1      | nearest_node",
                "nonsense                         | us-east-1      | nearest_node",
            })
    void aTrustedProxySaysForWhomItAsks(String chain, String region, String placedBy) {
        is(api.call("GET", QUESTION, null, "X-Forwarded-For", chain), region, placedBy);
    }

    @Test
    void whoSaysNothingIsNearTheNodeThatIsAsked() {
        is(api.get(QUESTION), "us-east-1", "nearest_node");
    }

    @Test
    void aCoordinateGoesBeforeAnAddress() {
        is(api.get(QUESTION + "&client_ip=192.0.2.7&lat=1.3&lon=103.8"), "ap-southeast-1", "coordinate");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"localhost", "192.0.2", "192.0.2.7:80", "1.2.3.4.5.6.7.8.9.0.1.2.3.4.5.6.7.8.9.0.1.2.3.4", "%20"
            })
    void whatIsNoAddressIsRefused(String text) {
        assertThat(api.get(QUESTION + "&client_ip=" + text).status()).isEqualTo(422);
    }

    @Test
    void aBatchPlacesEachOfItsClients() {
        Answer answer = api.post(
                "/api/v1/route:batch",
                "{\"requests\":[{\"rule_id\":\"near\",\"client_ip\":\"192.0.2.7\"},"
                        + "{\"rule_id\":\"near\",\"client_ip\":\"198.51.100.1\"}]}");
        assertThat(answer.at("/decisions/0/optimal_region").asText()).isEqualTo("eu-west-1");
        assertThat(answer.at("/decisions/1/optimal_region").asText()).isEqualTo("ap-southeast-1");
        assertThat(api.post("/api/v1/route:batch", "{\"requests\":[{\"rule_id\":\"near\",\"client_ip\":\"x\"}]}")
                        .status())
                .isEqualTo(422);
    }
}
