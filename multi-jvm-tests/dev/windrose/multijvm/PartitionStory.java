package dev.windrose.multijvm;

import dev.windrose.stage.Api;
import dev.windrose.stage.Figures;
import dev.windrose.stage.Wan;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The matrix of partitions, each for minutes and under writes. */
@Tag("drill")
class PartitionStory {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final List<Integer> ALL = List.of(0, 1, 2);

    private static Cluster cluster;

    @BeforeAll
    static void start() throws Exception {
        cluster = Cluster.start("partitions", Cluster.SMALL);
    }

    @AfterAll
    static void end() throws Exception {
        cluster.close();
    }

    @Test
    void aRegionIsCutOffForMinutes() throws Exception {
        drill("1: a region cut off", "cut-off", trial -> {
            Wan wan = cluster.wan();
            wan.cut(0, 1);
            wan.cut(0, 2);
            passes(300);
        });
    }

    @Test
    void oneDirectionIsCutForMinutes() throws Exception {
        drill("2: one direction cut", "one-way", trial -> {
            cluster.wan().link(0, 1).cut();
            passes(300);
        });
    }

    @Test
    void twoRegionsReachEachOtherThroughAThirdOnly() throws Exception {
        Figures figures = new Figures("3: bridge", 0);
        Trial.run(cluster, "bridge", figures, trial -> {
            cluster.wan().cut(0, 2);
            passes(60);
            try (Api us = cluster.api(0);
                    Api asia = cluster.api(2)) {
                Writes.create(us, "made-behind-the-bridge");
                long made = System.nanoTime();
                Await.until(
                        "the far end of the bridge knows the rule",
                        SOON,
                        () -> asia.revision("made-behind-the-bridge") != null);
                figures.put("a new rule crosses the bridge after, s", (System.nanoTime() - made) / 1e9);
            }
            passes(60);
            mended(trial);
        });
        Drill.report(figures);
    }

    @Test
    void everyRegionIsAnIsland() throws Exception {
        drill("4: three islands", "islands", trial -> {
            Wan wan = cluster.wan();
            wan.cut(0, 1);
            wan.cut(0, 2);
            wan.cut(1, 2);
            passes(600);
        });
    }

    @Test
    void aLinkFlaps() throws Exception {
        drill("8: a link flaps, 3 s and 3 s", "flapping", trial -> {
            int times = Drill.seconds(600) / 6;
            for (int i = 0; i < times; i++) {
                cluster.wan().cut(0, 1);
                TimeUnit.SECONDS.sleep(3);
                cluster.wan().mend();
                TimeUnit.SECONDS.sleep(3);
            }
        });
    }

    private static void drill(String drill, String name, Trial.Fault fault) throws Exception {
        Figures figures = new Figures(drill, 0);
        Trial.run(cluster, name, figures, trial -> {
            fault.happens(trial);
            mended(trial);
        });
        Drill.report(figures);
    }

    private static void mended(Trial trial) throws InterruptedException {
        cluster.wan().mend();
        trial.over();
        trial.writers().awaitMore(ALL, 5, SOON);
    }

    private static void passes(int seconds) throws InterruptedException {
        TimeUnit.SECONDS.sleep(Drill.seconds(seconds));
    }
}
