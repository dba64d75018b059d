package dev.windrose.multijvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.windrose.stage.Api;
import dev.windrose.stage.Figures;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Nodes of one region that stand still for a time, with its journal in PostgreSQL: one cluster is left, and nothing is lost. */
class PausedNodesStory {

    private static final Duration SOON = Cluster.STARTS_WITHIN;
    private static final String SHARED = "paused-shared";

    @Test
    @Tag("drill")
    void eitherOfTwoNodesStandsStillShortAndLong() throws Exception {
        Figures figures = new Figures("32b: two nodes of a region stand still for 5 to 120 s, alone and in turns", 0);
        run("paused-two", 2, pauses(2, false), figures);
        Drill.report(figures);
    }

    @Test
    @Tag("drill")
    void oneOfThreeNodesStandsStillShortAndLong() throws Exception {
        Figures figures = new Figures("32c: three nodes of a region stand still for 5 to 120 s, alone and in turns", 0);
        run("paused-three", 3, pauses(3, false), figures);
        Drill.report(figures);
    }

    @Test
    @Tag("drill")
    void nodesStandStillWhileTheirDatabaseIsSlow() throws Exception {
        Figures figures = new Figures("32d: two nodes of a region stand still, its database slow", 0);
        run("paused-slow", 2, pauses(2, true), figures);
        Drill.report(figures);
    }

    private static List<Pauses.Pause> pauses(int nodes, boolean slow) {
        List<Pauses.Pause> pauses = new ArrayList<>();
        for (int round = 0; round < Drill.times(1); round++) {
            for (String text : System.getProperty("windrose.drill.pauses", "5,18,30,45,120")
                    .split(",")) {
                int seconds = Integer.parseInt(text);
                pauses.add(new Pauses.Pause(List.of(0), seconds, slow));
                pauses.add(new Pauses.Pause(List.of(1), seconds, slow));
                pauses.add(new Pauses.Pause(nodes == 2 ? List.of(0, 1) : List.of(2, 0, 1), seconds, slow));
            }
        }
        return pauses;
    }

    private static void run(String name, int nodes, List<Pauses.Pause> pauses, Figures figures) throws Exception {
        PostgresJournal postgres = postgres();
        List<Cluster.Place> places = new ArrayList<>();
        for (int i = 0; i < nodes; i++) {
            places.add(new Cluster.Place("us-east-1", postgres));
        }
        places.add(new Cluster.Place("eu-west-1", null));
        try (Cluster cluster = Cluster.start(name, Cluster.SMALL, places, Map.of())) {
            try (Api us = cluster.api(0)) {
                Writes.createPriority(us, SHARED, "us-east-1", "eu-west-1");
            }
            Views.agree(cluster, SHARED, SOON);
            Pauses seen = new Pauses();
            try (Writers writers = Writers.start(cluster, "paused", 10, SHARED)) {
                writers.awaitMore(List.of(0, 1, 2), 10, SOON);
                for (Pauses.Pause pause : pauses) {
                    seen.after(pause, cluster, postgres);
                    writers.awaitMore(List.of(0, 1, 2), 10, SOON);
                }
                writers.stop();
                seen.addTo(figures);
                Drill.countLostAndDiffering(cluster, writers, SHARED, figures);
            }
        }
        assertThat(figures.passed()).as(figures.table()).isTrue();
    }

    private static PostgresJournal postgres() {
        try {
            return PostgresJournal.start();
        } catch (IOException | SQLException | IllegalStateException e) {
            return abort("needs PostgreSQL: its binaries for this platform did not start: " + e);
        }
    }
}
