package dev.windrose.multijvm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.windrose.stage.Api;
import dev.windrose.stage.Figures;
import dev.windrose.stage.NodeProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A region's files come back from a backup that lacks what others were given since. */
@Tag("drill")
class LostTailStory {

    private static final Duration SOON = Duration.ofSeconds(120);
    private static final int AFTER_THE_BACKUP = 20;

    @Test
    void whatTheBackupLacksComesBackFromTheOthersAndWhatIsWrittenAfterwardsReachesThem() throws Exception {
        Figures figures = new Figures("16b: a journal from a backup", 0);
        try (Cluster cluster = Cluster.start("lost-tail", Cluster.SMALL)) {
            NodeProcess node = cluster.node(0);
            try (Api us = cluster.api(0)) {
                Writes.create(us, "backed-up");
            }
            Views.agree(cluster, "backed-up", SOON);
            assertThat(node.stop(Duration.ofSeconds(30))).isTrue();
            Path data = node.spec().data();
            Path backup = data.resolveSibling("backup");
            Trees.copy(data, backup);
            node.start();
            node.awaits("/health/ready/control", SOON);
            try (Api us = cluster.api(0)) {
                for (int i = 1; i <= AFTER_THE_BACKUP; i++) {
                    Writes.rename(us, "backed-up", "after the backup " + i);
                }
                Writes.create(us, "made-after-the-backup");
            }
            Views.agree(cluster, "backed-up", SOON);
            Views.agree(cluster, "made-after-the-backup", SOON);

            assertThat(node.stop(Duration.ofSeconds(30))).isTrue();
            Trees.remove(data);
            Trees.copy(backup, data);
            node.start();
            node.awaits("/health/ready/control", SOON);
            long back = System.nanoTime();
            try (Api us = cluster.api(0);
                    Api eu = cluster.api(1)) {
                Await.until("it is detected", SOON, () -> alarmed(us) || mended(us) > 0);
                figures.atMost("detected after, s", (System.nanoTime() - back) / 1e9, 30);
                // Written under numbers that the others have seen already.
                Writes.acknowledged(
                        us, "PATCH", "/api/v1/rules/backed-up", "{\"failover_policy\":{\"failback\":\"manual\"}}");
                Views.agree(cluster, "backed-up", SOON);
                Views.agree(cluster, "made-after-the-backup", SOON);
                figures.put("all regions agree after, s", (System.nanoTime() - back) / 1e9);
                figures.put("changes mended in the region", mended(us));
                figures.put("changes mended in another", mended(eu));
                JsonNode here = us.get("/api/v1/rules/backed-up").body();
                JsonNode there = eu.get("/api/v1/rules/backed-up").body();
                String last = "after the backup " + AFTER_THE_BACKUP;
                int lost = here.path("name").asText().equals(last) ? 0 : 1;
                lost += there.path("failover_policy").path("failback").asText().equals("manual") ? 0 : 1;
                figures.atMost("acknowledged changes lost", lost, 0);
                Writes.rename(us, "backed-up", "and on it goes");
                Views.agree(cluster, "backed-up", SOON);
            }
        }
        Drill.report(figures);
    }

    private static boolean alarmed(Api api) throws IOException {
        return api.meter("windrose_alarm", "kind=\"lost_tail\"") > 0;
    }

    private static double mended(Api api) throws IOException {
        return api.meter("windrose_replication_mended_total", "");
    }
}
