package dev.windrose.live.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.windrose.decide.route.Tables;
import dev.windrose.model.RegionId;
import dev.windrose.model.RuleId;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DemandsTest {

    private static final RuleId WEB = Tables.WEB;

    private final Demands demands = new Demands();
    private long now = 0;
    private long total = 0;

    private void look(long requests) {
        now += 1000;
        total += requests;
        demands.look(Map.of(WEB, Map.of(Tables.EU, total)), now);
    }

    @Test
    void followsARiseWithinTwoLooksAndAFallWithinSeveral() {
        for (int i = 0; i < 20; i++) {
            look(100);
        }
        assertThat(demands.rate(WEB, Tables.EU)).isCloseTo(100, within(1.0));
        look(300);
        look(300);
        assertThat(demands.rate(WEB, Tables.EU)).isGreaterThan(260);
        look(100);
        assertThat(demands.rate(WEB, Tables.EU)).isGreaterThan(200);
        for (int i = 0; i < 20; i++) {
            look(100);
        }
        assertThat(demands.rate(WEB, Tables.EU)).isCloseTo(100, within(3.0));
    }

    @Test
    void addsWhatTheOtherNodesWantUntilTheyAreNotHeardOfAnyMore() {
        look(0);
        demands.heard("b", Map.of(WEB, Map.of(Tables.EU, 50.0, Tables.US, 7.0)), now);
        look(0);
        assertThat(demands.rate(WEB, Tables.EU)).isEqualTo(50);
        assertThat(demands.rate(WEB, Tables.US)).isEqualTo(7);
        assertThat(demands.here()).isEmpty();
        for (int i = 0; i < 11; i++) {
            look(0);
        }
        assertThat(demands.rate(WEB, Tables.EU)).isZero();
    }

    @Test
    void tellsOfTheMostWantedTargetsOnly() {
        Map<RuleId, Map<RegionId, Long>> totals = new HashMap<>();
        for (int i = 0; i < 3000; i++) {
            totals.put(new RuleId("rule-" + i), Map.of(Tables.EU, 0L));
        }
        demands.look(totals, 1000);
        for (int i = 0; i < 3000; i++) {
            totals.put(new RuleId("rule-" + i), Map.of(Tables.EU, 10L + i));
        }
        demands.look(totals, 2000);
        assertThat(demands.here()).hasSize(Demands.MOST).containsKey(new RuleId("rule-2999"));
        assertThat(demands.here()).doesNotContainKey(new RuleId("rule-0"));
    }
}
