package dev.windrose.decide.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.windrose.Forall;
import dev.windrose.decide.route.Waterfall.Flow;
import dev.windrose.decide.route.Waterfall.Part;
import dev.windrose.model.RegionId;
import dev.windrose.model.WhenFull;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where the load goes that a level of priority or a region cannot take. */
class SpillTest {

    private static final RegionId A = new RegionId("a");
    private static final RegionId B = new RegionId("b");
    private static final RegionId C = new RegionId("c");

    /** The published examples of Envoy's priority levels. */
    @ParameterizedTest
    @CsvSource({
        "100 100, 1.4, 100 0,  100",
        "72 100,  1.4, 100 0,  100",
        "71 100,  1.4, 99 1,   100",
        "50 100,  1.4, 70 30,  100",
        "25 100,  1.4, 35 65,  100",
        "0 100,   1.4, 0 100,  100",
        "72 72,   1.4, 100 0,  100",
        "71 71,   1.4, 99 1,   100",
        "25 25,   1.4, 50 50,  70",
        "50 50,   1.0, 50 50,  100",
        "0 0,     1.4, 0 0,    0",
        "100,     1.4, 100,    100",
        "25 0 0,  1.4, 100 0 0,35",
    })
    void aLevelKeepsWhatItsHealthyPartCanCarry(String healthy, double factor, String loads, int total) {
        PrioritySpill.Loads divided = PrioritySpill.of(numbers(healthy), factor);
        assertThat(divided.percents().stream().mapToInt(Integer::intValue).toArray())
                .containsExactly(numbers(loads));
        assertThat(divided.totalHealth()).isEqualTo(total);
    }

    private static int[] numbers(String text) {
        return Arrays.stream(text.trim().split(" ")).mapToInt(Integer::parseInt).toArray();
    }

    @Test
    void levelsAlwaysCarryAllOfTheLoadWhenAnythingIsHealthy() {
        Forall.cases(random -> {
            int[] healthy = random.ints(1 + random.nextInt(6), 0, 101).toArray();
            PrioritySpill.Loads loads = PrioritySpill.of(healthy, 1 + random.nextDouble());
            assertThat(loads.percents().stream().mapToInt(Integer::intValue).sum())
                    .isEqualTo(Arrays.stream(healthy).sum() == 0 ? 0 : 100);
            for (int i = 0; i < healthy.length; i++) {
                assertThat(healthy[i] > 0 || loads.percents().get(i) == 0).isTrue();
            }
        });
    }

    private static Flow spill(RegionId region, double rate, RegionId... alternatives) {
        return new Flow(region, rate, List.of(alternatives), WhenFull.SPILL);
    }

    @Test
    void whatFitsStays() {
        assertThat(Waterfall.of(List.of(spill(A, 100, B)), Map.of(A, 100.0))).containsExactly(Part.ALL_KEPT);
        assertThat(Waterfall.of(List.of(spill(A, 1e9, B)), Map.of())).containsExactly(Part.ALL_KEPT);
    }

    @Test
    void whatDoesNotFitGoesToTheNearestWithRoomAndThenToTheNext() {
        Part part = Waterfall.of(List.of(spill(A, 200, B, C), spill(B, 70, A, C)), Map.of(A, 100.0, B, 100.0, C, 500.0))
                .get(0);
        assertThat(part.kept()).isCloseTo(0.5, within(1e-9));
        assertThat(part.moved().get(B)).isCloseTo(0.15, within(1e-9));
        assertThat(part.moved().get(C)).isCloseTo(0.35, within(1e-9));
    }

    @Test
    void whatNobodyHasRoomForStaysWhereItIs() {
        Part part = Waterfall.of(List.of(spill(A, 300, B)), Map.of(A, 100.0, B, 50.0))
                .get(0);
        assertThat(part.moved().get(B)).isCloseTo(50 / 300.0, within(1e-9));
        assertThat(part.kept()).isCloseTo(250 / 300.0, within(1e-9));
        assertThat(part.shed()).isZero();
    }

    @Test
    void aRuleThatShedsRefusesWhatNobodyHasRoomFor() {
        Part part = Waterfall.of(List.of(new Flow(A, 300, List.of(B), WhenFull.SHED)), Map.of(A, 100.0, B, 50.0))
                .get(0);
        assertThat(part.kept()).isCloseTo(100 / 300.0, within(1e-9));
        assertThat(part.shed()).isCloseTo(150 / 300.0, within(1e-9));
    }

    @Test
    void aRuleThatIsolatesStaysAndTheOthersMakeRoomForIt() {
        List<Part> parts = Waterfall.of(
                List.of(new Flow(A, 80, List.of(B), WhenFull.ISOLATE), spill(A, 40, B)), Map.of(A, 100.0, B, 100.0));
        assertThat(parts.get(0)).isEqualTo(Part.ALL_KEPT);
        assertThat(parts.get(1).kept()).isCloseTo(0.5, within(1e-9));
    }

    @Test
    void rulesThatShareARegionLoseTheSameShareOfIt() {
        List<Part> parts = Waterfall.of(List.of(spill(A, 150, B), spill(A, 50, C)), Map.of(A, 100.0));
        assertThat(parts.get(0).kept()).isCloseTo(0.5, within(1e-9));
        assertThat(parts.get(1).kept()).isCloseTo(0.5, within(1e-9));
    }

    private static List<Flow> flows(Random random, List<RegionId> regions) {
        List<Flow> flows = new ArrayList<>();
        for (int i = 1 + random.nextInt(12); i > 0; i--) {
            List<RegionId> alternatives = new ArrayList<>(regions);
            Collections.shuffle(alternatives, random);
            RegionId region = alternatives.remove(0);
            flows.add(new Flow(region, random.nextInt(1000), alternatives, WhenFull.SPILL));
        }
        return flows;
    }

    private static Map<RegionId, Double> loads(List<Flow> flows, List<Part> parts) {
        Map<RegionId, Double> loads = new HashMap<>();
        for (int i = 0; i < flows.size(); i++) {
            double rate = flows.get(i).rate();
            loads.merge(flows.get(i).region(), rate * parts.get(i).kept(), Double::sum);
            parts.get(i).moved().forEach((region, share) -> loads.merge(region, rate * share, Double::sum));
        }
        return loads;
    }

    @Test
    void nobodyIsAboveItsCapacityWhileAnotherHasRoomAndNothingIsLost() {
        Forall.cases(random -> {
            List<RegionId> regions = List.of(A, B, C, new RegionId("d"));
            Map<RegionId, Double> capacities = new HashMap<>();
            regions.forEach(region -> capacities.put(region, (double) random.nextInt(2000)));
            List<Flow> flows = flows(random, regions);
            List<Part> parts = Waterfall.of(flows, capacities);
            Map<RegionId, Double> loads = loads(flows, parts);

            assertThat(loads.values().stream().mapToDouble(Double::doubleValue).sum())
                    .isCloseTo(flows.stream().mapToDouble(Flow::rate).sum(), within(1e-3));
            boolean over = regions.stream()
                    .anyMatch(region -> loads.getOrDefault(region, 0.0) > capacities.get(region) + 1e-3);
            boolean room = regions.stream()
                    .anyMatch(region -> loads.getOrDefault(region, 0.0) < capacities.get(region) - 1e-3);
            assertThat(over && room)
                    .as("loads %s, capacities %s", loads, capacities)
                    .isFalse();
        });
    }

    @Test
    void theOutcomeDoesNotDependOnTheOrderOfTheFlows() {
        Forall.cases(random -> {
            List<RegionId> regions = List.of(A, B, C);
            Map<RegionId, Double> capacities = Map.of(A, 500.0, B, 700.0, C, 900.0);
            List<Flow> flows = flows(random, regions);
            Map<RegionId, Double> loads = loads(flows, Waterfall.of(flows, capacities));
            Collections.shuffle(flows, random);
            Map<RegionId, Double> again = loads(flows, Waterfall.of(flows, capacities));
            regions.forEach(region -> assertThat(again.getOrDefault(region, 0.0))
                    .isCloseTo(loads.getOrDefault(region, 0.0), within(1e-6)));
        });
    }
}
