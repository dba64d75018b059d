package dev.windrose.front.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.decide.geo.Networks;
import dev.windrose.front.api.RunningApi.Answer;
import dev.windrose.live.geo.MmdbWriter;
import dev.windrose.live.geo.PlacesDatabase;
import dev.windrose.watch.GeoMeters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The node is in us-east-1 and believes proxies at 127.0.0.1, from where the test asks, and in 10.9.0.0/16. Some addresses are
 * placed by a networks file and others by a database, which is read from a real file.
 */
class ClientPlaceTest {

    private static final String QUESTION = "/api/v1/route?rule_id=near&explain=true";

    @TempDir
    private static Path directory;

    private static RunningApi api;

    @BeforeAll
    static void start() throws IOException {
        api = RunningApi.start();
        api.put(
                "/api/v1/rules/near",
                RunningApi.RULE.replace("\"web\"", "\"near\"").replace("weighted_round_robin", "geographic"));
        api.networks = Networks.parse(List.of(
                        "192.0.2.0/24,eu-west",
                        "198.51.100.0/24,1.3,103.8", // Singapore
                        "192.0.2.128/25,de,1.3,103.8", // a German company in Singapore
                        "2001:db8::/32,asia")
                .iterator());
        api.places = database(new MmdbWriter(6, 28)
                .put("192.0.0.0/8", MmdbWriter.country("JP"))
                .put("80.0.0.0/8", MmdbWriter.country("IE"))
                .put("81.0.0.0/8", MmdbWriter.city("IE", 1.3, 103.8))
                .put("82.0.0.0/8", Map.of("location", Map.of("latitude", 53.3, "longitude", -6.2)))
                .put("83.0.0.0/8", Map.of("area", "AP-Southeast-1"))
                .put("127.0.0.1", MmdbWriter.country("GB"))
                .put("2a00::/16", MmdbWriter.country("FR"))
                .bytes());
        api.post(
                "/api/v1/geographic-rules/create",
                "{\"rule_id\":\"swiss\",\"source_regions\":[\"ch\",\"sa-east\"],\"target_regions\":[\"ap-southeast-1\"],"
                        + "\"priority\":1,\"latency_threshold_ms\":600}");
    }

    private static Networks database(byte[] bytes) throws IOException {
        Path file = Files.write(directory.resolve("places.mmdb"), bytes);
        PlacesDatabase database = new PlacesDatabase(file, directory, new GeoMeters(new SimpleMeterRegistry()));
        database.look();
        return database.networks();
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

    @ParameterizedTest(name = "{0}: {1} by {4}")
    @CsvSource({
        "192.0.2.7,         eu-west-1,      eu-west,        client_ip,    overrides",
        "192.0.2.200,       ap-southeast-1, de,             client_ip,    overrides", // where it is goes before whose
        // it is
        "198.51.100.1,      ap-southeast-1, ap-southeast,   client_ip,    overrides",
        "192.0.3.7,         ap-southeast-1, jp,             client_ip,    database",
        "80.1.2.3,          eu-west-1,      ie,             client_ip,    database",
        "::ffff:80.1.2.3,   eu-west-1,      ie,             client_ip,    database",
        "81.1.2.3,          ap-southeast-1, ie,             client_ip,    database",
        "82.1.2.3,          eu-west-1,      eu-west,        client_ip,    database",
        "83.1.2.3,          ap-southeast-1, ap-southeast-1, client_ip,    database",
        "2a00::7,           eu-west-1,      fr,             client_ip,    database",
        "203.0.113.1,       us-east-1,      us-east-1,      nearest_node, nearest_node",
        "2a01::7,           us-east-1,      us-east-1,      nearest_node, nearest_node",
    })
    void anAddressIsPlacedByTheOperatorThenByTheDatabaseThenByTheNode(
            String address, String region, String area, String placedBy, String source) {
        Answer answer = api.get(QUESTION + "&client_ip=" + address);

        is(answer, region, placedBy);
        assertThat(answer.at("/explanation/client/area").asText()).isEqualTo(area);
        assertThat(answer.at("/explanation/client/place_source").asText()).isEqualTo(source);
    }

    @Test
    void thePeerIsPlacedByTheDatabaseToo() {
        Answer answer = api.get(QUESTION);

        is(answer, "eu-west-1", "peer");
        assertThat(answer.at("/client_region").asText()).isEqualTo("gb");
        assertThat(answer.at("/explanation/client/place_source").asText()).isEqualTo("database");
    }

    @Test
    void whoSaysNothingIsNearTheNodeThatIsAsked() {
        Networks known = api.places;
        api.places = Networks.NONE;
        Answer answer = api.get(QUESTION);
        api.places = known;

        is(answer, "us-east-1", "nearest_node");
    }

    @Test
    void whoSaysWhereItIsIsItsOwnSource() {
        assertThat(api.get("/api/v1/route/de?rule_id=near&explain=true")
                        .at("/explanation/client/place_source")
                        .asText())
                .isEqualTo("client");
        assertThat(api.get(QUESTION + "&lat=1.3&lon=103.8")
                        .at("/explanation/client/place_source")
                        .asText())
                .isEqualTo("client");
    }

    @Test
    void aRuleMayNameTheCountryOrTheAreaAroundACoordinate() {
        assertThat(api.routed("ch", "near")).isEqualTo("ap-southeast-1");
        assertThat(api.routed("fr", "near")).isEqualTo("eu-west-1");
        Answer paulista = api.get(QUESTION + "&lat=-23.5&lon=-46.6");

        is(paulista, "ap-southeast-1", "coordinate");
        assertThat(paulista.at("/geographic_rule").asText()).isEqualTo("swiss");
        assertThat(paulista.at("/client_region").isNull()).isTrue();
        assertThat(api.post(
                                "/api/v1/route:batch",
                                "{\"requests\":[{\"rule_id\":\"near\",\"lat\":-23.5,\"lon\":-46.6},"
                                        + "{\"rule_id\":\"near\",\"client_ip\":\"80.1.2.3\"}]}")
                        .at("/decisions")
                        .findValuesAsText("optimal_region"))
                .containsExactly("ap-southeast-1", "eu-west-1");
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
                "80.1.2.3, 10.9.1.1               | eu-west-1      | forwarded_for", // placed by the database
                "192.0.2.7, nonsense, 10.9.1.1    | us-east-1      | nearest_node",
                "nonsense                         | eu-west-1      | peer", // which the database places
            })
    void aTrustedProxySaysForWhomItAsks(String chain, String region, String placedBy) {
        is(api.call("GET", QUESTION, null, "X-Forwarded-For", chain), region, placedBy);
    }

    @ParameterizedTest(name = "{0}: [{1}] -> {2}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "X-Forwarded-For | 192.0.2.5:4711                      | eu-west-1      | forwarded_for",
                "X-Forwarded-For | [2001:db8::5]:443                   | ap-southeast-1 | forwarded_for",
                "X-Forwarded-For | \"[2001:db8::5]\"                 | ap-southeast-1 | forwarded_for",
                "X-Forwarded-For | 192.0.2.5,                          | eu-west-1      | forwarded_for",
                "X-Forwarded-For | 192.0.2.5,127.0.0.1:80              | eu-west-1      | forwarded_for",
                "X-Forwarded-For | , 192.0.2.5 , ,10.9.1.1:80          | eu-west-1      | forwarded_for",
                "X-Forwarded-For | ::ffff:192.0.2.5                    | eu-west-1      | forwarded_for",
                "X-Forwarded-For | [::ffff:192.0.2.5]:80               | eu-west-1      | forwarded_for",
                "X-Forwarded-For | unknown                             | eu-west-1      | peer",
                "X-Forwarded-For | 192.0.2.7, _hidden                  | eu-west-1      | peer",
                "X-Forwarded-For | 192.0.2.7, unknown, 10.9.1.1        | us-east-1      | nearest_node",
                "Forwarded       | for=192.0.2.5                       | eu-west-1      | forwarded_for",
                "Forwarded       | For=\"[2001:db8::5]:4711\";proto=https | ap-southeast-1 | forwarded_for",
                "Forwarded       | for=198.51.100.1, for=\"192.0.2.5:80\" | eu-west-1   | forwarded_for",
                "Forwarded       | for=unknown, for=10.9.1.1;by=_x     | us-east-1      | nearest_node",
            })
    void whatProxiesWriteIsRead(String header, String value, String region, String placedBy) {
        is(api.call("GET", QUESTION, null, header, value), region, placedBy);
    }

    @Test
    void severalLinesOfAHeaderAreOneChain() {
        is(
                api.get(QUESTION, "X-Forwarded-For", "198.51.100.1", "X-Forwarded-For", "192.0.2.7, 10.9.1.1"),
                "eu-west-1",
                "forwarded_for");
    }

    @Test
    void twoHeadersThatNameDifferentClientsNameNone() {
        Answer answer = api.get(QUESTION, "X-Forwarded-For", "192.0.2.7", "Forwarded", "for=198.51.100.1");
        is(answer, "us-east-1", "nearest_node");
        assertThat(answer.at("/client_region_known").asBoolean()).isFalse();
        assertThat(answer.at("/explanation/client/forwarded").findValuesAsText("outcome"))
                .containsExactly("contradicted", "contradicted");
        is(
                api.get(QUESTION, "X-Forwarded-For", "192.0.2.7", "Forwarded", "for=192.0.2.7"),
                "eu-west-1",
                "forwarded_for");
    }

    @Test
    void theExplanationSaysWhatWasBelievedAndWhatWasNot() {
        Answer answer = api.get(QUESTION, "X-Forwarded-For", "198.51.100.1, 192.0.2.7:80, 10.9.1.1");
        assertThat(answer.at("/explanation/client/forwarded").findValuesAsText("text"))
                .containsExactly("10.9.1.1", "192.0.2.7:80", "198.51.100.1");
        assertThat(answer.at("/explanation/client/forwarded").findValuesAsText("outcome"))
                .containsExactly("trusted_proxy", "believed", "beyond_trust");
        assertThat(answer.at("/explanation/client/forwarded").findValuesAsText("header"))
                .containsOnly("x_forwarded_for");
        assertThat(api.get(QUESTION).at("/explanation/client/forwarded").size()).isZero();
    }

    @Test
    void whoIsOfNoPlaceThatIsKnownIsBoundByAResidencyAllTheSame() {
        api.put(
                "/api/v1/rules/bound",
                RunningApi.RULE
                        .replace("\"web\"", "\"bound\"")
                        .replace(
                                "{\"rule_id\"",
                                "{\"residency\":{\"UK\":[\"eu-west-1\"],\"*\":[\"ap-southeast-1\"]},\"rule_id\""));
        for (String british : List.of("uk", "GB", "United%20Kingdom", "gbr")) {
            assertThat(api.routed(british, "bound")).as(british).isEqualTo("eu-west-1");
        }
        for (String other : List.of("narnia", "xx", "us-east-1", "fr")) {
            assertThat(api.routed(other, "bound")).as(other).isEqualTo("ap-southeast-1");
        }
        Answer unplaced = api.get("/api/v1/route?rule_id=bound&client_ip=203.0.113.1&explain=true");
        assertThat(unplaced.at("/optimal_region").asText()).isEqualTo("ap-southeast-1");
        assertThat(unplaced.at("/explanation/residency").asText()).isEqualTo("*");
        api.put(
                "/api/v1/rules/bound",
                RunningApi.RULE
                        .replace("\"web\"", "\"bound\"")
                        .replace(
                                "{\"rule_id\"",
                                "{\"residency\":{\"uk\":[\"eu-west-1\"],\"us\":[\"us-east-1\"]},\"rule_id\""));
        api.eventually(() -> {
            Answer refused = api.get("/api/v1/route/narnia?rule_id=bound");
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.at("/detail").asText()).contains("unknown location");
        });
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
