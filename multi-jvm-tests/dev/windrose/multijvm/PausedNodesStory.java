package dev.windrose.multijvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import com.fasterxml.jackson.databind.JsonNode;
import dev.windrose.stage.Api;
import dev.windrose.stage.Figures;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Nodes of one region that stand still for a time, with its journal in PostgreSQL: one cluster is left, and nothing is lost. */
class PausedNodesStory {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int ONE_CLUSTER_WITHIN_SECONDS = 30;
    private static final int ALARM_WITHIN_SECONDS = 10;
    private static final String SHARED = "paused-shared";

    /** Whose turn it is to stand still: at most one at a time. */
    private record Pause(List<Integer> victims, int seconds, boolean slowDatabase) {
        @Override
        public String toString() {
            return "nodes " + victims + " for " + seconds + " s" + (slowDatabase ? ", database slow" : "");
        }
    }

    /** The figures of many pauses. */
    private static final class Seen {
        private int pauses;
        private int stillTwo;
        private double slowestSeconds;
        private double longestTwoSeconds;
        private int withoutAlarm;
        private long twoSinceNanos = -1;
        private boolean alarmed;
    }

    @Test
    void aNodeThatStoodStillLongerThanTheOtherWaitedJoinsItAgain() throws Exception {
        Figures figures = new Figures("32a: one of two nodes stands still for 40 s", 0);
        run("paused", 2, List.of(new Pause(List.of(0), 40, false)), figures);
        Drill.report(figures);
    }

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

    private static List<Pause> pauses(int nodes, boolean slow) {
        List<Pause> pauses = new ArrayList<>();
        for (int round = 0; round < Drill.times(1); round++) {
            for (String text : System.getProperty("windrose.drill.pauses", "5,18,30,45,120")
                    .split(",")) {
                int seconds = Integer.parseInt(text);
                pauses.add(new Pause(List.of(0), seconds, slow));
                pauses.add(new Pause(List.of(1), seconds, slow));
                pauses.add(new Pause(nodes == 2 ? List.of(0, 1) : List.of(2, 0, 1), seconds, slow));
            }
        }
        return pauses;
    }

    private static void run(String name, int nodes, List<Pause> pauses, Figures figures) throws Exception {
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
            Seen seen = new Seen();
            try (Writers writers = Writers.start(cluster, "paused", 10, SHARED)) {
                writers.awaitMore(List.of(0, 1, 2), 10, SOON);
                for (Pause pause : pauses) {
                    paused(cluster, postgres, pause, seen);
                    writers.awaitMore(List.of(0, 1, 2), 10, SOON);
                }
                writers.stop();
                figures.put("pauses", seen.pauses);
                figures.atMost("pauses that left two clusters", seen.stillTwo, 0);
                figures.atMost(
                        "one cluster after a pause, slowest, s", seen.slowestSeconds, ONE_CLUSTER_WITHIN_SECONDS);
                figures.put("two clusters at once, longest, s", seen.longestTwoSeconds);
                figures.atMost("two clusters longer than 10 s without an alarm", seen.withoutAlarm, 0);
                Drill.countLostAndDiffering(cluster, writers, SHARED, figures);
            }
        }
        assertThat(figures.passed()).as(figures.table()).isTrue();
    }

    private static void paused(Cluster cluster, PostgresJournal postgres, Pause pause, Seen seen) throws Exception {
        seen.pauses++;
        if (pause.slowDatabase()) {
            postgres.slow(1);
        }
        try {
            for (int victim : pause.victims()) {
                cluster.node(victim).standStill();
                try {
                    TimeUnit.SECONDS.sleep(pause.seconds());
                } finally {
                    cluster.node(victim).goOn();
                }
            }
            long ended = System.nanoTime();
            if (pause.slowDatabase()) {
                postgres.slow(0);
            }
            double seconds = awaitOne(cluster, ended, seen);
            System.out.printf("%s: one cluster after %.1f s%n", pause, seconds);
            seen.slowestSeconds = Math.max(seen.slowestSeconds, seconds);
        } finally {
            postgres.slow(0);
        }
    }

    /** Waits until every node sees every node, twice in a row; counts how long two saw nothing of each other. */
    private static double awaitOne(Cluster cluster, long ended, Seen seen) throws Exception {
        int all = cluster.nodes().size();
        seen.twoSinceNanos = -1;
        seen.alarmed = false;
        int well = 0;
        double seconds = 0;
        while (well < 10) {
            long now = System.nanoTime();
            if ((now - ended) / 1e9 > SOON.toSeconds()) {
                seen.stillTwo++;
                return (now - ended) / 1e9;
            }
            boolean one = look(cluster, all, now, seen);
            if (!one) {
                well = 0;
            } else if (well++ == 0) {
                seconds = (now - ended) / 1e9;
            }
            TimeUnit.MILLISECONDS.sleep(300);
        }
        return seconds;
    }

    private static boolean look(Cluster cluster, int all, long now, Seen seen) {
        List<Set<String>> views = new ArrayList<>();
        boolean one = true;
        for (int i = 0; i < all; i++) {
            Set<String> view = new TreeSet<>();
            try (Api api = cluster.node(i).api(Duration.ofSeconds(2))) {
                for (JsonNode member : api.get("/api/v1/cluster").body().path("members")) {
                    boolean up = member.path("status").asText().equals("up");
                    one &= up && member.path("reachable").asBoolean();
                    view.add(member.path("address").asText());
                }
                one &= api.says("/health/ready/control");
                for (JsonNode alarm : api.get("/api/v1/alarms").body().path("alarms")) {
                    seen.alarmed |= alarm.path("kind").asText().equals("two_clusters");
                }
            } catch (IOException e) {
                one = false;
            }
            one &= view.size() == all;
            views.add(view);
        }
        boolean two = false;
        for (Set<String> a : views) {
            for (Set<String> b : views) {
                two |= !a.isEmpty() && !b.isEmpty() && a.stream().noneMatch(b::contains);
            }
        }
        if (!two) {
            seen.twoSinceNanos = -1;
        } else if (seen.twoSinceNanos < 0) {
            seen.twoSinceNanos = now;
        } else {
            double seconds = (now - seen.twoSinceNanos) / 1e9;
            seen.longestTwoSeconds = Math.max(seen.longestTwoSeconds, seconds);
            if (seconds > ALARM_WITHIN_SECONDS && !seen.alarmed) {
                seen.withoutAlarm++;
                seen.twoSinceNanos = now;
            }
        }
        return one;
    }

    private static PostgresJournal postgres() {
        try {
            return PostgresJournal.start();
        } catch (IOException | SQLException | IllegalStateException e) {
            return abort("needs PostgreSQL: its binaries for this platform did not start: " + e);
        }
    }
}
