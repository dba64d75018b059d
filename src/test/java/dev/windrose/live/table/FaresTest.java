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

class FaresTest {

    private static final Region EU = new Region(Tables.EU, List.of(), null, 0, true, Set.of(), null);
    private static final Region US = new Region(Tables.US, List.of(), null, 500, false, Set.of(), null);

    private final Fares fares = new Fares(Map.of());
    private final Map<Fares.Flow, Long> totals = new HashMap<>();
    private long now = 0;

    private void second(int sent, int failed, Set<RegionId> serving) {
        now += 1000;
        totals.merge(new Fares.Flow(Tables.EU, Fares.Kind.SENT), (long) sent, Long::sum);
        totals.merge(new Fares.Flow(Tables.EU, Fares.Kind.REPORTED), (long) sent / 2, Long::sum);
        totals.merge(new Fares.Flow(Tables.EU, Fares.Kind.FAILED), (long) failed / 2, Long::sum);
        fares.look(totals, List.of(EU, US), serving, now);
    }

    private double capacity(RegionId region) {
        return fares.bounded(List.of(EU, US)).stream()
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
            fares.heard("b", Map.of(Tables.EU, new DemandBoard.Fare(400, 400, 200, 0)), now);
            second(20, 0, Set.of(Tables.EU));
        }
        assertThat(capacity(Tables.EU)).isBetween(180.0, 260.0);
    }

    @Test
    void whatAnotherNodeHasLearnedHoldsHereWhenItIsClearlyLower() {
        second(50, 0, Set.of(Tables.EU));
        second(50, 0, Set.of(Tables.EU));
        fares.heard("b", Map.of(Tables.EU, new DemandBoard.Fare(50, 25, 0, 80)), now);
        assertThat(capacity(Tables.EU)).isEqualTo(80);
        fares.heard("c", Map.of(Tables.EU, new DemandBoard.Fare(50, 25, 0, 79)), now);
        assertThat(capacity(Tables.EU)).isEqualTo(80);
    }

    @Test
    void whatWasLearnedBeforeARestartHoldsAfterIt() {
        for (int i = 0; i < 20; i++) {
            second(300, 150, Set.of(Tables.EU));
        }
        Snapshot.Learned kept = Snapshot.Learned.of(fares.tracks().get(Tables.EU));
        assertThat(new Fares(Map.of(Tables.EU, kept.track()))
                        .bounded(List.of(EU))
                        .get(0)
                        .capacity())
                .isEqualTo(capacity(Tables.EU));
    }
}
