package dev.windrose.front.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.windrose.decide.geo.Networks;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LatencyMapApiTest {

    private static final String MAP = "/api/v1/latency-map";
    private static final String OFFICE = "192.0.2.0/24";

    private final RunningApi api = RunningApi.start();

    @AfterEach
    void stop() {
        api.close();
    }

    private void rule() {
        api.post("/api/v1/rules/create", RunningApi.RULE);
    }

    private String decide(String query) {
        RunningApi.Answer answer = api.get("/api/v1/route" + query);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return answer.at("/decision_id").asText();
    }

    private RunningApi.Answer outcome(String id, String more) {
        return api.post(
                "/api/v1/outcomes",
                "{\"outcomes\":[{\"decision_id\":\"" + id + "\",\"latency_ms\":42,\"success\":true" + more + "}]}");
    }

    private JsonNode place(String name) {
        return api.get(MAP + "?from=" + URLEncoder.encode(name, StandardCharsets.UTF_8))
                .at("/places/0");
    }

    private void awaitSamples(String place, double samples) {
        api.eventually(() -> {
            double sum = 0;
            for (JsonNode leg : place(place).path("regions")) {
                sum += leg.path("samples").asDouble();
            }
            assertThat(sum).isBetween(samples - 0.1, samples + 0.1);
        });
    }

    @Test
    void anOutcomeTellsOfWhereItsClientWas() {
        rule();
        api.networks = Networks.parse(List.of("192.0.2.0/24,europe").iterator());
        String id = decide("?rule_id=web&client_ip=192.0.2.7");
        outcome(id, "");
        awaitSamples(OFFICE, 1);
        awaitSamples("europe", 1);
        JsonNode office = place(OFFICE);
        assertThat(office.path("within").asText()).isEqualTo("europe");
        JsonNode measured = null;
        for (JsonNode leg : office.path("regions")) {
            measured = leg.path("by").asText().equals("measured") ? leg : measured;
        }
        assertThat(measured).isNotNull();
        assertThat(measured.path("mean_ms").asDouble()).isEqualTo(42);
        assertThat(measured.path("age_seconds").asInt()).isBetween(0, 5);
        assertThat(measured.path("estimate_ms").asDouble()).isPositive();
    }

    @Test
    void anOutcomeMayBeOfANameOrACoordinateOrABatch() {
        rule();
        outcome(decide("/asia?rule_id=web"), "");
        awaitSamples("asia", 1);
        outcome(decide("?rule_id=web&lat=52.4&lon=13.2"), "");
        awaitSamples("@53:13", 1);
        String batch = api.post(
                        "/api/v1/route:batch", "{\"requests\":[{\"rule_id\":\"web\",\"client_region\":\"Asia\"}]}")
                .at("/decisions/0/decision_id")
                .asText();
        outcome(batch, "");
        awaitSamples("asia", 2);
    }

    @Test
    void anOutcomeThatSaysWhereItsClientIsIsBelieved() {
        rule();
        outcome(decide("/asia?rule_id=web"), ",\"client_region\":\"Europe\"");
        awaitSamples("europe", 1);
        outcome(decide("/asia?rule_id=web"), ",\"client_ip\":\"2001:db8:1::7\"");
        awaitSamples("2001:db8:1::/48", 1);
        assertThat(place("asia").isMissingNode()).isTrue();
        String id = decide("/asia?rule_id=web");
        assertThat(outcome(id, ",\"client_region\":\"a/b\"").status()).isEqualTo(422);
        assertThat(outcome(id, ",\"client_ip\":\"nowhere\"").status()).isEqualTo(422);
    }

    @Test
    void wordsOfStrangersBecomeNoPlaces() {
        rule();
        outcome(decide("/atlantis?rule_id=web"), "");
        outcome(decide("/us-east-4711?rule_id=web"), "");
        outcome(decide("/asia?rule_id=web"), "");
        awaitSamples("asia", 1);
        assertThat(api.get(MAP).at("/total").asInt()).isEqualTo(1);
        assertThat(api.get("/metrics").text()).contains("windrose_geo_latency_samples_total{result=\"unknown\"} 1.0");
    }

    @Test
    void whoIsNowhereElseTellsNothingOfThisRegion() {
        rule();
        outcome(decide("?rule_id=web&client_ip=198.51.100.1"), "");
        awaitSamples("198.51.100.0/24", 1);
        assertThat(place("198.51.100.0/24").path("within").asText()).isEqualTo("us-east-1");
        assertThat(place("us-east-1").isMissingNode()).isTrue();
    }

    @Test
    void aFailureTellsNothing() {
        rule();
        String id = decide("/asia?rule_id=web");
        api.post(
                "/api/v1/outcomes",
                "{\"outcomes\":[{\"decision_id\":\"" + id + "\",\"latency_ms\":42,\"success\":false}]}");
        outcome(decide("/europe?rule_id=web"), "");
        awaitSamples("europe", 1);
        assertThat(place("asia").isMissingNode()).isTrue();
    }

    private RunningApi.Answer put(String csv) {
        return api.put(MAP, csv, "Content-Type", "text/csv");
    }

    @Test
    void twoNamesOfOnePlaceAreTakenTogether() {
        assertThat(put("from,to,rtt_ms,spread_ms,samples,age_seconds\n"
                                + "uk,eu-west-1,10,1,30,0\ngb,eu-west-1,20,1,31,0\nGBR,us-east-1,80,1,30,0\n")
                        .at("/places")
                        .asInt())
                .isEqualTo(1);

        assertThat(api.get(MAP + "?format=csv").text().lines().filter(line -> line.startsWith("gb,")))
                .containsExactlyInAnyOrder("gb,eu-west-1,20,1,31,0", "gb,us-east-1,80,1,30,0");
    }

    @Test
    void aMatrixIsTakenOverAndGivenBackAndInTheFile() throws Exception {
        StringBuilder csv = new StringBuilder("from,to,rtt_ms\n");
        for (int from = 0; from < 54; from++) {
            for (int to = 0; to < 54; to++) {
                csv.append("cloud-region-" + from + ",cloud-region-" + to + "," + (1 + from + to) + "\n");
            }
        }
        RunningApi.Answer answer = put(csv.toString());
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        assertThat(answer.at("/places").asInt()).isEqualTo(54);
        assertThat(answer.at("/round_trips").asInt()).isEqualTo(54 * 54);
        assertThat(answer.at("/full_seconds").asInt()).isEqualTo(3600);
        assertThat(answer.at("/believed_seconds").asInt()).isBetween(6 * 3600, 7 * 3600);
        JsonNode leg = place("cloud-region-10").at("/regions/20");
        assertThat(leg.path("region").asText()).isEqualTo("cloud-region-20");
        assertThat(leg.path("mean_ms").asDouble()).isEqualTo(31);
        assertThat(leg.path("by").asText()).isEqualTo("measured");

        String exported = api.get(MAP + "?format=csv").text();
        assertThat(exported.lines()).hasSize(1 + 54 * 54).contains("cloud-region-10,cloud-region-20,31,3.1,20,0");
        assertThat(api.get(MAP, "Accept", "text/csv").text()).startsWith("from,to,rtt_ms,spread_ms,");
        assertThat(put(exported).status()).isEqualTo(200);

        Path copy = Files.createTempDirectory("copy");
        Files.copy(api.directory().resolve("latency.map"), copy.resolve("latency.map"));
        try (RunningApi second = RunningApi.start(copy)) {
            second.eventually(() ->
                    assertThat(second.get(MAP + "?format=csv").text().lines()).hasSize(1 + 54 * 54));
        }
    }

    @Test
    void aMatrixMayNamePlacesAsPeopleDo() {
        assertThat(put("from,to,rtt_ms\nuk,eu-west-1,30").status()).isEqualTo(200);
        assertThat(place("gb").at("/regions/0/mean_ms").asDouble()).isEqualTo(30);
        assertThat(place("UK").at("/place").asText()).isEqualTo("gb");
        assertThat(place("gb").at("/regions/0/age_seconds").asInt()).isZero();
    }

    @Test
    void whatIsNoMatrixChangesNothing() {
        assertThat(put("from,to,rtt_ms\neurope,eu-west-1,30").status()).isEqualTo(200);
        RunningApi.Answer answer = put("from,to,rtt_ms\neurope,eu-west-1,31\nasia,eu-west-1,-1");
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.at("/detail").asText()).isEqualTo("line 3: rtt_ms: '-1' (expected: 0.01 to 10000)");
        assertThat(api.put(MAP, "{}").status()).isEqualTo(415);
        assertThat(api.put("/api/v1/rules/web", "a,b", "Content-Type", "text/csv")
                        .status())
                .isEqualTo(415);
        StringBuilder many = new StringBuilder("from,to,rtt_ms\n");
        for (int i = 0; i < 64; i++) {
            many.append("europe,other-" + i + ",1\n");
        }
        assertThat(put(many.toString()).at("/detail").asText()).startsWith("to: 65 regions");
        assertThat(place("europe").at("/regions/0/mean_ms").asDouble()).isEqualTo(30);
        assertThat(place("europe").at("/regions")).hasSize(1);
    }

    @Test
    void onlyWhatIsSavedIsAcknowledged() throws IOException {
        Files.createDirectory(api.directory().resolve("latency.map.writing"));
        RunningApi.Answer answer = put("from,to,rtt_ms\neurope,eu-west-1,30");
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.header("Retry-After")).isEqualTo("5");
        Files.delete(api.directory().resolve("latency.map.writing"));
        assertThat(put("from,to,rtt_ms\neurope,eu-west-1,30").status()).isEqualTo(200);
    }

    @Test
    void aPlaceIsForgotten() {
        put(
                "from,to,rtt_ms\neurope,eu-west-1,30\n192.0.2.0/24,eu-west-1,10\n2001:db8:1::/48,eu-west-1,11\n@53:13,eu-west-1,9");
        for (String place : List.of("europe", OFFICE, "2001:db8:1::/48", "@53:13")) {
            String path = MAP + "/" + URLEncoder.encode(place, StandardCharsets.UTF_8);
            assertThat(api.call("DELETE", path, null).status()).as(place).isEqualTo(204);
            assertThat(api.call("DELETE", path, null).status()).as(place).isEqualTo(404);
        }
        assertThat(api.get(MAP).at("/total").asInt()).isZero();
        assertThat(api.call("DELETE", MAP + "/a%20b", null).status()).isEqualTo(422);
    }

    @ParameterizedTest
    @CsvSource({"from=a+b", "limit=0", "limit=1001", "offset=-1", "format=xml"})
    void badQueriesAreRefused(String query) {
        assertThat(api.get(MAP + "?" + query).status()).isEqualTo(422);
    }

    @Test
    void pagesAreWhatTheyAreAskedToBe() {
        put(
                "from,to,rtt_ms,spread_ms,samples\neurope,eu-west-1,30,1,30\nasia,eu-west-1,30,1,20\nafrica,eu-west-1,30,1,10");
        RunningApi.Answer page = api.get(MAP + "?limit=1&offset=1");
        assertThat(page.at("/total").asInt()).isEqualTo(3);
        assertThat(page.at("/places")).hasSize(1);
        assertThat(page.at("/places/0/place").asText()).isEqualTo("asia");
    }

    private RunningApi.Answer beacon(String body, String type, String from) {
        return api.post("/api/v1/beacon", body, "Content-Type", type, "X-Forwarded-For", from);
    }

    @Test
    void aBrowserMayAskFromAnyPageAndIsAnsweredWithNothing() {
        RunningApi.Answer answer = api.get("/api/v1/beacon?n=1");
        assertThat(answer.status()).isEqualTo(204);
        assertThat(answer.header("Server-Timing")).isEqualTo("region;desc=\"us-east-1\"");
        assertThat(answer.header("Timing-Allow-Origin")).isEqualTo("*");
        assertThat(answer.header("Access-Control-Allow-Origin")).isEqualTo("*");
        assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
        RunningApi.Answer preflight = api.call("OPTIONS", "/api/v1/beacon", null, "Origin", "https://a.example");
        assertThat(preflight.status()).isEqualTo(204);
        assertThat(preflight.header("Access-Control-Allow-Methods")).contains("POST");
        assertThat(preflight.header("Access-Control-Allow-Headers")).isEqualTo("Content-Type");
        assertThat(preflight.header("Access-Control-Allow-Origin")).isEqualTo("*");
        assertThat(api.get("/api/v1/beacon.js").header("Content-Type")).startsWith("application/javascript");
    }

    @Test
    void whatABrowserMeasuresIsLearned() {
        String body =
                "{\"samples\":[{\"region\":\"eu-west-1\",\"rtt_ms\":35.2},{\"region\":\"us-east-1\",\"rtt_ms\":90}]}";
        RunningApi.Answer answer = beacon(body, "text/plain;charset=UTF-8", "192.0.2.9");
        assertThat(answer.status()).as(answer.text()).isEqualTo(202);
        assertThat(answer.at("/taken").asInt()).isEqualTo(2);
        assertThat(answer.header("Access-Control-Allow-Origin")).isEqualTo("*");
        beacon(body, "application/json", "192.0.2.10");
        awaitSamples(OFFICE, 4);
        assertThat(place(OFFICE).at("/regions/0/mean_ms").asDouble()).isEqualTo(35.2);
    }

    @Test
    void nobodyCanFloodTheMap() {
        String one = "{\"region\":\"eu-west-1\",\"rtt_ms\":35}";
        String forty = "{\"samples\":[" + String.join(",", Collections.nCopies(40, one)) + "]}";
        int taken = 0;
        for (int i = 0; i < 5; i++) {
            taken += beacon(forty, "text/plain", "192.0.2." + i).at("/taken").asInt();
        }
        // A minute may end in between.
        assertThat(taken).isIn(60, 120);
        assertThat(beacon(forty, "text/plain", "192.0.3.1").at("/taken").asInt())
                .isEqualTo(40);
        assertThat(api.get("/metrics").text())
                .contains("windrose_geo_latency_samples_total{result=\"refused\"} " + (200 - taken) + ".0");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | 422",
                "{\"samples\":[]} | 422",
                "{\"samples\":[1]} | 422",
                "{\"samples\":[{\"region\":\"eu-west-1\"}]} | 422",
                "{\"samples\":[{\"rtt_ms\":1}]} | 422",
                "{\"samples\":[{\"region\":\"atlantis\",\"rtt_ms\":1}]} | 422",
                "{\"samples\":[{\"region\":\"eu-west-1\",\"rtt_ms\":0}]} | 422",
                "{\"samples\":[{\"region\":\"eu-west-1\",\"rtt_ms\":10001}]} | 422",
                "{\"samples\":[{\"region\":\"eu-west-1\",\"rtt_ms\":1,\"x\":1}]} | 422",
                "hello | 422"
            })
    void aBeaconWithAFaultIsRefusedWhole(String body, int status) {
        assertThat(beacon(body, "text/plain", "192.0.2.1").status()).isEqualTo(status);
        assertThat(beacon("x".repeat(2 << 20), "text/plain", "192.0.2.1").status())
                .isEqualTo(413);
        assertThat(beacon(body, "text/html", "192.0.2.1").status()).isEqualTo(415);
        assertThat(api.latency().latencies().view().size()).isZero();
    }
}
