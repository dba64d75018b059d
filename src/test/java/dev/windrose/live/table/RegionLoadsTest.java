package dev.windrose.live.table;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.decide.route.Tables;
import dev.windrose.model.Region;
import dev.windrose.model.RegionId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RegionLoadsTest {

    private static final Region EU = new Region(Tables.EU, List.of(), null, 0, true, Set.of(), null);
    private static final Region US = new Region(Tables.US, List.of(), null, 500, false, Set.of(), null);

    private final RegionLoads regionLoads = new RegionLoads(Map.of());
    private final Map<RegionLoads.Flow, Long> totals = new HashMap<>();
    private long now = 0;

    private void second(int sent, int failed, Set<RegionId> serving) {
        now += 1000;
        totals.merge(new RegionLoads.Flow(Tables.EU, RegionLoads.Kind.SENT), (long) sent, Long::sum);
        totals.merge(new RegionLoads.Flow(Tables.EU, RegionLoads.Kind.REPORTED), (long) sent / 2, Long::sum);
        totals.merge(new RegionLoads.Flow(Tables.EU, RegionLoads.Kind.FAILED), (long) failed / 2, Long::sum);
        regionLoads.look(totals, List.of(EU, US), serving, now);
    }

    private double capacity(RegionId region) {
        return regionLoads.bounded(List.of(EU, US)).stream()
                .filter(bounded -> bounded.id().equals(region))
                .mapToDouble(Region::capacity)
                .sum();
    }

    @Test
    void aRegionThatFailsWhatItIsSentBeyondACertainLoadIsBoundedThere() {
        for (int i = 0; i < 30; i++) {
            second(100, 0, Set.of(Tables.EU));
        }
        assertThat(capacity(Tables.EU)).isZero();
        for (int i = 0; i < 30; i++) {
            second(300, 150, Set.of(Tables.EU));
        }
        assertThat(capacity(Tables.EU)).isBetween(100.0, 160.0);
        assertThat(capacity(Tables.US)).as("declared").isEqualTo(500);
    }

    @Test
    void aRegionInWhichNothingServesFailsForReasonsOfItsOwn() {
        for (int i = 0; i < 30; i++) {
            second(300, 300, Set.of());
        }
        assertThat(capacity(Tables.EU)).isZero();
    }

    @Test
    void theClientsOfOtherNodesCount() {
        for (int i = 0; i < 15; i++) {
            regionLoads.heard("b", Map.of(Tables.EU, new DemandBoard.RegionLoad(400, 400, 200, 0)), now);
            second(20, 0, Set.of(Tables.EU));
        }
        assertThat(capacity(Tables.EU)).isBetween(180.0, 260.0);
    }

    @Test
    void whatAnotherNodeHasLearnedHoldsHereWhenItIsClearlyLower() {
        second(50, 0, Set.of(Tables.EU));
        second(50, 0, Set.of(Tables.EU));
        regionLoads.heard("b", Map.of(Tables.EU, new DemandBoard.RegionLoad(50, 25, 0, 80)), now);
        assertThat(capacity(Tables.EU)).isEqualTo(80);
        regionLoads.heard("c", Map.of(Tables.EU, new DemandBoard.RegionLoad(50, 25, 0, 79)), now);
        assertThat(capacity(Tables.EU)).isEqualTo(80);
    }

    @Test
    void whatWasLearnedBeforeARestartHoldsAfterIt() {
        for (int i = 0; i < 20; i++) {
            second(300, 150, Set.of(Tables.EU));
        }
        Snapshot.Learned kept = Snapshot.Learned.of(regionLoads.tracks().get(Tables.EU));
        assertThat(new RegionLoads(Map.of(Tables.EU, kept.track()))
                        .bounded(List.of(EU))
                        .get(0)
                        .capacity())
                .isEqualTo(capacity(Tables.EU));
    }
}
