package dev.windrose.multijvm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.windrose.stage.Api;
import dev.windrose.stage.NodeProcess;
import dev.windrose.stage.Origin;
import dev.windrose.stage.Witness;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Traffic leaves a region and comes back: by a failover, by an operator's word, and because the region is full. */
@ExtendWith(SharedCluster.class)
class TrafficMovesStory {

    private static final Duration BEAT = Duration.ofMillis(20);
    private static final String BECAUSE = "{\"owner\":\"ada\",\"reason\":\"looks well\"}";

    /** Whether every region sends everybody there now. */
    private static boolean all(Cluster cluster, String rule, String region) throws IOException {
        for (int i = 0; i < 3; i++) {
            try (Api api = cluster.api(i)) {
                for (int k = 0; k < 20; k++) {
                    if (!region.equals(api.region("asia", rule))) {
                        return false;
                    }
                }
            }
        }
        return true;
    }

    private static JsonNode shown(Cluster cluster, int node, String path) throws IOException {
        try (Api api = cluster.api(node)) {
            return api.get(path).body();
        }
    }

    @Test
    void aFailoverIsRecordedEverywhereAndTrafficComesBackWhenSomebodyCallsIt(Cluster cluster) throws Exception {
        Origin origin = cluster.origin(1);
        String left = origin.region();
        try (Api us = cluster.api(0)) {
            Writes.createPriority(us, "comes-when-called", left, "us-east-1");
            Writes.acknowledged(
                    us, "PATCH", "/api/v1/rules/comes-when-called", "{\"failover_policy\":{\"failback\":\"manual\"}}");
        }
        Await.until("all answer " + left, Duration.ofSeconds(60), () -> all(cluster, "comes-when-called", left));
        Cluster.command(origin, "{\"dead\":true}");
        try {
            Await.until(
                    "nobody answers it", Duration.ofSeconds(15), () -> all(cluster, "comes-when-called", "us-east-1"));
            for (int i = 0; i < 3; i++) {
                int node = i;
                Await.until("recorded in region " + i, Duration.ofSeconds(30), () -> {
                    JsonNode mark = shown(cluster, node, "/api/v1/rules/comes-when-called")
                            .at("/failovers/" + left);
                    return mark.at("/state").asText().equals("out")
                            && mark.at("/evidence").asText().contains("unhealthy");
                });
            }
        } finally {
            Cluster.command(origin, "{\"dead\":false}");
        }
        for (int i = 0; i < 3; i++) {
            int node = i;
            Await.until("region " + i + " sees it well, and that the others do", Duration.ofSeconds(90), () -> {
                JsonNode check = shown(
                                cluster, node, "/api/v1/health/matrix?rule_id=comes-when-called&region_id=" + left)
                        .at("/checks/0");
                return check.at("/verdict").asText().equals("healthy")
                        && check.at("/observers")
                                .findValuesAsText("status")
                                .equals(List.of("healthy", "healthy", "healthy"));
            });
        }
        assertThat(all(cluster, "comes-when-called", "us-east-1"))
                .as("it waits to be called")
                .isTrue();
        try (Api asia = cluster.api(2)) {
            Writes.acknowledged(asia, "POST", "/api/v1/rules/comes-when-called/failback/" + left, BECAUSE);
        }
        Await.until("all answer it again", Duration.ofSeconds(30), () -> all(cluster, "comes-when-called", left));
    }

    @Test
    void whatAnOperatorSaysInOneRegionHoldsInAllUntilItIsTakenBack(Cluster cluster) throws Exception {
        String override = "/api/v1/rules/obeys/overrides/ap-southeast-1";
        try (Api us = cluster.api(0);
                Api eu = cluster.api(1)) {
            Writes.createPriority(us, "obeys", "ap-southeast-1", "us-east-1");
            Await.until("all answer it", Duration.ofSeconds(60), () -> all(cluster, "obeys", "ap-southeast-1"));
            Writes.acknowledged(
                    us,
                    "PUT",
                    override,
                    "{\"status\":\"unhealthy\",\"owner\":\"ada\",\"reason\":\"new kernel\",\"for_seconds\":600}");
            Await.until("nobody answers it", Duration.ofSeconds(15), () -> all(cluster, "obeys", "us-east-1"));
            Writes.acknowledged(eu, "DELETE", override, null);
            Await.until("all answer it again", Duration.ofSeconds(15), () -> all(cluster, "obeys", "ap-southeast-1"));
        }
    }

    @Test
    void aRegionThatIsFullIsSentWhatItCanTakeAndNobodyIsRefused(Cluster cluster) throws Exception {
        double capacity = 60;
        List<Witness> witnesses = new ArrayList<>();
        AtomicLong here = new AtomicLong();
        AtomicLong all = new AtomicLong();
        try (Api us = cluster.api(0)) {
            Writes.createPriority(us, "fills", "ap-southeast-1", "us-east-1");
            Views.decideBy(cluster, "fills", Duration.ofSeconds(20));
            Writes.acknowledged(us, "PATCH", "/api/v1/regions/ap-southeast-1", "{\"capacity\":" + capacity + "}");
            long begin = System.nanoTime();
            for (NodeProcess node : cluster.nodes()) {
                witnesses.add(Witness.of(node.port(), "asia", "fills", BEAT, (port, seen) -> {
                    all.incrementAndGet();
                    here.addAndGet("ap-southeast-1".equals(seen.region()) ? 1 : 0);
                }));
            }
            Await.until("the region is filled and no more", Duration.ofSeconds(60), () -> {
                long before = here.get();
                long allBefore = all.get();
                long from = System.nanoTime();
                TimeUnit.SECONDS.sleep(3);
                double seconds = (System.nanoTime() - from) / 1e9;
                double rate = (here.get() - before) / seconds;
                double demand = (all.get() - allBefore) / seconds;
                if (demand < 1.5 * capacity) {
                    throw new IOException("asked at " + demand + "/s");
                }
                if (rate > capacity || rate < 0.7 * capacity) {
                    throw new IOException("sent there " + rate + "/s of " + demand + "/s");
                }
                return true;
            });
            witnesses.forEach(witness -> assertThat(witness.failed(begin)).isZero());
        } finally {
            witnesses.forEach(Witness::close);
            try (Api us = cluster.api(0)) {
                Writes.acknowledged(us, "PATCH", "/api/v1/regions/ap-southeast-1", "{\"capacity\":null}");
            }
        }
    }
}
