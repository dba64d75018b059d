package dev.windrose.multijvm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.windrose.stage.Api;
import dev.windrose.stage.Figures;
import dev.windrose.stage.NodeProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Regions that are gone for long, and the cluster without them. */
@Tag("drill")
class EvictedStory {

    private static final Duration SOON = Duration.ofSeconds(90);

    @Test
    void theSideWithoutAMajorityIsEvictedAndComesBackByItself() throws Exception {
        Figures figures = new Figures("30: the founder cut off until it is evicted, restarted, healed", 0);
        try (Cluster cluster = started("evicted", "20s")) {
            try (Writers writers = Writers.start(cluster, "evicted", 10, shared(cluster))) {
                cluster.wan().cut(0, 1);
                cluster.wan().cut(0, 2);
                long cut = System.nanoTime();
                for (int i : List.of(1, 2)) {
                    Await.until(
                            "node " + i + " sees two members",
                            SOON,
                            () -> members(cluster, i).size() == 2);
                }
                figures.put("evicted by the majority after, s", (System.nanoTime() - cut) / 1e9);
                // The first seed is started anew behind the cut: it must not found a second cluster.
                writers.awaitMore(List.of(0, 1, 2), 10, SOON);
                cluster.node(0).kill();
                cluster.node(0).start();
                cluster.node(0).awaits("/health/ready", SOON);
                writers.awaitMore(List.of(1, 2), 50, SOON);
                figures.atMost("control planes Up on the side that was evicted", ready(cluster, 0), 0);
                cluster.wan().mend();
                long healed = System.nanoTime();
                cluster.awaitReady();
                for (int i : List.of(0, 1, 2)) {
                    Await.until(
                            "node " + i + " sees three members",
                            SOON,
                            () -> members(cluster, i).size() == 3);
                }
                figures.atMost("one cluster after the heal, s", (System.nanoTime() - healed) / 1e9, 60);
                writers.awaitMore(List.of(0, 1, 2), 10, SOON);
                writers.stop();
                Drill.countLostAndDiffering(cluster, writers, "seen-by-all", figures);
            }
        }
        Drill.report(figures);
    }

    @Test
    void aTwoSidedPartitionLongerThanThatHealsIntoOneCluster() throws Exception {
        Figures figures = new Figures("5: a partition longer than evict-after", 0);
        try (Cluster cluster = started("two-sided", "20s")) {
            Trial.run(cluster, "two-sided", figures, 1, List.of(0, 1, 2), trial -> {
                cluster.wan().cut(0, 1);
                cluster.wan().cut(0, 2);
                for (int i : List.of(1, 2)) {
                    Await.until(
                            "node " + i + " sees two members",
                            SOON,
                            () -> members(cluster, i).size() == 2);
                }
                assertThat(members(cluster, 0))
                        .as("the smaller side evicts nobody")
                        .hasSize(3);
                trial.writers().awaitMore(List.of(0, 1, 2), 50, SOON);
                cluster.wan().mend();
                long healed = System.nanoTime();
                Await.until("the evicted side has joined again", SOON, () -> {
                    for (int i : List.of(0, 1, 2)) {
                        if (members(cluster, i).size() != 3 || ready(cluster, i) == 0) {
                            return false;
                        }
                    }
                    return true;
                });
                figures.put("one cluster after the heal, s", (System.nanoTime() - healed) / 1e9);
                trial.over();
                trial.writers().awaitMore(List.of(0, 1, 2), 5, SOON);
            });
        }
        Drill.report(figures);
    }

    /** Seven days, for which a node remembers another one, are ten minutes here. */
    private static final Map<String, String> DAYS_IN_MINUTES = Map.of(
            "windrose.node.evict-after", "0s",
            "akka.remote.artery.advanced.give-up-system-message-after", "10m",
            "akka.cluster.prune-gossip-tombstones-after", "10m",
            "akka.cluster.distributed-data.pruning-marker-time-to-live", "10m",
            "akka.cluster.sharding.distributed-data.pruning-marker-time-to-live", "10m");

    @Test
    void aPartitionOfDaysWithANodeReplacedMeanwhileLeavesNoZombies() throws Exception {
        Figures figures = new Figures("5: a partition of five days, timers 1:1000, a node replaced meanwhile", 0);
        try (Cluster cluster = Cluster.start("days", Cluster.SMALL, DAYS_IN_MINUTES)) {
            Trial.run(cluster, "days", figures, 0, List.of(0, 1), trial -> {
                cluster.wan().cut(2, 0);
                cluster.wan().cut(2, 1);
                TimeUnit.SECONDS.sleep(Drill.seconds(430) / 2);
                cluster.node(2).kill();
                cluster.node(2).start();
                cluster.node(2).awaits("/health/ready", SOON);
                TimeUnit.SECONDS.sleep(Drill.seconds(430) / 2);
                cluster.wan().mend();
                long healed = System.nanoTime();
                cluster.awaitReady();
                for (int i : List.of(0, 1, 2)) {
                    Await.until(
                            "node " + i + " sees three members, all Up",
                            SOON,
                            () -> members(cluster, i).size() == 3 && up(cluster, i) == 3);
                }
                figures.atMost(
                        "one cluster after the heal, without anybody's help, s",
                        (System.nanoTime() - healed) / 1e9,
                        60);
                trial.over();
                trial.writers().awaitMore(List.of(0, 1, 2), 5, SOON);
                // Longer than it takes to find a node unreachable that is not there.
                TimeUnit.SECONDS.sleep(30);
                long zombies = 0;
                for (int i : List.of(0, 1, 2)) {
                    zombies += Math.abs(members(cluster, i).size() - 3) + Math.abs(up(cluster, i) - 3);
                }
                figures.atMost("members that are not there, or not Up, half a minute later", zombies, 0);
            });
        }
        Drill.report(figures);
    }

    @Test
    void aRegionStartedWhileAnotherIsDeadTakesWritesWhenThatOneIsEvicted() throws Exception {
        Figures figures = new Figures("10: a region cold-started while another is dead", 0);
        try (Cluster cluster = started("cold-start", "15m")) {
            String rule = shared(cluster);
            Views.decideBy(cluster, rule, SOON);
            cluster.node(2).kill();
            cluster.node(0).kill();
            long started = System.nanoTime();
            cluster.node(0).start();
            cluster.node(0).awaits("/health/ready", SOON);
            figures.atMost("data plane ready after the start of the JVM, s", (System.nanoTime() - started) / 1e9, 5);
            try (Api us = cluster.api(0);
                    Api eu = cluster.api(1)) {
                assertThat(us.region("asia", rule)).isEqualTo("us-east-1");
                Await.until(
                        "its place in the cluster is known",
                        SOON,
                        () -> members(cluster, 1).size() == 3);
                assertThat(ready(cluster, 0))
                        .as("no member while another is dead")
                        .isZero();
                Await.until(
                        "it is not heard of any more, and evicted",
                        SOON,
                        () -> eu.call("POST", "/api/v1/regions/ap-southeast-1/evict", evict())
                                .done());
                long evicted = System.nanoTime();
                cluster.node(0).awaits("/health/ready/control", SOON);
                figures.atMost("takes writes after the eviction, s", (System.nanoTime() - evicted) / 1e9, 30);
                Writes.rename(us, rule, "written without the dead region");
                cluster.node(2).start();
                cluster.awaitReady();
                Views.agree(cluster, rule, SOON);
            }
        }
        Drill.report(figures);
    }

    private static String evict() {
        return "{\"owner\":\"drill\",\"reason\":\"it is dead\"}";
    }

    private static Cluster started(String name, String evictAfter) throws Exception {
        return Cluster.start(name, Cluster.SMALL, Map.of("windrose.node.evict-after", evictAfter));
    }

    private static String shared(Cluster cluster) throws Exception {
        try (Api us = cluster.api(0)) {
            Writes.createPriority(us, "seen-by-all", "us-east-1", "eu-west-1", "ap-southeast-1");
        }
        Views.agree(cluster, "seen-by-all", SOON);
        return "seen-by-all";
    }

    private static int ready(Cluster cluster, int node) {
        try (Api api = cluster.api(node)) {
            return api.says("/health/ready/control") ? 1 : 0;
        }
    }

    /** How many members a node sees that are Up. */
    private static int up(Cluster cluster, int index) throws IOException {
        int up = 0;
        try (Api manage = new Api(cluster.node(index).spec().ports().manage(), Cluster.TIMEOUT)) {
            JsonNode all = manage.get("/cluster/members").body();
            for (JsonNode member : all.path("members")) {
                up += member.path("status").asText().equals("Up") ? 1 : 0;
            }
            up -= all.path("unreachable").size();
        }
        return up;
    }

    /** Addresses of the members that a node sees, reachable or not. */
    private static Set<String> members(Cluster cluster, int index) throws IOException {
        NodeProcess node = cluster.node(index);
        Set<String> members = new TreeSet<>();
        try (Api manage = new Api(node.spec().ports().manage(), Cluster.TIMEOUT)) {
            manage.get("/cluster/members")
                    .body()
                    .path("members")
                    .forEach(member -> members.add(member.path("node").asText()));
        }
        return members;
    }
}
