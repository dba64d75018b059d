package dev.windrose.multijvm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.stage.Api;
import dev.windrose.stage.Figures;
import dev.windrose.stage.LatencyHistogram;
import dev.windrose.stage.Witness;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A node that stands still, a database that is slow, and one that is away while its node starts anew. */
@Tag("drill")
class NodeTroubleStory {

    private static final Duration SOON = Duration.ofSeconds(90);
    private static final int AT_POSTGRES = 2;

    private static Cluster cluster;

    @BeforeAll
    static void start() throws Exception {
        cluster = Cluster.start("node-trouble", Cluster.SMALL, PostgresJournal.start());
    }

    @AfterAll
    static void end() throws Exception {
        cluster.close();
    }

    @Test
    void aNodeStandsStillAndGoesOn() throws Exception {
        Figures figures = new Figures("12: a node stands still", 0);
        Trial.run(cluster, "still", figures, 0, List.of(1, 2), trial -> {
            for (int seconds : List.of(30, 120)) {
                cluster.node(0).standStill();
                TimeUnit.SECONDS.sleep(Drill.seconds(seconds));
                cluster.node(0).goOn();
                trial.over();
                trial.writers().awaitMore(List.of(0, 1, 2), 10, SOON);
            }
        });
        Drill.report(figures);
    }

    @Test
    void aDatabaseIsSlow() throws Exception {
        Figures figures = new Figures("14: a journal that takes 2 s to write", 0);
        LatencyHistogram refused = new LatencyHistogram();
        long[] counts = new long[3];
        PostgresJournal journal = cluster.postgres();
        Trial.run(cluster, "slow", figures, trial -> {
            journal.slow(2);
            long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(Drill.seconds(120));
            try (Api asia = cluster.api(AT_POSTGRES)) {
                while (System.nanoTime() < until) {
                    long asked = System.nanoTime();
                    Api.Answer answer = asia.call("PATCH", "/api/v1/rules/" + trial.rule(), "{\"name\":\"slow\"}");
                    refused.addNanos(System.nanoTime() - asked);
                    counts[0]++;
                    counts[1] += answer.done() ? 1 : 0;
                    counts[2] += answer.status() == 503 && answer.retryAfter() != null ? 1 : 0;
                    TimeUnit.MILLISECONDS.sleep(200);
                }
            }
            journal.slow(0);
            trial.over();
            trial.writers().awaitMore(List.of(0, 1, 2), 10, SOON);
        });
        figures.put("writes there", counts[0]);
        figures.put("done", counts[1]);
        figures.put("refused with 503 and Retry-After", counts[2]);
        figures.atMost("ended in another way", counts[0] - counts[1] - counts[2], 0);
        figures.atMost("longest answer to a write, ms", refused.maxMs(), 3500);
        Drill.report(figures);
    }

    @Test
    void aDatabaseIsAwayWhileItsNodeStartsAnew() throws Exception {
        Figures figures = new Figures("15: a journal away, and its node started anew meanwhile", 0);
        PostgresJournal journal = cluster.postgres();
        String rule = "served-without-a-journal";
        try (Api us = cluster.api(0)) {
            Writes.createPriority(us, rule, "us-east-1", "eu-west-1");
        }
        Views.agree(cluster, rule, SOON);
        Views.decideBy(cluster, rule, SOON);
        TimeUnit.SECONDS.sleep(3);
        journal.refuse();
        TimeUnit.SECONDS.sleep(Drill.seconds(60));
        cluster.node(AT_POSTGRES).kill();
        long started = System.nanoTime();
        cluster.node(AT_POSTGRES).start();
        cluster.node(AT_POSTGRES).awaits("/health/ready", SOON);
        figures.atMost("data plane ready after the start of the JVM, s", (System.nanoTime() - started) / 1e9, 5);
        long from = System.nanoTime();
        try (Witness witness =
                Witness.of(cluster.node(AT_POSTGRES).port(), "asia", rule, Duration.ofMillis(5), (port, seen) -> {})) {
            TimeUnit.SECONDS.sleep(Drill.seconds(60));
            List<Witness.Sighting> seen = witness.since(from);
            figures.put("answers without a journal", seen.size());
            figures.atMost(
                    "wrong ones",
                    seen.stream()
                            .filter(sighting -> !sighting.region().equals("us-east-1"))
                            .count(),
                    0);
        }
        assertThat(cluster.node(AT_POSTGRES).alive()).isTrue();
        journal.admit();
        long admitted = System.nanoTime();
        cluster.awaitReady();
        figures.put("takes writes after the journal is back, s", (System.nanoTime() - admitted) / 1e9);
        Drill.report(figures);
    }
}
