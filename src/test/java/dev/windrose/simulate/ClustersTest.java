package dev.windrose.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** As many runs as {@link SimulatorTest} has, {@code -Dwindrose.seed=N} runs only that one. */
class ClustersTest {

    private static final long SEEDS = Long.getLong("windrose.simulate.seeds", 200) * 5;
    private static final long SEEDS_TO_FIND_IT = 300;

    @Test
    void nobodyFoundsBesideAClusterUnlessOrderedAndTwoAreToldAndBecomeOne() {
        Long only = Long.getLong("windrose.seed");
        Clusters.Counts all = new Clusters.Counts();
        LongStream seeds = only == null ? LongStream.range(0, SEEDS) : LongStream.of(only);
        seeds.forEach(seed -> all.add(Clusters.run(seed, Clusters.Planted.NOTHING)));
        System.out.printf(
                "{\"simulated\": %d, \"founded\": %d, \"ordered\": %d, \"islands\": %d, \"left\": %d, \"pauses\": %d,"
                        + " \"replaced\": %d}%n",
                only == null ? SEEDS : 1, all.founded, all.ordered, all.islands, all.left, all.pauses, all.replaced);
        assertThat(all.founded).isPositive();
        assertThat(only != null || (all.islands > 0 && all.left > 0 && all.pauses > 0 && all.replaced > 0))
                .isTrue();
    }

    @ParameterizedTest
    @EnumSource(names = "NOTHING", mode = EnumSource.Mode.EXCLUDE)
    void findsAFaultThatIsPlanted(Clusters.Planted planted) {
        assertThatThrownBy(() -> LongStream.range(0, SEEDS_TO_FIND_IT).forEach(seed -> Clusters.run(seed, planted)))
                .isInstanceOf(AssertionError.class)
                .hasMessageStartingWith("seed ");
    }
}
