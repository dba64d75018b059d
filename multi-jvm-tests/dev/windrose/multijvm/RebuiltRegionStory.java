package dev.windrose.multijvm;

import dev.windrose.stage.Api;
import dev.windrose.stage.Figures;
import dev.windrose.stage.NodeProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A region whose database and files are lost is started, and its node stands still for five seconds in the middle. */
class RebuiltRegionStory {

    private static final Duration CATCHES_UP_WITHIN = Duration.ofMinutes(3);
    private static final Duration STALL = Duration.ofSeconds(5);
    private static final int REGION = 1;

    /** What was seen of a node, from its start until it was ready. */
    private record Seen(long early, double readyAfterStallSeconds) {}

    @Tag("drill")
    @Test
    void isNeverReadyWithARuleMissing() throws Exception {
        rebuilt(60, Cluster.SMALL);
    }

    @Tag("drill")
    @Test
    void isNeverReadyWithOneOfAThousandRulesMissing() throws Exception {
        rebuilt(1000, Drill.AS_SHIPPED);
    }

    private static void rebuilt(int rules, String javaOptions) throws Exception {
        Figures figures = new Figures("40: a region rebuilt, " + rules + " rules, stalled 5 s", 0);
        try (Cluster cluster = Cluster.start("rebuilt-region-" + rules, javaOptions)) {
            try (Api us = cluster.api(0)) {
                for (int i = 0; i < rules; i++) {
                    Writes.create(us, "rule-" + i);
                }
            }
            NodeProcess node = cluster.node(REGION);
            node.kill();
            Trees.remove(node.spec().data());
            node.start();
            Seen seen = watched(node, rules);
            figures.atMost("looks at a ready node with a rule missing", seen.early(), 0);
            figures.atMost("ready with all rules after the stall, s", seen.readyAfterStallSeconds(), 30);
        }
        Drill.report(figures);
    }

    /** Looks at the node again and again; has it stand still once it has some of the rules. */
    private static Seen watched(NodeProcess node, int rules) throws IOException, InterruptedException {
        long until = System.nanoTime() + CATCHES_UP_WITHIN.toNanos();
        long stalledNanos = 0;
        long early = 0;
        try (Api api = node.api(Duration.ofSeconds(10))) {
            while (System.nanoTime() - until < 0) {
                boolean control = api.says("/health/ready/control");
                boolean data = api.says("/health/ready");
                int known = known(api);
                if ((control || data) && known >= 0 && known < rules) {
                    early++;
                }
                if (stalledNanos == 0 && known > 0) {
                    node.standStill();
                    TimeUnit.MILLISECONDS.sleep(STALL.toMillis());
                    node.goOn();
                    stalledNanos = System.nanoTime();
                }
                if (control && stalledNanos != 0) {
                    return new Seen(early, (System.nanoTime() - stalledNanos) / 1e9);
                }
                TimeUnit.MILLISECONDS.sleep(20);
            }
        }
        return new Seen(early, CATCHES_UP_WITHIN.toSeconds());
    }

    /** How many rules the node knows; -1 when it does not answer. Asked after the readiness, so that it knows no fewer. */
    private static int known(Api api) {
        try {
            return api.get("/health").body().path("total_rules").asInt(-1);
        } catch (IOException e) {
            return -1;
        }
    }
}
