package dev.windrose.multijvm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.stage.Api;
import dev.windrose.stage.Figures;
import dev.windrose.stage.NodeProcess;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** An event in the journal that nobody can read any more. */
@ExtendWith(SharedCluster.class)
class PoisonStory {

    private static final Duration SOON = Duration.ofSeconds(60);

    @Tag("drill")
    @Test
    void oneRuleServesItsLastGoodStateAndAllOthersAreUntouched(Cluster cluster) throws Exception {
        Figures figures = new Figures("17: poison event", 0);
        NodeProcess node = cluster.node(0);
        try (Api us = cluster.api(0)) {
            Writes.createPriority(us, "poisoned", "us-east-1", "eu-west-1");
            Writes.createPriority(us, "untouched", "us-east-1", "eu-west-1");
            Views.decideBy(cluster, "poisoned", SOON);
            Views.decideBy(cluster, "untouched", SOON);
        }
        assertThat(node.stop(Duration.ofSeconds(30))).isTrue();
        byte[] whole = Journals.poison(node, "poisoned");
        node.start();
        node.awaits("/health/ready/control", Cluster.STARTS_WITHIN);
        try (Api us = cluster.api(0)) {
            Await.until("it is set aside", SOON, () -> us.meter("windrose_rule_aside", "") == 1);
            figures.atMost("rules set aside", us.meter("windrose_rule_aside", ""), 1);
            assertThat(us.region("asia", "poisoned")).isEqualTo("us-east-1");
            assertThat(us.region("asia", "untouched")).isEqualTo("us-east-1");
            assertThat(us.call("PATCH", "/api/v1/rules/poisoned", "{\"name\":\"x\"}")
                            .status())
                    .isEqualTo(503);
            Writes.rename(us, "untouched", "written beside the poisoned one");
            Views.agree(cluster, "untouched", SOON);
        }
        assertThat(node.stop(Duration.ofSeconds(30))).isTrue();
        Journals.restore(node, "poisoned", whole);
        node.start();
        node.awaits("/health/ready/control", Cluster.STARTS_WITHIN);
        try (Api us = cluster.api(0)) {
            Writes.rename(us, "poisoned", "mended");
            Views.agree(cluster, "poisoned", SOON);
        }
        Drill.report(figures);
    }
}
