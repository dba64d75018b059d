package dev.windrose.multijvm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.windrose.stage.Api;
import dev.windrose.stage.Figures;
import dev.windrose.stage.NodeProcess;
import dev.windrose.stage.Wan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Whatever starts, and in whatever order and isolation: there is one cluster, or none, or two for a moment that is told. */
@ExtendWith(SharedCluster.class)
class FoundingStory {

    private static final Duration SOON = Cluster.STARTS_WITHIN;
    private static final List<Integer> ALL = List.of(0, 1, 2);

    @Test
    void aReplacedFirstSeedThatIsCutOffFoundsNothingAndJoinsWhenItIsHealed(Cluster cluster) throws Exception {
        Figures figures = new Figures("33: the first seed is replaced while it is cut off, healed", 0);
        replace(cluster);
        cluster.node(0).start();
        String why = awaitAlarm(cluster.node(0), "part_away", SOON);
        assertThat(why).contains(Members.address(cluster, 1), Members.address(cluster, 2), "--found");
        assertThat(Members.addresses(cluster, 0)).isEmpty();

        cluster.wan().mend();
        long healed = System.nanoTime();
        cluster.awaitReady();
        Members.await(cluster, ALL, 3);
        figures.atMost("one cluster and all take writes after the heal, s", (System.nanoTime() - healed) / 1e9, 30);
        Drill.report(figures);
    }

    @Tag("drill")
    @Test
    void anIslandThatWasFoundedByOrderIsToldAndJoinsTheOthersWithWhatItWrote(Cluster cluster) throws Exception {
        Figures figures = new Figures("30: a second cluster founded by order behind a partition, healed", 0);
        replace(cluster);
        try (NodeProcess island = NodeProcess.of(cluster.node(0).spec().with("windrose.node.found", "true"))) {
            island.start();
            island.awaits("/health/ready/control", SOON);
            try (Api us = island.api(Cluster.TIMEOUT)) {
                Writes.acknowledged(
                        us, "PUT", "/api/v1/regions/us-east-1", "{\"region_id\":\"us-east-1\",\"endpoints\":[]}");
                Writes.acknowledged(us, "POST", "/api/v1/rules/create", Api.rule("island-rule", "us-east-1"));
                for (int i = 0; i < 20; i++) {
                    Writes.rename(us, "island-rule", "island#" + i);
                }
            }
            try (Api eu = cluster.api(1)) {
                Writes.create(eu, "mainland-rule");
            }
            cluster.wan().mend();
            long healed = System.nanoTime();
            for (NodeProcess node : List.of(island, cluster.node(1))) {
                awaitAlarm(node, "two_clusters", SOON);
            }
            figures.atMost("alarm on both sides after the heal, s", (System.nanoTime() - healed) / 1e9, 10);
            Members.await(cluster, ALL, 3);
            island.awaits("/health/ready/control", SOON);
            figures.atMost("one cluster and all take writes after the heal, s", (System.nanoTime() - healed) / 1e9, 30);
            Views.agree(cluster, "island-rule", SOON);
            Views.agree(cluster, "mainland-rule", SOON);
            try (Api asia = cluster.api(2)) {
                String name = asia.get("/api/v1/rules/island-rule")
                        .body()
                        .path("name")
                        .asText();
                figures.atMost("edits of the island missing elsewhere", name.equals("island#19") ? 0 : 1, 0);
            }
        }
        Drill.report(figures);
    }

    @Tag("drill")
    @Test
    void nothingIsFoundedBeforeEverySeedHasAnsweredAndThenOneClusterIs(Cluster cluster) throws Exception {
        Figures figures = new Figures("30b: all regions stopped, two and later the third started", 0);
        for (NodeProcess node : cluster.nodes()) {
            // A node whose files were lost a moment ago has nothing to decide from until it has written its first
            // table.
            Await.until(
                    node.region() + " has written a table",
                    SOON,
                    () -> Files.exists(node.spec().data().resolve("table.snapshot")));
        }
        cluster.nodes().forEach(NodeProcess::kill);
        cluster.node(0).start();
        cluster.node(1).start();
        for (int node : List.of(0, 1)) {
            assertThat(awaitAlarm(cluster.node(node), "part_away", SOON))
                    .contains(Members.address(cluster, 2))
                    .doesNotContain(Members.address(cluster, 1 - node));
            cluster.node(node).awaits("/health/ready", SOON);
        }
        long started = System.nanoTime();
        cluster.node(2).start();
        cluster.awaitReady();
        Members.await(cluster, ALL, 3);
        figures.atMost("one cluster after the start of the last, s", (System.nanoTime() - started) / 1e9, 60);
        Drill.report(figures);
    }

    @Tag("drill")
    @Test
    void aSecondNodeWithAJournalOfItsOwnIsRefusedWithTheReason(Cluster cluster) throws Exception {
        NodeProcess.Spec first = cluster.node(0).spec();
        NodeProcess.Ports ports = NodeProcess.Ports.free();
        Map<String, String> settings = new HashMap<>(first.settings());
        settings.put("akka.remote.artery.bind.port", Integer.toString(ports.cluster()));
        settings.put("akka.remote.artery.advanced.tcp.outbound-client-hostname", Wan.addressOf(0));
        Path data = Cluster.data("second-journal");
        try (NodeProcess second = NodeProcess.of(new NodeProcess.Spec(
                first.home(),
                first.region(),
                data,
                first.logs().resolve("second-journal"),
                ports,
                settings,
                first.javaOptions()))) {
            second.start();
            assertThat(awaitAlarm(second, "part_away", SOON))
                    .contains("has another journal", first.ports().address());
            try (Api api = second.api(Cluster.TIMEOUT)) {
                assertThat(api.says("/health/ready/control")).isFalse();
            }
            Members.await(cluster, ALL, 3);
        }
    }

    /** The first seed loses its process, its files and its links. */
    private static void replace(Cluster cluster) throws IOException {
        cluster.node(0).kill();
        cluster.wan().cut(0, 1);
        cluster.wan().cut(0, 2);
        try (Stream<Path> files = Files.walk(cluster.node(0).spec().data())) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /** Waits for an alarm that says why, and returns what it says. */
    private static String awaitAlarm(NodeProcess node, String kind, Duration atMost) throws InterruptedException {
        StringBuilder detail = new StringBuilder();
        Await.until(node.region() + " raises " + kind, atMost, () -> {
            try (Api api = node.api(Duration.ofSeconds(2))) {
                for (JsonNode alarm : api.get("/api/v1/alarms").body().path("alarms")) {
                    String text = alarm.path("detail").asText();
                    if (alarm.path("kind").asText().equals(kind) && !text.contains("journal is not open")) {
                        detail.append(text);
                        return true;
                    }
                }
            }
            return false;
        });
        return detail.toString();
    }
}
