package dev.windrose.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.windrose.stage.Api;
import dev.windrose.stage.Origin;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node, and an origin whose latency is drawn at random around the threshold. */
class TremblingOriginTest {

    private static final long SEED = Long.getLong("windrose.seed", 7);
    private static final Duration TREMBLES_FOR = Duration.ofSeconds(Long.getLong("windrose.tremble.seconds", 20));
    private static final String HERE = "us-east-1";
    private static final String THERE = "eu-west-1";

    private static void command(Origin origin, String command) throws IOException {
        try (Api control = new Api(origin.controlPort(), Duration.ofSeconds(2))) {
            assertThat(control.call("POST", "/command", command).done()).isTrue();
        }
    }

    private static JsonNode candidate(Api api, String region) throws IOException {
        for (JsonNode each :
                api.get("/api/v1/route?rule_id=web&explain=true").body().at("/explanation/candidates")) {
            if (each.path("region").asText().equals(region)) {
                return each;
            }
        }
        throw new AssertionError("no candidate " + region);
    }

    private static String status(Api api, String region) throws IOException {
        return candidate(api, region).path("status").asText();
    }

    private static void until(Callable<Boolean> is) throws Exception {
        long deadline = System.nanoTime() + TREMBLES_FOR.plusSeconds(30).toNanos();
        while (!is.call()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    private static String answered(Api api) throws IOException {
        return api.get("/api/v1/route?rule_id=web").body().path("region").asText();
    }

    @Test
    void isLeftOnceAndComesBackWhenSomebodySaysSo(@TempDir Path data) throws Exception {
        Random random = new Random(SEED);
        ScheduledThreadPoolExecutor weather = new ScheduledThreadPoolExecutor(1);
        try (RealNode node = RealNode.start(data, Map.of());
                Origin here = Origin.start(HERE, 0);
                Origin there = Origin.start(THERE, 0);
                Api api = new Api(node.port(), Duration.ofSeconds(5))) {
            String rule = "{\"name\":\"Web\",\"algorithm\":\"priority\",\"target_regions\":[\"" + HERE + "\",\"" + THERE
                    + "\"],\"endpoints\":{\"" + HERE + "\":\"http://127.0.0.1:" + here.port() + "\",\"" + THERE
                    + "\":\"http://127.0.0.1:" + there.port() + "\"},\"failover_policy\":{\"failback\":\"manual\"},"
                    + "\"health_check\":{\"interval_ms\":500,\"timeout_ms\":500,\"healthy_latency_ms\":150}}";
            // A busy machine may answer that it is to be sent again.
            until(() -> api.put("/api/v1/rules/web", rule).done());
            until(() ->
                    status(api, HERE).equals("healthy") && status(api, THERE).equals("healthy"));
            assertThat(answered(api)).isEqualTo(HERE);
            assertThat(candidate(api, THERE).path("allowed_latency_ms").asDouble())
                    .isGreaterThan(200);
            assertThat(candidate(api, THERE).path("allowed_because").asText()).contains("150", "distance");

            List<String> statuses = new ArrayList<>();
            statuses.add("healthy");
            weather.scheduleWithFixedDelay(
                    () -> {
                        try {
                            command(here, "{\"latency_ms\":" + random.nextInt(300) + "}");
                        } catch (IOException e) {
                            throw new AssertionError("the origin is beside this test", e);
                        }
                    },
                    0,
                    250,
                    TimeUnit.MILLISECONDS);
            long end = System.nanoTime() + TREMBLES_FOR.toNanos();
            until(() -> {
                String now = status(api, HERE);
                if (!now.equals(statuses.get(statuses.size() - 1))) {
                    statuses.add(now);
                }
                return System.nanoTime() > end;
            });
            weather.shutdownNow();

            assertThat(statuses).containsExactly("healthy", "degraded");
            assertThat(answered(api)).isEqualTo(THERE);
            JsonNode failover = api.get("/api/v1/rules/web").body().at("/failovers/" + HERE);
            assertThat(failover.path("state").asText()).isEqualTo("out");
            assertThat(failover.path("only_for").get(0).asText()).isEqualTo(HERE);

            // As another check its past is forgotten, so it is healthy at once; its traffic waits all the same.
            command(here, "{\"reset\":true}");
            until(() -> api.call("PATCH", "/api/v1/rules/web", "{\"health_check\":{\"damping_half_life_ms\":0}}")
                    .done());
            until(() -> status(api, HERE).equals("healthy"));
            assertThat(answered(api)).isEqualTo(THERE);
            assertThat(candidate(api, HERE).path("removed_by").asText()).isEqualTo("failback");
            until(() -> api.call(
                            "POST",
                            "/api/v1/rules/web/failback/" + HERE,
                            "{\"owner\":\"ada\",\"reason\":\"looks well\"}")
                    .done());
            until(() -> answered(api).equals(HERE));
            assertThat(api.get("/api/v1/rules/web")
                            .body()
                            .at("/failovers/" + HERE + "/state")
                            .asText())
                    .isEqualTo("back");
        } finally {
            weather.shutdownNow();
        }
    }
}
