package dev.windrose.multijvm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.stage.Api;
import dev.windrose.stage.Figures;
import dev.windrose.stage.LatencyHistogram;
import dev.windrose.stage.NodeProcess;
import dev.windrose.stage.Tally;
import dev.windrose.stage.Traffic;
import dev.windrose.stage.Witness;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What targets can do: die in three ways, flap by the hundred, and be too many for those that are left. */
@Tag("drill")
class TargetsStory {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Duration BEAT = Duration.ofMillis(5);
    private static final String UNDAMPED = "\"damping_half_life_ms\":0,\"interval_ms\":1000,\"timeout_ms\":500";

    private static Cluster cluster;

    @BeforeAll
    static void start() throws Exception {
        cluster = Cluster.start("targets", Cluster.SMALL);
    }

    @AfterAll
    static void end() throws Exception {
        cluster.close();
    }

    @AfterEach
    void heal() throws Exception {
        for (int i = 0; i < 3; i++) {
            Cluster.command(cluster.origin(i), "{\"reset\":true}");
        }
    }

    @Test
    void aTargetDiesInThreeWays() throws Exception {
        Figures figures = new Figures("23: a target dies hard, answers 500, swallows everything", 0);
        String rule = "dies-in-three-ways";
        try (Api us = cluster.api(0)) {
            Writes.createPriority(us, rule, "us-east-1", "eu-west-1");
            Writes.acknowledged(us, "PATCH", "/api/v1/rules/" + rule, "{\"health_check\":{" + UNDAMPED + "}}");
        }
        Views.decideBy(cluster, rule, SOON);
        for (String way : List.of("{\"dead\":true}", "{\"error_rate\":1}", "{\"black_hole\":true}")) {
            LatencyHistogram wrong = new LatencyHistogram();
            long failed = 0;
            for (int i = 0; i < Drill.times(10); i++) {
                List<Witness> witnesses = witnesses(rule);
                for (Witness witness : witnesses) {
                    assertThat(witness.await(seen -> seen.region().equals("us-east-1"), 100, SOON))
                            .isTrue();
                }
                long from = System.nanoTime();
                Cluster.command(cluster.origin(0), way);
                for (Witness witness : witnesses) {
                    assertThat(witness.await(seen -> seen.region().equals("eu-west-1"), 200, SOON))
                            .isTrue();
                    wrong.addNanos((long) (witness.lastMs(from, "us-east-1") * 1e6));
                    failed += witness.failed(from);
                }
                witnesses.forEach(Witness::close);
                heal();
            }
            figures.put("last wrong answer after " + way + ", p50, ms", wrong.ms(0.5));
            figures.atMost("last wrong answer after " + way + ", p99, ms", wrong.ms(0.99), 3000);
            figures.atMost("last wrong answer after " + way + ", longest, ms", wrong.maxMs(), 5000);
            figures.atMost("answers that failed after " + way, failed, 0);
        }
        Drill.report(figures);
    }

    @Test
    void aHundredTargetsFlapEverySecond() throws Exception {
        Figures figures = new Figures("20: 100 targets flap every second", 0);
        try (Api us = cluster.api(0)) {
            for (int i = 0; i < 100; i++) {
                Writes.createPriority(us, "flaps-" + i, "us-east-1", "eu-west-1");
                Writes.acknowledged(
                        us,
                        "PATCH",
                        "/api/v1/rules/flaps-" + i,
                        "{\"health_check_path\":\"/health?target=" + i + "\"}");
            }
        }
        Views.decideBy(cluster, "flaps-99", SOON);
        TimeUnit.SECONDS.sleep(10);
        double before = transitions();
        int seconds = Drill.seconds(180);
        for (int i = 0; i < seconds; i++) {
            Cluster.command(cluster.origin(0), i % 2 == 0 ? "{\"error_rate\":1}" : "{\"error_rate\":0}");
            TimeUnit.SECONDS.sleep(1);
        }
        // Each of the three nodes counts the transitions that it sees.
        double each = (transitions() - before) / 3 / 100 / (seconds / 60.0);
        figures.atMost("transitions of each target in a minute, as each node sees them", each, 2);
        Drill.report(figures);
    }

    @Test
    void mostOfTheCapacityIsLost() throws Exception {
        Figures figures = new Figures("21: 60 % of the capacity lost at 70 % load", 0);
        String rule = "loses-capacity";
        Map<String, Double> capacities = Map.of("us-east-1", 480.0, "eu-west-1", 160.0, "ap-southeast-1", 160.0);
        List<Witness> witnesses = List.of();
        try (Api us = cluster.api(0)) {
            Writes.create(us, rule);
            Writes.weights(us, rule, "{\"us-east-1\":0.6,\"eu-west-1\":0.2,\"ap-southeast-1\":0.2}");
            for (Map.Entry<String, Double> capacity : capacities.entrySet()) {
                Writes.acknowledged(
                        us,
                        "PATCH",
                        "/api/v1/regions/" + capacity.getKey(),
                        "{\"capacity\":" + capacity.getValue() + "}");
            }
            Views.decideBy(cluster, rule, SOON);
            witnesses = witnesses(rule);
            TimeUnit.SECONDS.sleep(10);
            long from = System.nanoTime();
            Cluster.command(cluster.origin(0), "{\"dead\":true}");
            TimeUnit.SECONDS.sleep(Drill.seconds(30));
            long empty = 0;
            Map<String, Map<Long, Long>> perSecond = new HashMap<>();
            for (Witness witness : witnesses) {
                empty += witness.failed(from);
                for (Witness.Sighting seen : witness.since(from)) {
                    perSecond
                            .computeIfAbsent(seen.region(), region -> new HashMap<>())
                            .merge((seen.nanos() - from) / 1_000_000_000L, 1L, Long::sum);
                }
            }
            long uneven = 0;
            // The first three seconds are those in which the loss is found.
            for (long second = 3; second < Drill.seconds(30); second++) {
                double eu = perSecond.getOrDefault("eu-west-1", Map.of()).getOrDefault(second, 0L) / 160.0;
                double asia = perSecond.getOrDefault("ap-southeast-1", Map.of()).getOrDefault(second, 0L) / 160.0;
                uneven += Math.max(eu, asia) > 1.1 && Math.min(eu, asia) < 0.9 ? 1 : 0;
            }
            figures.put(
                    "answers",
                    witnesses.stream().mapToLong(w -> w.since(from).size()).sum());
            figures.atMost("seconds in which one is above its capacity while another has room", uneven, 0);
            figures.atMost("answers that named nobody", empty, 0);
            for (String region : capacities.keySet()) {
                Writes.acknowledged(us, "PATCH", "/api/v1/regions/" + region, "{\"capacity\":null}");
            }
        } finally {
            witnesses.forEach(Witness::close);
        }
        Drill.report(figures);
    }

    @Test
    void theCapacityOfARegionIsLearned() throws Exception {
        Figures figures = new Figures("the capacity of a region is learned from how its clients fare", 0);
        String rule = "learns-capacity";
        int capacity = 80;
        try (Api us = cluster.api(0)) {
            Writes.create(us, rule);
        }
        learn(true);
        Views.decideBy(cluster, rule, SOON);
        Cluster.command(cluster.origin(1), "{\"capacity\":" + capacity + "}");
        Tally.Summary learning = traffic(rule, Drill.seconds(60));
        Tally.Summary after = traffic(rule, Drill.seconds(60));
        double least = Double.MAX_VALUE;
        double most = 0;
        for (int i = 0; i < 3; i++) {
            try (Api api = cluster.api(i)) {
                double learned = api.get("/api/v1/regions/eu-west-1")
                        .body()
                        .path("capacity_now")
                        .asDouble();
                least = Math.min(least, learned);
                most = Math.max(most, learned);
            }
        }
        learn(false);
        figures.put("requests/s", learning.decided() / (learning.time().toMillis() / 1e3));
        figures.put("of these by weight for a region that takes 80/s", 100);
        figures.put("failed in the first minute, %", 100.0 * learning.failed() / learning.decided());
        figures.atMost("failed in the second minute, %", 100.0 * after.failed() / after.decided(), 2);
        figures.atLeast("least that a node learned, requests/s", least, 0.6 * capacity);
        figures.atMost("most that a node learned, requests/s", most, 1.15 * capacity);
        Drill.report(figures);
    }

    private static void learn(boolean learns) throws Exception {
        try (Api us = cluster.api(0)) {
            for (String region : Cluster.REGIONS) {
                Writes.acknowledged(us, "PATCH", "/api/v1/regions/" + region, "{\"learn_capacity\":" + learns + "}");
            }
        }
    }

    private static Tally.Summary traffic(String rule, int seconds) throws InterruptedException {
        List<URI> nodes = cluster.nodes().stream()
                .map(node -> URI.create("http://127.0.0.1:" + node.port()))
                .toList();
        return new Traffic(
                        new Traffic.Plan(nodes, 300, Duration.ofSeconds(seconds), List.of("asia"), List.of(rule), 32),
                        line -> {})
                .run();
    }

    private static List<Witness> witnesses(String rule) {
        List<Witness> witnesses = new ArrayList<>();
        for (NodeProcess node : cluster.nodes()) {
            witnesses.add(Witness.of(node.port(), "asia", rule, BEAT, (port, seen) -> {}));
        }
        return witnesses;
    }

    private static double transitions() throws IOException {
        double sum = 0;
        for (int i = 0; i < 3; i++) {
            try (Api api = cluster.api(i)) {
                sum += api.meter("windrose_health_transitions_total", "");
            }
        }
        return sum;
    }
}
