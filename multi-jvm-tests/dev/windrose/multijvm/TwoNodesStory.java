package dev.windrose.multijvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.windrose.stage.Api;
import dev.windrose.stage.Figures;
import dev.windrose.stage.Witness;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Two nodes of one region share its journal in PostgreSQL; either is killed under load, and the other stays. Then one stands still
 * for longer than the other waits, and they are one cluster again.
 */
class TwoNodesStory {

    private static final Duration SOON = Duration.ofSeconds(40);
    private static final String SHARED = "two-shared";
    private static final int RULES = 12;

    /** The other declares it down, and has given the lease back when it wakes. */
    private static final int LONGER_THAN_THE_LEASE_SECONDS = 40;

    @Test
    void theOlderNodeMayDieAndTheOtherStaysAndWrites() throws Exception {
        story(new Figures("9: one of two nodes killed, short", 0), 1, false);
    }

    @Tag("drill")
    @Test
    void eitherNodeMayDieOrStandStillAndTheOtherStaysAndWrites() throws Exception {
        story(new Figures("9: one of two nodes killed, then one stands still for 40 s", 0), 2, true);
    }

    private static void story(Figures figures, int victims, boolean pause) throws Exception {
        PostgresJournal postgres = postgres();
        List<Cluster.Place> places = List.of(
                new Cluster.Place("us-east-1", postgres),
                new Cluster.Place("us-east-1", postgres),
                new Cluster.Place("eu-west-1", null));
        try (Cluster cluster = Cluster.start("two-nodes", Cluster.SMALL, places, Map.of())) {
            List<String> rules = new ArrayList<>();
            try (Api us = cluster.api(0)) {
                Writes.createPriority(us, SHARED, "us-east-1", "eu-west-1");
                for (int i = 0; i < RULES; i++) {
                    rules.add("two-rule-" + i);
                    Writes.createPriority(us, rules.get(i), "us-east-1", "eu-west-1");
                }
            }
            Views.agree(cluster, SHARED, SOON);
            Views.decideBy(cluster, SHARED, SOON);
            long wrong = 0;
            double slowest = 0;
            try (Writers writers = Writers.start(cluster, "two", 10, SHARED)) {
                for (int victim = 0; victim < victims; victim++) {
                    int survivor = 1 - victim;
                    writers.awaitMore(List.of(0, 1, 2), 10, SOON);
                    try (Witness witness = Witness.of(
                            cluster.node(survivor).port(), "asia", SHARED, Duration.ofMillis(5), (port, seen) -> {})) {
                        assertThat(witness.await(seen -> seen.region().equals("us-east-1"), 100, SOON))
                                .isTrue();
                        long killed = System.nanoTime();
                        double starts = starts(cluster, survivor);
                        cluster.node(victim).kill();
                        awaitWrites(cluster, survivor, rules, "after-" + victim);
                        double seconds = (System.nanoTime() - killed) / 1e9;
                        figures.put("writes to all rules back, victim " + victim + ", s", seconds);
                        slowest = Math.max(slowest, seconds);
                        writers.awaitMore(List.of(survivor, 2), 10, SOON);
                        assertThat(starts(cluster, survivor))
                                .as("starts of the survivor's control plane")
                                .isEqualTo(starts);
                        wrong += witness.since(killed).stream()
                                .filter(seen -> !seen.region().equals("us-east-1"))
                                .count();
                    }
                    cluster.node(victim).start();
                    cluster.awaitReady();
                }
                writers.awaitMore(List.of(0, 1, 2), 10, SOON);
                if (pause) {
                    pause(cluster, postgres, figures);
                    writers.awaitMore(List.of(0, 1, 2), 10, SOON);
                }
                writers.stop();
                Drill.countLostAndDiffering(cluster, writers, SHARED, figures);
            }
            figures.atMost("writes to all rules back, slowest, s", slowest, 20);
            figures.atMost("answers of the survivor that were wrong", wrong, 0);
            assertThat(wrong).isZero();
        }
        Drill.tell(figures);
    }

    private static void pause(Cluster cluster, PostgresJournal postgres, Figures figures) throws Exception {
        Pauses pauses = new Pauses();
        pauses.after(new Pauses.Pause(List.of(0), LONGER_THAN_THE_LEASE_SECONDS, false), cluster, postgres);
        pauses.addTo(figures);
        assertThat(pauses.leftTwo()).as("pauses that left two clusters").isZero();
    }

    private static double starts(Cluster cluster, int node) throws IOException {
        try (Api api = cluster.api(node)) {
            return api.meter("windrose_control_starts", "");
        }
    }

    private static void awaitWrites(Cluster cluster, int node, List<String> rules, String name)
            throws InterruptedException {
        for (String rule : rules) {
            Await.until("node " + node + " writes " + rule, SOON, () -> {
                try (Api api = cluster.api(node)) {
                    return api.call("PATCH", "/api/v1/rules/" + rule, "{\"name\":\"" + name + "\"}")
                            .done();
                }
            });
        }
    }

    private static PostgresJournal postgres() {
        try {
            return PostgresJournal.start();
        } catch (IOException | SQLException | IllegalStateException e) {
            return abort("needs PostgreSQL: its binaries for this platform did not start: " + e);
        }
    }
}
