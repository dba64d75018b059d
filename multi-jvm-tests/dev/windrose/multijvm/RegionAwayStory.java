package dev.windrose.multijvm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.stage.Api;
import dev.windrose.stage.NodeProcess;
import dev.windrose.stage.Witness;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SharedCluster.class)
class RegionAwayStory {

    private static final Duration AFTERWARDS = Duration.ofSeconds(30);

    @Test
    void bothSidesOfARegionThatStandsStillWriteAndNothingIsLost(Cluster cluster) throws Exception {
        try (Api us = cluster.api(0)) {
            Writes.create(us, "shared-while-still");
        }
        Views.agree(cluster, "shared-while-still", AFTERWARDS);
        NodeProcess still = cluster.node(2);
        try (Writers writers = Writers.start(cluster, "still", 10, "shared-while-still")) {
            writers.awaitAcknowledged(5, Duration.ofSeconds(20));
            still.standStill();
            writers.awaitMore(List.of(0, 1), 30, Duration.ofSeconds(30));
            still.goOn();
            writers.awaitMore(List.of(0, 1, 2), 5, Duration.ofSeconds(30));
            writers.stop();
            writers.awaitAllEverywhere(AFTERWARDS);
        }
        Views.agree(cluster, "shared-while-still", AFTERWARDS);
    }

    @Test
    void bothSidesOfAKilledRegionWriteAndNothingIsLost(Cluster cluster) throws Exception {
        try (Api us = cluster.api(0)) {
            Writes.create(us, "shared-while-killed");
            Writes.create(us, "goes-while-away");
            Writes.create(us, "changes-while-away");
        }
        Views.agree(cluster, "shared-while-killed", AFTERWARDS);
        Views.agree(cluster, "goes-while-away", AFTERWARDS);
        Views.agree(cluster, "changes-while-away", AFTERWARDS);
        NodeProcess killed = cluster.node(1);
        try (Writers writers = Writers.start(cluster, "killed", 10, "shared-while-killed");
                Witness witness = Witness.of(
                        cluster.node(0).port(), "asia", "changes-while-away", Duration.ofMillis(20), (p, s) -> {})) {
            writers.awaitAcknowledged(5, Duration.ofSeconds(20));
            long death = System.nanoTime();
            killed.kill();
            try (Api us = cluster.api(0);
                    Api asia = cluster.api(2)) {
                Writes.create(asia, "made-while-away");
                Writes.rename(us, "changes-while-away", "Changed while Europe was away");
                Writes.remove(us, "goes-while-away");
            }
            writers.awaitMore(List.of(0, 2), 20, Duration.ofSeconds(30));
            killed.start();
            killed.awaits("/health/ready/control", Cluster.STARTS_WITHIN);
            writers.awaitMore(List.of(0, 1, 2), 5, Duration.ofSeconds(30));
            writers.stop();

            // Nobody asks the region that was away to look: it must learn of all of this by itself.
            writers.awaitAllEverywhere(AFTERWARDS);
            assertThat(witness.failed(death)).isZero();
        }
        Views.decideBy(cluster, "made-while-away", AFTERWARDS);
        Views.gone(cluster, "goes-while-away", AFTERWARDS);
        for (String rule : Set.of("made-while-away", "changes-while-away", "shared-while-killed")) {
            Views.agree(cluster, rule, AFTERWARDS);
        }
    }
}
