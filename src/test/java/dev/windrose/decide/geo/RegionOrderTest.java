package dev.windrose.decide.geo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.Forall;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RegionOrderTest {

    private static final double BONUS_MS = 3;

    private static double[] ms(Random random, int regions) {
        double[] ms = new double[regions];
        for (int i = 0; i < regions; i++) {
            // Close together, so that many are within the bonus.
            ms[i] = random.nextInt(10) == 0 ? Double.NaN : 20 + random.nextInt(20);
        }
        return ms;
    }

    private static void assertPermutation(byte[] order) {
        boolean[] seen = new boolean[order.length];
        for (byte region : order) {
            assertThat(seen[region]).isFalse();
            seen[region] = true;
        }
    }

    private static int[] positions(byte[] order) {
        int[] at = new int[order.length];
        for (int i = 0; i < order.length; i++) {
            at[order[i]] = i;
        }
        return at;
    }

    private static void assertNearerStandAhead(byte[] order, double[] ms) {
        int[] at = positions(order);
        for (int a = 0; a < ms.length; a++) {
            for (int b = 0; b < ms.length; b++) {
                if (ms[a] + BONUS_MS < ms[b] || (Double.isNaN(ms[b]) && !Double.isNaN(ms[a]))) {
                    assertThat(at[a]).as("%s before %s", a, b).isLessThan(at[b]);
                }
            }
        }
    }

    @Test
    void whoeverIsNearerByMoreThanTheBonusStandsAheadThroughAllChanges() {
        Forall.cases(random -> {
            int regions = 1 + random.nextInt(64);
            byte[] order = {};
            for (int i = 0; i < 20; i++) {
                double[] ms = ms(random, regions);
                order = RegionOrder.next(order, ms, BONUS_MS);
                assertThat(order).hasSize(regions);
                assertPermutation(order);
                assertNearerStandAhead(order, ms);
                regions = Math.min(64, regions + random.nextInt(2));
            }
        });
    }

    @Test
    void withoutAnOrderOfBeforeTheNearestIsFirst() {
        Forall.cases(random -> {
            double[] ms = ms(random, 1 + random.nextInt(20));
            byte[] order = RegionOrder.next(new byte[0], ms, BONUS_MS);
            for (int i = 1; i < order.length; i++) {
                double ahead = ms[order[i - 1]];
                double behind = ms[order[i]];
                assertThat(ahead <= behind || Double.isNaN(behind)).isTrue();
            }
        });
    }

    @Test
    void theOrderStaysWhileAllMoveByLessThanTheBonusTogether() {
        Forall.cases(random -> {
            int regions = 2 + random.nextInt(20);
            double[] ms = new double[regions];
            for (int i = 0; i < regions; i++) {
                ms[i] = 20 + 10 * random.nextDouble();
            }
            byte[] order = RegionOrder.next(new byte[0], ms, BONUS_MS);
            for (int round = 0; round < 20; round++) {
                double[] moved = ms.clone();
                for (int i = 0; i < regions; i++) {
                    // Two of them come closer by less than the bonus.
                    moved[i] += BONUS_MS * (random.nextDouble() - 0.5) * 0.99;
                }
                byte[] next = RegionOrder.next(order, moved, BONUS_MS);
                assertThat(next).isEqualTo(order);
            }
        });
    }

    @Test
    void theFirstOfAnySetOfCandidatesIsAtMostTheBonusFarther() {
        Forall.cases(random -> {
            int regions = 2 + random.nextInt(20);
            byte[] order = RegionOrder.next(new byte[0], ms(random, regions), BONUS_MS);
            double[] ms = ms(random, regions);
            order = RegionOrder.next(order, ms, BONUS_MS);
            long candidates = random.nextLong();
            double nearest = Double.POSITIVE_INFINITY;
            double first = Double.NaN;
            for (byte region : order) {
                if ((candidates >>> region & 1) != 0 && !Double.isNaN(ms[region])) {
                    first = Double.isNaN(first) ? ms[region] : first;
                    nearest = Math.min(nearest, ms[region]);
                }
            }
            if (!Double.isNaN(first)) {
                assertThat(first).isLessThanOrEqualTo(nearest + BONUS_MS);
            }
        });
    }
}
