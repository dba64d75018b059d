package dev.windrose.multijvm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.windrose.stage.Api;
import dev.windrose.stage.Figures;
import dev.windrose.stage.NodeProcess;
import dev.windrose.stage.Witness;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A loaded region is emptied: plan, rehearsal, the real thing, and its undoing. */
@Tag("drill")
class EvacuationStory {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Duration BEAT = Duration.ofMillis(5);
    private static final String RULE = "evacuated";
    private static final String PATH = "/api/v1/regions/us-east-1/evacuation";

    @Test
    void aLoadedRegionIsEmptiedAndTheOthersHaveRoom() throws Exception {
        Figures figures = new Figures("evacuation of a loaded region", 0);
        List<Witness> witnesses = new ArrayList<>();
        try (Cluster cluster = Cluster.start("evacuation", Cluster.SMALL);
                Api us = cluster.api(0);
                Api eu = cluster.api(1)) {
            Writes.create(us, RULE);
            Views.decideBy(cluster, RULE, SOON);
            for (NodeProcess node : cluster.nodes()) {
                witnesses.add(Witness.of(node.port(), "asia", RULE, BEAT, (port, seen) -> {}));
            }
            capacity(us, 250);
            Await.until("the load is known, and too much for two", SOON, () -> {
                JsonNode plan = us.get(PATH + "/plan").body();
                return !plan.path("safe").asBoolean(true)
                        && plan.path("load_before").path("us-east-1").asDouble() > 150;
            });
            assertThat(us.call("POST", PATH, body(20, false)).status())
                    .as("refused while the others have no room")
                    .isEqualTo(409);

            double capacity = 400;
            capacity(us, capacity);
            Await.until(
                    "there is room",
                    SOON,
                    () -> us.get(PATH + "/plan").body().path("safe").asBoolean());
            JsonNode plan = us.get(PATH + "/plan").body();
            figures.put(
                    "load before, requests/s",
                    plan.path("load_before").path("us-east-1").asDouble());
            figures.atMost(
                    "highest load planned elsewhere, requests/s",
                    plan.path("load_after").path("eu-west-1").asDouble(),
                    capacity);

            long rehearsed = System.nanoTime();
            begin(us, body(5, true));
            Await.until(
                    "the rehearsal has ended",
                    SOON,
                    () -> phase(us).equals("empty") && phase(eu).equals("empty"));
            figures.atLeast(
                    "answers for the region while it was rehearsed", count(witnesses, rehearsed, "us-east-1"), 100);

            long begun = System.nanoTime();
            begin(us, body(20, false));
            Await.until(
                    "it is empty",
                    SOON,
                    () -> phase(us).equals("empty") && phase(eu).equals("empty"));
            TimeUnit.SECONDS.sleep(3);
            double last = 0;
            long failed = 0;
            for (Witness witness : witnesses) {
                last = Math.max(last, witness.lastMs(begun, "us-east-1"));
                failed += witness.failed(begun);
            }
            double kept = us.get(PATH).body().path("time_to_empty_ms").asDouble();
            figures.atMost("last new decision for the region after, s", last / 1000, 60);
            figures.put("time to empty as kept, s", kept / 1000);
            figures.atMost("kept time differs by, s", Math.abs(kept - last) / 1000, 3);
            figures.atMost("answers that failed", failed, 0);
            figures.atMost("highest load of a receiver, requests/s", highest(witnesses, begun), capacity);

            assertThat(us.call("DELETE", PATH, null).status()).isEqualTo(204);
            long undone = System.nanoTime();
            for (Witness witness : witnesses) {
                assertThat(witness.await(seen -> seen.region().equals("us-east-1"), 1, SOON))
                        .isTrue();
            }
            figures.put("traffic is back after, s", (System.nanoTime() - undone) / 1e9);
        } finally {
            witnesses.forEach(Witness::close);
        }
        Drill.report(figures);
    }

    private static void begin(Api api, String body) throws IOException {
        Api.Answer answer = api.call("POST", PATH, body);
        assertThat(answer.status())
                .as("%s, plan %s", answer.body(), api.get(PATH + "/plan").body())
                .isEqualTo(200);
    }

    private static String phase(Api api) throws IOException {
        return api.get(PATH).body().path("phase").asText();
    }

    private static String body(int seconds, boolean rehearse) {
        return "{\"owner\":\"drill\",\"reason\":\"a drill\",\"over_seconds\":" + seconds + ",\"rehearse\":" + rehearse
                + "}";
    }

    private static void capacity(Api api, double capacity) throws IOException, InterruptedException {
        for (String region : Cluster.REGIONS) {
            Writes.acknowledged(api, "PATCH", "/api/v1/regions/" + region, "{\"capacity\":" + capacity + "}");
        }
    }

    private static long count(List<Witness> witnesses, long since, String region) {
        return witnesses.stream()
                .flatMap(witness -> witness.since(since).stream())
                .filter(seen -> seen.region().equals(region))
                .count();
    }

    /** The most that one of the others was sent within a second. */
    private static long highest(List<Witness> witnesses, long since) {
        Map<String, Long> perSecond = new HashMap<>();
        for (Witness witness : witnesses) {
            for (Witness.Sighting seen : witness.since(since)) {
                if (!seen.region().equals("us-east-1")) {
                    perSecond.merge(seen.region() + (seen.nanos() - since) / 1_000_000_000L, 1L, Long::sum);
                }
            }
        }
        return perSecond.values().stream().mapToLong(Long::longValue).max().orElse(0);
    }
}
