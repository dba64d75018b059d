package dev.windrose.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Runs whole clusters in virtual time: 200 seeds, 10,000 with {@code -Psimulate}, or as many as {@code
 * -Dwindrose.simulate.seeds} says;
 * {@code -Dwindrose.seed=N} runs only that one.
 */
class SimulatorTest {

    private static final long SEEDS = Long.getLong("windrose.simulate.seeds", 200);

    /** Within these every planted fault shows. */
    private static final long SEEDS_TO_FIND_IT = 100;

    @Test
    void whateverBreaksRegionsAnswerRightAndAgreeAgain() {
        Long only = Long.getLong("windrose.seed");
        Simulation.Counts all = new Simulation.Counts();
        LongStream seeds = only == null ? LongStream.range(0, SEEDS) : LongStream.of(only);
        seeds.parallel().forEach(seed -> {
            Simulation.Counts counts = Simulation.run(seed, Planted.NOTHING);
            synchronized (all) {
                all.add(counts);
            }
        });
        System.out.printf(
                "{\"simulated\": %d, \"decisions\": %d, \"writes\": %d, \"faults\": %d, \"crashes\": %d,"
                        + " \"failovers\": %d, \"failbacks\": %d, \"messages_lost\": %d, \"restores\": %d, \"pauses\": %d, \"conflicts\": %d,"
                        + " \"bad_pushes\": %d, \"bound\": %d}%n",
                only == null ? SEEDS : 1,
                all.decisions,
                all.writes,
                all.faults,
                all.crashes,
                all.failovers,
                all.failbacks,
                all.messagesLost,
                all.restores,
                all.pauses,
                all.conflicts,
                all.badPushes,
                all.bound);
        // Something has to happen, or nothing was shown.
        assertThat(all.faults).isPositive();
        assertThat(only != null
                        || (all.crashes > 0
                                && all.restores > 0
                                && all.pauses > 0
                                && all.conflicts > 0
                                && all.badPushes > 0
                                && all.bound > 0
                                && all.failovers > 0
                                && all.failbacks > 0))
                .isTrue();
    }

    @Test
    void oneSeedGivesOneRun() {
        Simulation.Counts once = Simulation.run(7, Planted.NOTHING);
        Simulation.Counts again = Simulation.run(7, Planted.NOTHING);

        assertThat(again).usingRecursiveComparison().isEqualTo(once);
    }

    @ParameterizedTest
    @EnumSource(names = "NOTHING", mode = EnumSource.Mode.EXCLUDE)
    void findsAFaultThatIsPlanted(Planted planted) {
        assertThatThrownBy(() -> LongStream.range(0, SEEDS_TO_FIND_IT).forEach(seed -> Simulation.run(seed, planted)))
                .isInstanceOf(AssertionError.class)
                .hasMessageStartingWith("seed ");
    }
}
