package dev.windrose.multijvm;

import com.fasterxml.jackson.databind.JsonNode;
import dev.windrose.stage.Api;
import dev.windrose.stage.Figures;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/** Nodes that stand still, and what is seen of their cluster after. */
final class Pauses {

    private static final Duration GIVEN_UP_AFTER = Duration.ofSeconds(60);
    private static final int ONE_CLUSTER_WITHIN_SECONDS = 30;
    private static final int ALARM_WITHIN_SECONDS = 10;

    /** Which nodes stand still, one after the other. */
    record Pause(List<Integer> victims, int seconds, boolean slowDatabase) {
        Pause {
            victims = List.copyOf(victims);
        }

        @Override
        public String toString() {
            return "nodes " + victims + " for " + seconds + " s" + (slowDatabase ? ", database slow" : "");
        }
    }

    private int pauses;
    private int stillTwo;
    private double slowestSeconds;
    private double longestTwoSeconds;
    private int withoutAlarm;
    private long twoSinceNanos = -1;
    private boolean alarmed;

    /** How many pauses left two clusters for longer than a minute. */
    int leftTwo() {
        return stillTwo;
    }

    void addTo(Figures figures) {
        figures.put("pauses", pauses);
        figures.atMost("pauses that left two clusters", stillTwo, 0);
        figures.atMost("one cluster after a pause, slowest, s", slowestSeconds, ONE_CLUSTER_WITHIN_SECONDS);
        figures.put("two clusters at once, longest, s", longestTwoSeconds);
        figures.atMost("two clusters longer than 10 s without an alarm", withoutAlarm, 0);
    }

    /** Returns when there is one cluster again, or when there was none for long. */
    void after(Pause pause, Cluster cluster, PostgresJournal postgres)
            throws IOException, InterruptedException, SQLException {
        pauses++;
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
            double seconds = awaitOne(cluster, ended);
            System.out.printf("%s: one cluster after %.1f s%n", pause, seconds);
            slowestSeconds = Math.max(slowestSeconds, seconds);
        } finally {
            postgres.slow(0);
        }
    }

    /** Waits until every node sees every node, twice in a row; counts how long two saw nothing of each other. */
    private double awaitOne(Cluster cluster, long ended) throws InterruptedException {
        int all = cluster.nodes().size();
        twoSinceNanos = -1;
        alarmed = false;
        int well = 0;
        double seconds = 0;
        while (well < 10) {
            long now = System.nanoTime();
            if ((now - ended) / 1e9 > GIVEN_UP_AFTER.toSeconds()) {
                stillTwo++;
                return (now - ended) / 1e9;
            }
            boolean one = look(cluster, all, now);
            if (!one) {
                well = 0;
            } else if (well++ == 0) {
                seconds = (now - ended) / 1e9;
            }
            TimeUnit.MILLISECONDS.sleep(300);
        }
        return seconds;
    }

    private boolean look(Cluster cluster, int all, long now) {
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
                    alarmed |= alarm.path("kind").asText().equals("two_clusters");
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
            twoSinceNanos = -1;
        } else if (twoSinceNanos < 0) {
            twoSinceNanos = now;
        } else {
            double seconds = (now - twoSinceNanos) / 1e9;
            longestTwoSeconds = Math.max(longestTwoSeconds, seconds);
            if (seconds > ALARM_WITHIN_SECONDS && !alarmed) {
                withoutAlarm++;
                twoSinceNanos = now;
            }
        }
        return one;
    }
}
