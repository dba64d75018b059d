package dev.windrose.decide.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.windrose.Forall;
import dev.windrose.decide.failover.SlowStart;
import dev.windrose.model.HealthStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is made of several checks, of several endpoints, of what clients report, and of a recovery. */
class BeliefsTest {

    private static final Outliers.Limits LIMITS = new Outliers.Limits(0.3, 50, 0.34);

    private static HealthStatus status(char letter) {
        return switch (letter) {
            case 'H' -> HealthStatus.HEALTHY;
            case 'D' -> HealthStatus.DEGRADED;
            case 'U' -> HealthStatus.UNHEALTHY;
            default -> HealthStatus.UNKNOWN;
        };
    }

    private static List<HealthStatus> statuses(String letters) {
        return letters.chars().mapToObj(letter -> status((char) letter)).toList();
    }

    @ParameterizedTest
    @CsvSource({
        "H,   '',  H",
        "U,   '',  U",
        "U,   H,   U", // one that must be healthy takes it down by itself
        "HU,  HHH, U",
        "D,   H,   D",
        "'',  UHH, H", // the others vote
        "'',  UH,  H", // half is no majority
        "'',  UUH, U",
        "'',  UUD, U",
        "'',  DDH, D",
        "'',  U?,  U", // who has no opinion has no vote
        "H,   UU,  U",
        "?,   ?,   ?",
        "?,   H,   H",
    })
    void aMonitorThatMustBeHealthyDecidesAndTheOthersVote(String must, String voting, String expected) {
        List<MonitorGroup.Vote> votes = new ArrayList<>();
        statuses(must).forEach(status -> votes.add(new MonitorGroup.Vote(status, true)));
        statuses(voting).forEach(status -> votes.add(new MonitorGroup.Vote(status, false)));
        assertThat(MonitorGroup.of(votes)).isEqualTo(status(expected.charAt(0)));
    }

    @ParameterizedTest
    @CsvSource({
        "H,    0,   H, 1,    0",
        "U,    0,   U, 0,    0",
        "D,    0,   D, 0,    0",
        "?,    0,   ?, 1,    0",
        "UH,   0,   H, 0.5,  1",
        "UDH,  0,   H, 0.333,2",
        "UDU,  0,   D, 0,    1",
        "HUUU, 0.5, U, 0.25, 0",
        "HHUU, 0.5, H, 0.5,  0",
        "HHHU, 0.7, H, 0.75, 0",
        "HHUU, 0.7, U, 0.5,  0", // failover starts below 70 % healthy
    })
    void aTargetIsAsItsEndpointsAreAndSendsToTheFirstThatServes(
            String endpoints, double failoverBelow, String status, double share, int endpoint) {
        EndpointPool pool = EndpointPool.of(statuses(endpoints), failoverBelow);
        assertThat(pool.status()).isEqualTo(status(status.charAt(0)));
        assertThat(pool.servingShare()).isCloseTo(share, within(0.001));
        assertThat(pool.endpoint()).isEqualTo(endpoint);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0.1", "3, 0.1", "6, 0.1", "7, 0.2", "14, 0.3", "33, 0.5", "59, 0.9", "60, 1", "900, 1",
    })
    void aTargetThatComesBackHasATenthFirst(long seconds, double share) {
        assertThat(SlowStart.share(seconds * 1000, Duration.ofMinutes(1))).isEqualTo(share);
    }

    @Test
    void aShareNeverShrinksWhileATargetWarmsUp() {
        Forall.cases(random -> {
            Duration window = Duration.ofMillis(random.nextInt(100_000));
            double before = 0;
            for (long ms = 0; ms < 110_000; ms += 1 + random.nextInt(5000)) {
                double share = SlowStart.share(ms, window);
                assertThat(share).isBetween(Math.max(0.1, before), 1.0);
                before = share;
            }
            assertThat(SlowStart.share(window.toMillis(), window)).isEqualTo(1);
        });
    }

    private static Map<String, Outliers.Outcomes> outcomes(long... failuresOfHundred) {
        Map<String, Outliers.Outcomes> outcomes = new TreeMap<>();
        for (int i = 0; i < failuresOfHundred.length; i++) {
            outcomes.put("region-" + i, new Outliers.Outcomes(100, failuresOfHundred[i]));
        }
        return outcomes;
    }

    @Test
    void theOneThatFailsItsClientsMuchMoreOftenThanTheOthersIsEjected() {
        assertThat(Outliers.of(outcomes(1, 60, 2), LIMITS)).containsExactly("region-1");
        assertThat(Outliers.of(outcomes(1, 60), LIMITS)).containsExactly("region-1");
        assertThat(Outliers.of(outcomes(1, 60, 90, 2), LIMITS)).containsExactly("region-2", "region-1");
    }

    @Test
    void nobodyIsEjectedWhenEverybodyFails() {
        assertThat(Outliers.of(outcomes(80, 90, 85), LIMITS)).isEmpty();
    }

    @Test
    void fewOutcomesProveNothing() {
        Map<String, Outliers.Outcomes> outcomes = outcomes(0, 0, 0);
        outcomes.put("region-3", new Outliers.Outcomes(49, 49));
        assertThat(Outliers.of(outcomes, LIMITS)).isEmpty();
        outcomes.put("region-3", new Outliers.Outcomes(50, 50));
        assertThat(Outliers.of(outcomes, LIMITS)).containsExactly("region-3");
    }

    @Test
    void oneAloneIsNeverAnOutlier() {
        assertThat(Outliers.of(outcomes(100), LIMITS)).isEmpty();
    }

    @Test
    void aDistanceThatMayBeChanceMakesNoOutlier() {
        Map<String, Outliers.Outcomes> outcomes = outcomes(1, 2);
        outcomes.put("region-2", new Outliers.Outcomes(50, 17));
        assertThat(Outliers.of(outcomes, LIMITS)).isEmpty();
        outcomes.put("region-2", new Outliers.Outcomes(5000, 1700));
        assertThat(Outliers.of(outcomes, LIMITS)).containsExactly("region-2");
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1,    0",
        "2, 0.34, 0", // half is more than a third
        "2, 0.5,  1",
        "2, 1,    1", // never all
        "3, 0.34, 1",
        "3, 0.33, 0",
        "5, 0.34, 1",
        "6, 0.34, 2",
        "10, 0.3, 3",
        "5, 0,    0",
        "0, 0.34, 0",
    })
    void atMostTheCapsShareIsEjectedRoundedDownAndNeverAll(int targets, double cap, int atMost) {
        assertThat(Outliers.atMost(targets, new Outliers.Limits(0.3, 50, cap))).isEqualTo(atMost);
    }

    @Test
    void theWorstComeFirstAndNobodyBetterThanAPeerThatIsKeptIsAnOutlier() {
        Forall.cases(random -> {
            Map<String, Outliers.Outcomes> outcomes = random(random);
            Outliers.Limits limits =
                    new Outliers.Limits(random.nextDouble(), 1 + random.nextInt(100), random.nextDouble());
            List<String> outliers = Outliers.of(outcomes, limits);
            double before = 0;
            for (String target : outliers) {
                assertThat(outcomes.get(target).requests()).isGreaterThanOrEqualTo(limits.requests());
                assertThat(outcomes.get(target).successRate()).isGreaterThanOrEqualTo(before);
                before = outcomes.get(target).successRate();
            }
            int atMost = Outliers.atMost(outcomes.size(), limits);
            assertThat(atMost).isLessThanOrEqualTo(Math.max(0, outcomes.size() - 1));
            assertThat((double) atMost).isLessThanOrEqualTo(limits.cap() * outcomes.size() + 1e-6);
        });
    }

    private static Map<String, Outliers.Outcomes> random(Random random) {
        Map<String, Outliers.Outcomes> outcomes = new TreeMap<>();
        for (int i = random.nextInt(8); i > 0; i--) {
            long requests = random.nextInt(200);
            outcomes.put(
                    "region-" + i,
                    new Outliers.Outcomes(requests, requests == 0 ? 0 : random.nextInt((int) requests + 1)));
        }
        return outcomes;
    }
}
