package dev.windrose.multijvm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.stage.Api;
import dev.windrose.stage.NodeProcess;
import dev.windrose.stage.Origin;
import dev.windrose.stage.Witness;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SharedCluster.class)
class OriginDiesStory {

    /** With an interval of 1 s and two probes that fail. */
    private static final double LAST_WRONG_ANSWER_MS = 4000;

    private static final Duration BEAT = Duration.ofMillis(20);

    @Test
    void itsClientsAreSentElsewhereByEveryRegionAndComeBackWhenItDoes(Cluster cluster) throws Exception {
        Origin origin = cluster.origin(0);
        try (Api us = cluster.api(0)) {
            Writes.createPriority(us, "follows-the-living", origin.region(), "eu-west-1", "ap-southeast-1");
        }
        Views.decideBy(cluster, "follows-the-living", Duration.ofSeconds(20));
        List<Witness> witnesses = new ArrayList<>();
        try {
            for (NodeProcess node : cluster.nodes()) {
                witnesses.add(Witness.of(node.port(), "asia", "follows-the-living", BEAT, (port, seen) -> {}));
            }
            for (Witness witness : witnesses) {
                // Long: another story may just have ended, and a busy machine makes checks look slow for a while.
                assertThat(witness.await(seen -> seen.region().equals(origin.region()), 150, Duration.ofSeconds(60)))
                        .isTrue();
            }
            long death = System.nanoTime();
            Cluster.command(origin, "{\"dead\":true}");
            for (Witness witness : witnesses) {
                assertThat(witness.await(seen -> seen.region().equals("eu-west-1"), 25, Duration.ofSeconds(15)))
                        .isTrue();
                assertThat(witness.lastMs(death, origin.region())).isLessThanOrEqualTo(LAST_WRONG_ANSWER_MS);
            }
            Cluster.command(origin, "{\"dead\":false}");
            for (Witness witness : witnesses) {
                assertThat(witness.await(seen -> seen.region().equals(origin.region()), 25, Duration.ofSeconds(20)))
                        .isTrue();
                assertThat(witness.failed(death)).isZero();
            }
        } finally {
            witnesses.forEach(Witness::close);
        }
    }
}
