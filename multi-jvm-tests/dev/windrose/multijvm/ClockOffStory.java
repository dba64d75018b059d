package dev.windrose.multijvm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.windrose.stage.Api;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One region's clock is off; the regions are cut off from each other and edit all the same; nothing is lost silently. */
class ClockOffStory {

    private static final Duration TOLD_WITHIN = Duration.ofSeconds(10);
    private static final Duration HEALED_WITHIN = Duration.ofSeconds(60);

    @Test
    void editsOfAClockThatIsOffAreRefusedAndThoseThatLoseAMergeAreTold() throws Exception {
        story(315_360_000_000L);
    }

    @Tag("drill")
    @ParameterizedTest
    @ValueSource(longs = {300_000, -3_600_000})
    void soAreThoseOfOneThatIsOffByLessOrSlow(long offMs) throws Exception {
        story(offMs);
    }

    private static void story(long offMs) throws Exception {
        try (Cluster cluster = Cluster.start(
                "clock-off", Cluster.SMALL + " -Dwindrose.drill.clock-offset=ap-southeast-1:" + offMs, Map.of())) {
            story(cluster, offMs);
        }
    }

    private static void story(Cluster cluster, long offMs) throws Exception {
        for (int i = 0; i < 3; i++) {
            int node = i;
            double toldMs = Await.until("node " + i + " tells of the clock", Cluster.STARTS_WITHIN, () -> {
                try (Api api = cluster.api(node)) {
                    return api.get("/api/v1/alarms").body().toString().contains("\"clock\"");
                }
            });
            assertThat(toldMs).isLessThan(TOLD_WITHIN.toMillis());
        }
        try (Api us = cluster.api(0);
                Api eu = cluster.api(1);
                Api off = cluster.api(2)) {
            assertThat(off.get("/api/v1/cluster").body().toString()).contains("clock_ahead_ms");
            Writes.acknowledged(us, "PUT", "/api/v1/rules/w", Api.rule("w", "us-east-1", "eu-west-1"));
            Writes.acknowledged(us, "PUT", "/api/v1/rules/v", Api.rule("v", "us-east-1", "eu-west-1"));
            Await.until(
                    "the rules are everywhere",
                    HEALED_WITHIN,
                    () -> there(eu, "w") && there(eu, "v") && there(off, "w") && there(off, "v"));
            refused(off, "{\"name\": \"by the wrong clock\"}");
            Writes.acknowledged(
                    us,
                    "PUT",
                    "/api/v1/regions/eu-west-1/override",
                    "{\"status\": \"degraded\", \"owner\": \"ada\", \"reason\": \"drill\", \"for_seconds\": 600}");
            Await.until(
                    "the override holds where the clock is off",
                    HEALED_WITHIN,
                    () -> off.get("/api/v1/health")
                            .body()
                            .at("/region_health/eu-west-1/status")
                            .asText()
                            .equals("degraded"));

            cluster.wan().cut(0, 1);
            cluster.wan().cut(0, 2);
            cluster.wan().cut(1, 2);
            acknowledged(us.call("PATCH", "/api/v1/rules/w", "{\"name\": \"of us\"}"));
            acknowledged(eu.call("PATCH", "/api/v1/rules/w", "{\"name\": \"of eu\"}"));
            acknowledged(us.call("DELETE", "/api/v1/rules/v", null));
            acknowledged(eu.call("PATCH", "/api/v1/rules/v", "{\"name\": \"edited after its end\"}"));
            refused(off, "{\"name\": \"by the wrong clock, cut off\"}");
            cluster.wan().mend();

            for (Api api : new Api[] {us, eu, off}) {
                Await.until("conflicts are told on port " + api.port(), HEALED_WITHIN, () -> {
                    JsonNode conflicts = api.get("/api/v1/conflicts").body();
                    return conflicts.path("total_definitions").asInt() == 2
                            && conflicts.toString().contains("of us")
                            && conflicts.toString().contains("edited after its end");
                });
                assertThat(api.get("/api/v1/rules/w").body().path("name").asText())
                        .isEqualTo("of eu");
                Await.until(
                        "conflicts are an alarm on port " + api.port(),
                        TOLD_WITHIN,
                        () -> api.get("/api/v1/alarms").body().toString().contains("\"conflict\""));
            }
            String history = us.get("/api/v1/rules/w/history").body().toString();
            assertThat(history).contains("superseded_by").doesNotContain("by the wrong clock");

            acknowledged(us.call("PATCH", "/api/v1/rules/w", "{\"name\": \"of both\"}"));
            acknowledged(us.call("DELETE", "/api/v1/conflicts/rule:v", null));
            Await.until(
                    "nothing is left to tell",
                    HEALED_WITHIN,
                    () -> off.get("/api/v1/conflicts")
                                    .body()
                                    .path("total_definitions")
                                    .asInt(-1)
                            == 0);
        }
        System.out.println(
                "clock off by " + offMs + " ms: refused 2 of 2, conflicts told 2 of 2 in 3 regions, silent 0");
    }

    private static boolean there(Api api, String rule) throws IOException {
        return api.get("/api/v1/rules/" + rule).done();
    }

    private static void acknowledged(Api.Answer answer) {
        assertThat(answer.done()).as(answer.toString()).isTrue();
    }

    private static void refused(Api api, String body) throws IOException {
        Api.Answer answer = api.call("PATCH", "/api/v1/rules/w", body);
        assertThat(answer.status()).as(answer.toString()).isEqualTo(503);
        assertThat(answer.body().path("type").asText()).isEqualTo("urn:windrose:problem:clock-off");
    }
}
