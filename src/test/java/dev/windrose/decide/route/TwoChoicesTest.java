package dev.windrose.decide.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.windrose.decide.geo.Latencies;
import dev.windrose.model.Client;
import dev.windrose.model.RegionId;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class TwoChoicesTest {

    private record Load(int inFlight, double latencyMs) implements TargetLoad {}

    /** Counts what it was sent. */
    private static final class Counting implements TargetLoad {
        private int sent = 0;

        @Override
        public int inFlight() {
            return sent;
        }

        @Override
        public double latencyMs() {
            return Double.NaN;
        }
    }

    private static Choice to(int target, TargetLoad load) {
        return new Choice(
                Tables.WEB,
                target,
                new RegionId("region-" + target),
                null,
                Reason.LEAST_CONNECTIONS,
                Tier.SERVING,
                null,
                30,
                load,
                load);
    }

    private static TwoChoices of(Choice[] choices, double[] weights, TwoChoices.Cost cost) {
        double[] unknown = all(choices.length, Double.NaN);
        List<RegionId> regions = Arrays.stream(choices)
                .map(choice -> new RegionId("region-" + choice.target()))
                .toList();
        PlaceDistances atlas = new PlaceDistances(List.of(), List.of(), List.of(), Tables.US);
        Nearness nearness = new Nearness(atlas, Latencies.NONE, regions, unknown);
        return new TwoChoices(choices, weights, unknown, cost, nearness, Double.NaN);
    }

    private static double[] all(int count, double value) {
        double[] values = new double[count];
        Arrays.fill(values, value);
        return values;
    }

    @Test
    void costIsWhatThePeersSay() {
        assertThat(TwoChoices.LEAST_CONNECTIONS.of(new Load(4, Double.NaN), 2, Double.NaN))
                .isEqualTo(1 / 0.4);
        assertThat(TwoChoices.PERFORMANCE_BASED.of(new Load(1, 20), 1, 20)).isEqualTo(40);
        assertThat(TwoChoices.PERFORMANCE_BASED.of(new Load(0, Double.NaN), 1, 5))
                .isEqualTo(5);
    }

    @Test
    void twoChoicesKeepQueuesShortWhereOneDoesNot() {
        int targets = 10;
        Counting[] loads = new Counting[targets];
        Choice[] choices = new Choice[targets];
        for (int i = 0; i < targets; i++) {
            loads[i] = new Counting();
            choices[i] = to(i, loads[i]);
        }
        TwoChoices selector = of(choices, all(targets, 1), TwoChoices.LEAST_CONNECTIONS);
        for (long k = 0; k < 100_000; k++) {
            ((Counting) selector.select(Client.ANYWHERE, k).load()).sent++;
        }
        // The largest of 10 random shares of 100,000 lies some 150 above the mean; of two choices it is a few.
        for (Counting load : loads) {
            assertThat(load.sent).isBetween(9_990, 10_010);
        }
    }

    @Test
    void fullSharesFollowTheWeights() {
        Counting[] loads = {new Counting(), new Counting()};
        TwoChoices selector = of(
                new Choice[] {to(0, loads[0]), to(1, loads[1])},
                new double[] {0.75, 0.25},
                TwoChoices.LEAST_CONNECTIONS);
        for (long k = 0; k < 10_000; k++) {
            ((Counting) selector.select(Client.ANYWHERE, k).load()).sent++;
        }

        assertThat(loads[0].sent / 10_000.0).isCloseTo(0.75, within(0.01));
    }

    @Test
    void theFastTargetIsTakenOfTwo() {
        TwoChoices selector = of(
                new Choice[] {to(0, new Load(0, 500)), to(1, new Load(3, 10))},
                all(2, 0.5),
                TwoChoices.PERFORMANCE_BASED);
        for (long k = 0; k < 100; k++) {
            assertThat(selector.select(Client.ANYWHERE, k).target()).isEqualTo(1);
        }
    }

    @Test
    void allPairsAreDrawnAlike() {
        int[] drawn = new int[3];
        Choice[] choices = {to(0, new Load(0, 1)), to(1, new Load(1, 1)), to(2, new Load(2, 1))};
        TwoChoices selector = of(choices, all(3, 1), TwoChoices.LEAST_CONNECTIONS);
        for (long k = 0; k < 90_000; k++) {
            drawn[selector.select(Client.ANYWHERE, k).target()]++;
        }
        // The least loaded wins two of the three pairs, the next one, the last none.
        assertThat(drawn[0] / 90_000.0).isCloseTo(2 / 3.0, within(0.01));
        assertThat(drawn[1] / 90_000.0).isCloseTo(1 / 3.0, within(0.01));
        assertThat(drawn[2]).isZero();
    }
}
