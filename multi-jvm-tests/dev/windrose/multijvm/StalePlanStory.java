package dev.windrose.multijvm;

import dev.windrose.stage.Api;
import dev.windrose.stage.Figures;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A node falls asleep over a plan, the others go on, and it wakes and wants to carry it out. */
@Tag("drill")
class StalePlanStory {

    private static final Duration SOON = Duration.ofSeconds(90);
    private static final String RULE = "planned";
    private static final String EVACUATION = "/api/v1/regions/ap-southeast-1/evacuation";

    @Test
    void anOldPlanChangesNothing() throws Exception {
        Figures figures = new Figures("28: a planner wakes with an old plan", 0);
        try (Cluster cluster = Cluster.start("stale-plan", Cluster.SMALL)) {
            try (Api us = cluster.api(0)) {
                Writes.createPriority(us, RULE, "us-east-1", "eu-west-1", "ap-southeast-1");
            }
            Views.agree(cluster, RULE, SOON);
            Views.decideBy(cluster, RULE, SOON);
            Trial.run(cluster, "stale", figures, 0, List.of(1, 2), trial -> asleep(cluster, trial, figures));
        }
        Drill.report(figures);
    }

    private static void asleep(Cluster cluster, Trial trial, Figures figures) throws Exception {
        String old;
        try (Api us = cluster.api(0)) {
            old = us.revision(RULE);
            // Begun here, so this node watches it and will want to record how it ended.
            Writes.acknowledged(
                    us,
                    "POST",
                    EVACUATION,
                    "{\"owner\":\"drill\",\"reason\":\"an old plan\",\"over_seconds\":120,\"for_seconds\":3600}");
        }
        Await.until(
                "the others know the plan",
                SOON,
                () -> phase(cluster, 1).equals("running") && phase(cluster, 2).equals("running"));
        cluster.node(0).standStill();
        TimeUnit.SECONDS.sleep(5);
        try (Api eu = cluster.api(1)) {
            Writes.acknowledged(eu, "DELETE", EVACUATION, null);
            Writes.acknowledged(
                    eu,
                    "PATCH",
                    "/api/v1/rules/" + RULE,
                    "{\"target_regions\":[\"eu-west-1\",\"us-east-1\",\"ap-southeast-1\"]}");
        }
        TimeUnit.SECONDS.sleep(Drill.seconds(600));
        cluster.node(0).goOn();
        trial.over();
        long refused;
        try (Api us = cluster.api(0)) {
            Await.until("the sleeper knows the new order", SOON, () -> "eu-west-1".equals(us.region("asia", RULE)));
            int status = us.call(
                            "PUT",
                            "/api/v1/rules/" + RULE,
                            Api.rule(RULE, "us-east-1", "eu-west-1").replace("weighted_round_robin", "priority"),
                            "If-Match: " + old)
                    .status();
            refused = status == 412 ? 1 : 0;
        }
        // Ten looks of those who watch an evacuation.
        TimeUnit.SECONDS.sleep(10);
        long regressed = 0;
        long planned = 0;
        for (int i : List.of(0, 1, 2)) {
            try (Api api = cluster.api(i)) {
                regressed += "eu-west-1".equals(api.region("asia", RULE)) ? 0 : 1;
                planned += phase(cluster, i).equals("undone") ? 0 : 1;
                planned += api.get("/api/v1/regions/ap-southeast-1")
                                .body()
                                .path("override")
                                .isNull()
                        ? 0
                        : 1;
            }
        }
        figures.atLeast("old plans refused with 412", refused, 1);
        figures.atMost("regions that decide by the old order", regressed, 0);
        figures.atMost("regions in which the old plan is in force", planned, 0);
        trial.writers().awaitMore(List.of(0, 1, 2), 5, SOON);
    }

    private static String phase(Cluster cluster, int node) throws IOException {
        try (Api api = cluster.api(node)) {
            return api.get(EVACUATION).body().path("phase").asText();
        }
    }
}
