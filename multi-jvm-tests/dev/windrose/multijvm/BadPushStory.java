package dev.windrose.multijvm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.stage.Api;
import dev.windrose.stage.Figures;
import dev.windrose.stage.NodeProcess;
import dev.windrose.stage.Witness;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A configuration that no rule can have is pushed: through the API, and as events that no check has seen. */
@Tag("drill")
class BadPushStory {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String RULE = "pushed";

    /** What is pushed at once, by field of the journal. */
    private static final Map<String, String> BAD = new LinkedHashMap<>();

    static {
        BAD.put("target_regions", "");
        BAD.put("algorithm", "");
        BAD.put("weights", "us-east-1=0 eu-west-1=0");
        BAD.put("fallback", "region:");
        BAD.put("safety", "min_regions=-1");
        BAD.put("health_policy", "panic_below=NaN");
        BAD.put("status", "x".repeat(200_000));
    }

    private static final List<String> BODIES = List.of(
            "{\"target_regions\":[]}",
            "{\"target_regions\":[\"us-east-1\",\"us-east-1\"]}",
            "{\"algorithm\":\"\"}",
            "{\"name\":\"\"}",
            "{\"weights\":{\"us-east-1\":0,\"eu-west-1\":0}}",
            "{\"weights\":{\"us-east-1\":\"NaN\"}}",
            "{\"fallback\":\"region:us-east-1\"}", // would point at itself
            "{\"safety\":{\"min_regions\":9}}",
            "{\"health_check_path\":\"/" + "x".repeat(20_000) + "\"}",
            "{\"status\":null}");

    @Test
    void isRefusedWhenItIsWrittenAndWhenItIsRead() throws Exception {
        Figures figures = new Figures("27: a bad configuration is pushed", 0);
        List<Witness> witnesses = new ArrayList<>();
        try (Cluster cluster = Cluster.start("bad-push", Cluster.SMALL)) {
            NodeProcess node = cluster.node(0);
            try (Api us = cluster.api(0)) {
                Writes.createPriority(us, RULE, "us-east-1", "eu-west-1");
                Views.agree(cluster, RULE, SOON);
                Views.decideBy(cluster, RULE, SOON);
                String revision = us.revision(RULE);
                long accepted = 0;
                for (String body : BODIES) {
                    int status = us.call("PATCH", "/api/v1/rules/" + RULE, body).status();
                    accepted += status >= 400 && status < 500 ? 0 : 1;
                }
                figures.put("bad edits sent", BODIES.size());
                figures.atMost("bad edits not answered with 4xx", accepted, 0);
                figures.atMost("changes made by them", us.revision(RULE).equals(revision) ? 0 : 1, 0);
            }
            for (int other : List.of(1, 2)) {
                witnesses.add(
                        Witness.of(cluster.node(other).port(), "asia", RULE, Duration.ofMillis(5), (port, seen) -> {}));
            }
            assertThat(node.stop(Duration.ofSeconds(30))).isTrue();
            OtherVersion.writes(node, RULE, BAD);
            long from = System.nanoTime();
            node.start();
            node.awaits("/health/ready", SOON);
            try (Witness here = Witness.of(node.port(), "asia", RULE, Duration.ofMillis(5), (port, seen) -> {})) {
                node.awaits("/health/ready/control", Cluster.STARTS_WITHIN);
                for (int i : List.of(0, 1, 2)) {
                    try (Api api = cluster.api(i)) {
                        Await.until(
                                "region " + i + " has the bad fields and says so",
                                SOON,
                                () -> api.meter("windrose_table_last_good", "") == 1);
                    }
                }
                Views.agree(cluster, RULE, SOON);
                // Longer than anything is cached.
                assertThat(here.await(seen -> seen.region().equals("us-east-1"), 1000, SOON))
                        .isTrue();
                witnesses.add(here);
                long answers = 0;
                long affected = 0;
                for (Witness witness : witnesses) {
                    List<Witness.Sighting> seen = witness.since(from);
                    answers += seen.size();
                    affected +=
                            seen.stream().allMatch(sighting -> sighting.region().equals("us-east-1")) ? 0 : 1;
                }
                figures.put("bad fields in the journal", BAD.size());
                figures.put("answers", answers);
                figures.atMost("regions whose answers changed", affected, 0);
            }
            try (Api us = cluster.api(0);
                    Api eu = cluster.api(1)) {
                int refused = eu.call("PATCH", "/api/v1/rules/" + RULE, "{\"name\":\"x\"}")
                        .status();
                figures.put("edit of another field meanwhile, status", refused);
                Writes.acknowledged(
                        eu,
                        "PUT",
                        "/api/v1/rules/" + RULE,
                        Api.rule(RULE, "eu-west-1", "us-east-1").replace("weighted_round_robin", "priority"));
                Views.agree(cluster, RULE, SOON);
                Await.until(
                        "healed by writing it again",
                        SOON,
                        () -> "eu-west-1".equals(us.region("asia", RULE))
                                && us.meter("windrose_table_last_good", "") == 0);
            }
        } finally {
            witnesses.forEach(Witness::close);
        }
        Drill.report(figures);
    }
}
