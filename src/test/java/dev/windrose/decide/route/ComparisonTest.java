package dev.windrose.decide.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.windrose.Forall;
import dev.windrose.model.RegionId;
import dev.windrose.model.RuleId;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ComparisonTest {

    private static Map<RegionId, Double> shares(Random random) {
        Map<RegionId, Double> shares = new HashMap<>();
        double sum = 0;
        for (RegionId region : Tables.MANY) {
            double share = random.nextInt(3) == 0 ? 0 : random.nextDouble();
            shares.put(region, share);
            sum += share;
        }
        double whole = sum;
        shares.replaceAll((region, share) -> whole == 0 ? 0 : share / whole);
        return shares;
    }

    @Test
    void whatLeavesOneTargetArrivesAtAnotherAndIsCountedOnce() {
        assertThat(Comparison.moved(Map.of(Tables.US, 0.6, Tables.EU, 0.4), Map.of(Tables.US, 0.5, Tables.ASIA, 0.5)))
                .isCloseTo(0.5, within(1e-9));
        assertThat(Comparison.moved(Map.of(), Map.of(Tables.US, 1.0))).isEqualTo(1);
        assertThat(Comparison.moved(Map.of(), Map.of())).isZero();
        Forall.cases(random -> {
            Map<RegionId, Double> before = shares(random);
            Map<RegionId, Double> after = shares(random);
            assertThat(Comparison.moved(before, before)).isZero();
            assertThat(Comparison.moved(before, after))
                    .isBetween(0.0, 1.0)
                    .isCloseTo(Comparison.moved(after, before), within(1e-9));
        });
    }

    @Test
    void namesTheRegionsThatWouldBeOverTheirCapacity() {
        Comparison comparison = Comparison.of(
                Map.of(new RuleId("web"), Map.of(Tables.US, 0.5, Tables.EU, 0.5)),
                Map.of(new RuleId("web"), Map.of(Tables.US, 1.0)),
                Map.of(new RuleId("web"), 1000.0),
                Map.of(Tables.US, 900.0, Tables.EU, 100.0));

        assertThat(comparison.before()).isEqualTo(Map.of(Tables.US, 500.0, Tables.EU, 500.0));
        assertThat(comparison.after()).isEqualTo(Map.of(Tables.US, 1000.0));
        assertThat(comparison.over()).containsExactly(Tables.US);
        assertThat(comparison.rules().get(0).moved()).isEqualTo(0.5);
    }
}
