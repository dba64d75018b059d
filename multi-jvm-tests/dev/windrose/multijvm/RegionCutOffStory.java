package dev.windrose.multijvm;

import dev.windrose.stage.Figures;
import dev.windrose.stage.Wan;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SharedCluster.class)
class RegionCutOffStory {

    @Test
    void aRegionThatIsCutOffAnswersAndWritesAndNothingIsLost(Cluster cluster) throws Exception {
        story(cluster, "1: a region cut off, short", "cut-off", wan -> {
            wan.cut(0, 1);
            wan.cut(0, 2);
        });
    }

    @Tag("drill")
    @Test
    void aOneWayCutMovesNobody(Cluster cluster) throws Exception {
        story(
                cluster,
                "2: one direction cut, short",
                "one-way",
                wan -> wan.link(0, 1).cut());
    }

    private static void story(Cluster cluster, String drill, String name, Consumer<Wan> cut) throws Exception {
        Figures figures = new Figures(drill, 0);
        Trial.run(cluster, name, figures, trial -> {
            cut.accept(cluster.wan());
            // Longer than it takes to find another node unreachable.
            trial.writers().awaitMore(List.of(0, 1, 2), 50, Duration.ofSeconds(60));
            cluster.wan().mend();
            trial.over();
            trial.writers().awaitMore(List.of(0, 1, 2), 5, Duration.ofSeconds(30));
        });
        Drill.report(figures);
    }
}
