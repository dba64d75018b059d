package dev.windrose.multijvm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.stage.Api;
import dev.windrose.stage.Figures;
import dev.windrose.stage.Witness;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Most of the targets of a rule fail, and then all. */
@ExtendWith(SharedCluster.class)
class NothingServesStory {

    private static final Duration SOON = Duration.ofSeconds(60);

    @Test
    void theAnswerIsNeverEmpty(Cluster cluster) throws Exception {
        Figures figures = new Figures("21: most of the targets fail, then all, short", 0);
        List<Witness> witnesses = new ArrayList<>();
        try (Api us = cluster.api(0)) {
            Writes.create(us, "opens");
            Writes.create(us, "panics");
            Writes.acknowledged(us, "PATCH", "/api/v1/rules/panics", "{\"health_policy\":{\"panic_below\":0.5}}");
            for (String rule : List.of("opens", "panics")) {
                Views.decideBy(cluster, rule, SOON);
                for (int i = 0; i < 3; i++) {
                    Witness witness =
                            Witness.of(cluster.node(i).port(), "asia", rule, Duration.ofMillis(5), (port, seen) -> {});
                    witnesses.add(witness);
                    assertThat(witness.await(seen -> seen.status() == 200, 30, SOON))
                            .isTrue();
                }
            }
            long from = System.nanoTime();
            Cluster.command(cluster.origin(0), "{\"dead\":true}");
            Cluster.command(cluster.origin(1), "{\"dead\":true}");
            for (int i = 0; i < 3; i++) {
                assertThat(witnesses.get(i).await(seen -> seen.region().equals("ap-southeast-1"), 100, SOON))
                        .as("two of three are down: the third alone is answered")
                        .isTrue();
            }
            long mostDown = System.nanoTime();
            assertThat(witnesses.get(3).await(seen -> true, 100, SOON)).isTrue();
            figures.atLeast("regions answered by a rule in panic", regions(witnesses.get(3), mostDown), 3);

            Cluster.command(cluster.origin(2), "{\"dead\":true}");
            Await.until(
                    "nothing serves",
                    SOON,
                    () -> us.get("/api/v1/route/asia?rule_id=opens")
                            .body()
                            .path("tier")
                            .asText()
                            .equals("fail_open"));
            long allDown = System.nanoTime();
            assertThat(witnesses.get(0).await(seen -> true, 100, SOON)).isTrue();
            figures.atLeast("regions answered when nothing serves", regions(witnesses.get(0), allDown), 3);
            long answers = 0;
            long empty = 0;
            for (Witness witness : witnesses) {
                answers += witness.since(from).size();
                empty += witness.failed(from);
            }
            figures.put("answers", answers);
            figures.atMost("answers that named nobody", empty, 0);
        } finally {
            witnesses.forEach(Witness::close);
            for (int i = 0; i < 3; i++) {
                Cluster.command(cluster.origin(i), "{\"reset\":true}");
            }
        }
        Drill.report(figures);
    }

    private static int regions(Witness witness, long since) {
        Set<String> regions = new TreeSet<>();
        witness.since(since).forEach(seen -> regions.add(seen.region()));
        return regions.size();
    }
}
