package dev.windrose.decide.failover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.windrose.decide.route.Comparison;
import dev.windrose.model.Evacuation;
import dev.windrose.model.RegionId;
import dev.windrose.model.RuleId;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EvacuationPlanTest {

    private static final RegionId US = new RegionId("us-east-1");
    private static final RegionId EU = new RegionId("eu-west-1");
    private static final RuleId WEB = new RuleId("web");
    private static final RuleId API = new RuleId("api");
    private static final long SINCE = 1_000_000;
    private static final Evacuation RUNNING = new Evacuation(
            Evacuation.Phase.RUNNING, false, "ada", "", "new racks", SINCE, 10_000, SINCE + 600_000, 0.05, 0, -1, "");

    @Test
    void saysWhatMovesWhereAndWhoCarriesWhat() {
        EvacuationPlan plan = plan(Map.of(US, 0.0, EU, 1.0), Map.of());
        assertThat(plan.rules())
                .singleElement()
                .satisfies(move -> assertThat(move.rule()).isEqualTo(WEB));
        assertThat(plan.before().get(US)).isEqualTo(60, within(1e-9));
        assertThat(plan.after().get(EU)).isEqualTo(150, within(1e-9));
        assertThat(plan.safe()).isTrue();
    }

    @Test
    void namesWhoWouldBeOverAndWhatWouldNotMove() {
        assertThat(plan(Map.of(US, 0.0, EU, 1.0), Map.of(EU, 149.0)).over()).containsExactly(EU);
        assertThat(plan(Map.of(US, 0.0, EU, 1.0), Map.of(EU, 150.0)).over()).isEmpty();
        assertThat(plan(Map.of(US, 0.5, EU, 0.5), Map.of()).unsafe()).containsExactly(WEB);
        assertThat(plan(Map.of(), Map.of()).unsafe()).containsExactly(WEB);
        assertThat(plan(Map.of(US, 0.0, EU, 1.0), Map.of(), Set.of(WEB)).unsafe())
                .as("some of its clients may be served nowhere else")
                .containsExactly(WEB);
    }

    @Test
    void goesOnUntilNobodyIsSentThereAnyMore() {
        EvacuationPlan well = plan(Map.of(US, 0.0, EU, 1.0), Map.of());
        assertThat(look(RUNNING, well, SINCE + 5_000, SINCE + 5_000).phase()).isEqualTo(Evacuation.Phase.RUNNING);
        assertThat(look(RUNNING, well, SINCE + 10_500, SINCE + 11_000).phase())
                .as("a decision half a second ago")
                .isEqualTo(Evacuation.Phase.RUNNING);
        Evacuation empty = look(RUNNING, well, SINCE + 9_900, SINCE + 12_000);
        assertThat(empty.phase()).isEqualTo(Evacuation.Phase.EMPTY);
        assertThat(empty.tookMs()).isEqualTo(9_900);
        assertThat(look(empty, plan(Map.of(), Map.of()), 0, SINCE + 20_000)).isSameAs(empty);
    }

    @Test
    void isAbortedWhenItDoesHarm() {
        EvacuationPlan well = plan(Map.of(US, 0.0, EU, 1.0), Map.of());
        EvacuationPlan over = plan(Map.of(US, 0.0, EU, 1.0), Map.of(EU, 100.0));
        assertThat(look(RUNNING, over, 0, SINCE + 1).cause())
                .contains("eu-west-1")
                .contains("capacity");
        EvacuationProgress.Seen errors = new EvacuationProgress.Seen(well, RUNNING.override(), 200, 0.06, 0);
        assertThat(EvacuationProgress.look(RUNNING, errors, SINCE + 1).phase()).isEqualTo(Evacuation.Phase.ABORTED);
        EvacuationProgress.Seen few = new EvacuationProgress.Seen(well, RUNNING.override(), 19, 1, 0);
        assertThat(EvacuationProgress.look(RUNNING, few, SINCE + 1).phase()).isEqualTo(Evacuation.Phase.RUNNING);
        EvacuationProgress.Seen taken = new EvacuationProgress.Seen(well, null, 0, 0, 0);
        assertThat(EvacuationProgress.look(RUNNING, taken, SINCE + 1).cause()).contains("override");
        assertThat(look(RUNNING, well, SINCE + 600_000, SINCE + 600_000).phase())
                .isEqualTo(Evacuation.Phase.ABORTED);
    }

    @Test
    void aRehearsalEndsWhenItsRampDoesAndNeedsNoDrain() {
        Evacuation rehearsal = new Evacuation(
                Evacuation.Phase.RUNNING, true, "ada", "", "a try", SINCE, 10_000, SINCE + 600_000, 0.05, 0, -1, "");
        EvacuationProgress.Seen seen =
                new EvacuationProgress.Seen(plan(Map.of(US, 0.0, EU, 1.0), Map.of()), null, 0, 0, SINCE + 10_000);
        assertThat(EvacuationProgress.look(rehearsal, seen, SINCE + 5_000).phase())
                .isEqualTo(Evacuation.Phase.RUNNING);
        assertThat(EvacuationProgress.look(rehearsal, seen, SINCE + 10_000).phase())
                .isEqualTo(Evacuation.Phase.EMPTY);
    }

    private static Evacuation look(Evacuation running, EvacuationPlan plan, long lastDecision, long now) {
        return EvacuationProgress.look(
                running, new EvacuationProgress.Seen(plan, RUNNING.override(), 0, 0, lastDecision), now);
    }

    private static EvacuationPlan plan(Map<RegionId, Double> after, Map<RegionId, Double> capacities) {
        return plan(after, capacities, Set.of());
    }

    private static EvacuationPlan plan(
            Map<RegionId, Double> after, Map<RegionId, Double> capacities, Set<RuleId> bound) {
        return EvacuationPlan.of(
                US,
                Comparison.of(
                        Map.of(WEB, Map.of(US, 0.6, EU, 0.4), API, Map.of(EU, 1.0)),
                        Map.of(WEB, after, API, Map.of(EU, 1.0)),
                        Map.of(WEB, 100.0, API, 50.0),
                        capacities),
                bound);
    }
}
