package dev.windrose.multijvm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.stage.Api;
import dev.windrose.stage.Wan;
import dev.windrose.stage.Witness;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SharedCluster.class)
class RegionCutOffStory {

    private static final Duration AFTERWARDS = Duration.ofSeconds(30);
    private static final Duration BEAT = Duration.ofMillis(5);

    @Test
    void aRegionThatIsCutOffAnswersAndWritesAndNothingIsLost(Cluster cluster) throws Exception {
        story(cluster, "cut-off", wan -> {
            wan.cut(0, 1);
            wan.cut(0, 2);
        });
    }

    @Test
    void aOneWayCutMovesNobody(Cluster cluster) throws Exception {
        story(cluster, "one-way", wan -> wan.link(0, 1).cut());
    }

    private interface Cut {
        void make(Wan wan);
    }

    private static void story(Cluster cluster, String name, Cut cut) throws Exception {
        String rule = "shared-" + name;
        try (Api us = cluster.api(0)) {
            Writes.createPriority(us, rule, "us-east-1", "eu-west-1", "ap-southeast-1");
        }
        Views.agree(cluster, rule, AFTERWARDS);
        Views.decideBy(cluster, rule, AFTERWARDS);
        List<Witness> witnesses = new ArrayList<>();
        try (Writers writers = Writers.start(cluster, name, 10, rule)) {
            for (int i = 0; i < 3; i++) {
                witnesses.add(Witness.of(cluster.node(i).port(), "asia", rule, BEAT, (port, seen) -> {}));
            }
            for (Witness witness : witnesses) {
                assertThat(witness.await(seen -> seen.region().equals("us-east-1"), 100, Duration.ofSeconds(60)))
                        .isTrue();
            }
            long from = System.nanoTime();
            cut.make(cluster.wan());
            // Longer than it takes to find another node unreachable.
            writers.awaitMore(List.of(0, 1, 2), 80, Duration.ofSeconds(60));
            cluster.wan().mend();
            writers.awaitMore(List.of(0, 1, 2), 5, Duration.ofSeconds(30));
            writers.stop();
            writers.awaitAllEverywhere(AFTERWARDS);
            Views.agree(cluster, rule, AFTERWARDS);
            for (Witness witness : witnesses) {
                assertThat(witness.since(from).stream()
                                .filter(seen -> !seen.region().equals("us-east-1")))
                        .as("answers of node %s that were wrong", witness.port())
                        .isEmpty();
            }
        } finally {
            witnesses.forEach(Witness::close);
        }
    }
}
