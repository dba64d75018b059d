package dev.windrose.decide.failover;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.Forall;
import dev.windrose.model.FailoverPolicy;
import dev.windrose.model.RegionId;
import dev.windrose.model.WhenFull;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FailbackTest {

    /** One minute of delay, then four steps of ten seconds. */
    private static FailoverPolicy policy(FailoverPolicy.Failback failback) {
        return new FailoverPolicy(failback, Duration.ofMinutes(1), 4, Duration.ofSeconds(10), WhenFull.SPILL);
    }

    @ParameterizedTest
    @CsvSource({
        "AUTOMATIC, 0,     1,    true",
        "DELAYED,   0,     0,    false",
        "DELAYED,   59,    0,    false",
        "DELAYED,   60,    1,    true",
        "RAMPED,    0,     0,    false",
        "RAMPED,    59,    0,    false",
        "RAMPED,    60,    0.25, false",
        "RAMPED,    69,    0.25, false",
        "RAMPED,    70,    0.5,  false",
        "RAMPED,    80,    0.75, false",
        "RAMPED,    90,    1,    false", // the full share is held as well before it is over
        "RAMPED,    100,   1,    true",
        "MANUAL,    86400, 0,    false",
        "NEVER,     86400, 0,    false",
    })
    void comesBackAsThePolicySays(FailoverPolicy.Failback failback, long seconds, double share, boolean complete) {
        assertThat(Failback.after(policy(failback), seconds * 1000)).isEqualTo(new Failback.Step(share, complete));
    }

    @Test
    void neverTakesAnythingAwayFromATargetThatStaysWell() {
        Forall.cases(random -> {
            FailoverPolicy policy = new FailoverPolicy(
                    FailoverPolicy.Failback.values()[random.nextInt(5)],
                    Duration.ofMillis(random.nextInt(100_000)),
                    1 + random.nextInt(100),
                    Duration.ofMillis(random.nextInt(10_000)),
                    WhenFull.SPILL);
            double before = 0;
            for (long ms = 0; ms < 200_000; ms += 1 + random.nextInt(5000)) {
                Failback.Step step = Failback.after(policy, ms);
                assertThat(step.share()).isBetween(before, 1.0);
                assertThat(step.complete() && step.share() < 1).isFalse();
                before = step.share();
            }
        });
    }

    @Test
    void theRegionsTakeTurnsAndEachTargetHasItsOwnOrder() {
        List<RegionId> regions = List.of(new RegionId("a"), new RegionId("b"), new RegionId("c"), new RegionId("d"));
        Set<RegionId> firsts = new TreeSet<>();
        Forall.cases(random -> {
            String target = "rule:web-" + random.nextInt() + " eu-west-1";
            List<RegionId> known = new ArrayList<>(regions);
            Collections.shuffle(known, random);
            Set<Integer> ranks = new TreeSet<>();
            for (RegionId region : regions) {
                int rank = RecordingOrder.rank(region, known, target);
                ranks.add(rank);
                if (rank == 0) {
                    firsts.add(region);
                }
            }
            assertThat(ranks).containsExactly(0, 1, 2, 3);
        });
        assertThat(firsts).hasSize(4);
    }
}
