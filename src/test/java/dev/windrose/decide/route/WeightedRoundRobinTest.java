package dev.windrose.decide.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.Forall;
import org.junit.jupiter.api.Test;

class WeightedRoundRobinTest {

    @Test
    void anyThousandDecisionsInARowAreWithinHalfAPercentOfTheWeights() {
        Forall.cases(random -> {
            double[] weights = new double[1 + random.nextInt(20)];
            double total = 0;
            for (int i = 0; i < weights.length; i++) {
                weights[i] = random.nextInt(4) == 0 ? random.nextDouble() / 1000 : random.nextDouble();
                total += weights[i];
            }
            WeightedRoundRobin roundRobin = new WeightedRoundRobin(new Choice[weights.length], weights);
            long start = random.nextLong();
            int[] count = new int[weights.length];
            for (long k = start; k < start + 1000; k++) {
                count[roundRobin.candidate(k)]++;
            }
            for (int i = 0; i < weights.length; i++) {
                assertThat(count[i] / 1000.0 - weights[i] / total).isBetween(-0.005, 0.005);
            }
        });
    }

    @Test
    void halfTheWeightNeverServesThreeTimesInARow() {
        WeightedRoundRobin roundRobin = new WeightedRoundRobin(new Choice[3], new double[] {0.5, 0.3, 0.2});
        int inARow = 0;
        for (long k = 0; k < 100_000; k++) {
            inARow = roundRobin.candidate(k) == 0 ? inARow + 1 : 0;
            assertThat(inARow).isLessThan(3);
        }
    }

    @Test
    void aWeightOfZeroServesNobodyUnlessAllAreZero() {
        WeightedRoundRobin roundRobin = new WeightedRoundRobin(new Choice[3], new double[] {0, 1, 0});
        WeightedRoundRobin equal = new WeightedRoundRobin(new Choice[2], new double[] {0, 0});
        int first = 0;
        for (long k = 0; k < 100_000; k++) {
            assertThat(roundRobin.candidate(k)).isEqualTo(1);
            first += equal.candidate(k) == 0 ? 1 : 0;
        }
        assertThat(first).isBetween(49_990, 50_010);
    }
}
