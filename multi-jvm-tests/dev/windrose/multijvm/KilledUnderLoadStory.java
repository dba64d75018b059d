package dev.windrose.multijvm;

import dev.windrose.stage.Api;
import dev.windrose.stage.Figures;
import dev.windrose.stage.LatencyHistogram;
import dev.windrose.stage.NodeProcess;
import dev.windrose.stage.Witness;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("drill")
class KilledUnderLoadStory {

    private static final long SEED = 11;

    @Test
    void noAcknowledgedWriteIsLostWhenNodesAreKilledAgainAndAgain() throws Exception {
        int kills = Drill.times(50);
        Figures figures = new Figures("killed-under-load", SEED);
        Random random = new Random(SEED);
        LatencyHistogram ready = new LatencyHistogram();
        try (Cluster cluster = Cluster.start("killed-under-load", Drill.AS_SHIPPED)) {
            try (Api api = cluster.api(0)) {
                Writes.create(api, "load-shared");
            }
            Views.agree(cluster, "load-shared", Duration.ofSeconds(10));
            List<Witness> witnesses = new ArrayList<>();
            Writers writers = Writers.start(cluster, "load", 50, "load-shared");
            long wrong = 0;
            try (writers) {
                for (int i = 0; i < kills; i++) {
                    NodeProcess victim = cluster.node(i % 3);
                    writers.awaitMore(List.of(0, 1, 2), 20, Duration.ofSeconds(60));
                    TimeUnit.MILLISECONDS.sleep(random.nextInt(500));
                    Witness witness = Witness.of(
                            cluster.node((i + 1) % 3).port(),
                            "asia",
                            "load-shared",
                            Duration.ofMillis(20),
                            (port, seen) -> {});
                    witnesses.add(witness);
                    victim.kill();
                    long start = System.nanoTime();
                    victim.start();
                    victim.awaits("/health/ready/control", Cluster.STARTS_WITHIN);
                    ready.addNanos(System.nanoTime() - start);
                    wrong += witness.failed(start);
                    witness.close();
                }
                writers.awaitMore(List.of(0, 1, 2), 20, Duration.ofSeconds(60));
                writers.stop();
                TimeUnit.SECONDS.sleep(30);
                long differ = 0;
                for (String rule : List.of("load-0", "load-1", "load-2", "load-shared")) {
                    differ += Views.revisions(cluster, rule).size() == 1 ? 0 : 1;
                }
                figures.put("kills", kills);
                figures.put("takes writes again after: p50, ms", ready.ms(0.5));
                figures.put("takes writes again after: longest, ms", ready.maxMs());
                figures.atMost("answers of another region that failed", wrong, 0);
                figures.atMost("rules that differ 30 s after", differ, 0);
                Drill.countLostAndDoubled(
                        cluster,
                        writers.acknowledgedNames(),
                        Pattern.compile("(shared-)?load-[012]#[1-9][0-9]*"),
                        figures);
            } finally {
                witnesses.forEach(Witness::close);
            }
        }
        Drill.report(figures);
    }

    /** What it acknowledged while it was cut off is in its own journal alone. */
    @Test
    void noAcknowledgedWriteIsLostWhenARegionIsKilledAgainAndAgainWhileItIsCutOff() throws Exception {
        int kills = Drill.times(50);
        Figures figures = new Figures("killed-while-cut-off", SEED);
        Random random = new Random(SEED);
        try (Cluster cluster = Cluster.start("killed-while-cut-off", Drill.AS_SHIPPED)) {
            try (Api api = cluster.api(0)) {
                Writes.create(api, "load-shared");
            }
            Views.agree(cluster, "load-shared", Duration.ofSeconds(10));
            NodeProcess victim = cluster.node(0);
            try (Writers writers = Writers.start(cluster, "load", 50, "load-shared")) {
                for (int i = 0; i < kills; i++) {
                    cluster.wan().cut(0, 1);
                    cluster.wan().cut(0, 2);
                    writers.awaitMore(List.of(0, 1, 2), 20, Duration.ofSeconds(60));
                    TimeUnit.MILLISECONDS.sleep(random.nextInt(500));
                    victim.kill();
                    cluster.wan().mend();
                    victim.start();
                    victim.awaits("/health/ready/control", Cluster.STARTS_WITHIN);
                }
                writers.awaitMore(List.of(0, 1, 2), 20, Duration.ofSeconds(60));
                writers.stop();
                figures.put("kills", kills);
                Drill.countLostAndDiffering(cluster, writers, "load-shared", figures);
                Drill.countLostAndDoubled(
                        cluster,
                        writers.acknowledgedNames(),
                        Pattern.compile("(shared-)?load-[012]#[1-9][0-9]*"),
                        figures);
            }
        }
        Drill.report(figures);
    }
}
