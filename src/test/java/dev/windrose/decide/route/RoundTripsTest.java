package dev.windrose.decide.route;

import static dev.windrose.decide.route.Tables.ASIA;
import static dev.windrose.decide.route.Tables.EU;
import static dev.windrose.decide.route.Tables.US;
import static dev.windrose.decide.route.Tables.WEB;
import static dev.windrose.decide.route.Tables.compile;
import static dev.windrose.decide.route.Tables.geographic;
import static dev.windrose.decide.route.Tables.rule;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.windrose.decide.geo.Latencies;
import dev.windrose.decide.route.Tables.Believed;
import dev.windrose.model.Algorithm;
import dev.windrose.model.Client;
import dev.windrose.model.GeographicRule;
import dev.windrose.model.HealthStatus;
import dev.windrose.model.HealthView;
import dev.windrose.model.LatencyPolicy;
import dev.windrose.model.RegionId;
import dev.windrose.model.Residency;
import dev.windrose.model.Rule;
import dev.windrose.model.RuleGeography;
import dev.windrose.model.RuleId;
import dev.windrose.model.RuleStatus;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Decisions by round trips that were learned. */
class RoundTripsTest {

    private static final int MANY_TIMES = 10_000;

    private static CompiledRule compiled(Rule rule, Latencies latencies, double explore, GeographicRule... geographic) {
        return compile(rule, List.of(geographic), List.of(), HealthView.NOTHING, latencies, explore);
    }

    private static Rule windowed(Rule rule, double windowMs) {
        return rule.with(new RuleGeography(Residency.NONE, new LatencyPolicy(windowMs, Double.NaN)));
    }

    private static Map<RegionId, Long> shares(CompiledRule rule, Client client) {
        Map<RegionId, Long> shares = new HashMap<>();
        LongStream.range(0, MANY_TIMES)
                .mapToObj(k -> rule.decide(client, k).region())
                .forEach(region -> shares.merge(region, 1L, Long::sum));
        return shares;
    }

    @Test
    void whatWasMeasuredGoesBeforeDistance() {
        KnownLatencies latencies = new KnownLatencies().takes("eu-west", EU, 90).takes("eu-west", US, 60);
        CompiledRule rule = compiled(rule(Algorithm.GEOGRAPHIC, US, EU, ASIA), latencies, 0);
        assertThat(rule.decide(Client.in("eu-west"), 0).region()).isEqualTo(US);
        assertThat(rule.decide(Client.in("eu-central"), 0).region())
                .as("nothing is known from there")
                .isEqualTo(EU);
    }

    @Test
    void tablesNeedNotBeMadeAgainForWhatIsLearnedLater() {
        KnownLatencies latencies = new KnownLatencies();
        CompiledRule rule = compiled(rule(Algorithm.GEOGRAPHIC, US, EU), latencies, 0);
        assertThat(rule.decide(Client.in("europe"), 0).region()).isEqualTo(EU);
        latencies.takes("europe", EU, 90).takes("europe", US, 60);
        assertThat(rule.decide(Client.in("europe"), 0).region()).isEqualTo(US);
    }

    /** Azure Front Door: 15, 30 and 60 ms with a sensitivity of 30 ms give the first two. */
    @Test
    void theWindowOfFrontDoor() {
        KnownLatencies latencies = new KnownLatencies()
                .takes("europe", US, 15)
                .takes("europe", EU, 30)
                .takes("europe", ASIA, 60);
        for (Algorithm algorithm : List.of(Algorithm.GEOGRAPHIC, Algorithm.PERFORMANCE_BASED)) {
            CompiledRule rule = compiled(windowed(rule(algorithm, US, EU, ASIA), 30), latencies, 0);
            assertThat(shares(rule, Client.in("europe")).keySet())
                    .as(algorithm.wireName())
                    .isSubsetOf(US, EU);
        }
        CompiledRule shared = compiled(windowed(rule(Algorithm.GEOGRAPHIC, US, EU, ASIA), 30), latencies, 0);
        assertThat((double) shares(shared, Client.in("europe")).get(US) / MANY_TIMES)
                .isCloseTo(0.5, within(0.01));
        CompiledRule alone = compiled(rule(Algorithm.GEOGRAPHIC, US, EU, ASIA), latencies, 0);
        assertThat(shares(alone, Client.in("europe"))).containsOnlyKeys(US);
    }

    @Test
    void aSmallShareTriesAnotherRegionWhereClientsTellHowTheyFared() {
        KnownLatencies latencies = new KnownLatencies().takes("europe", EU, 20);
        CompiledRule rule = compiled(rule(Algorithm.GEOGRAPHIC, US, EU, ASIA), latencies, 0.03);
        Map<RegionId, Long> shares = shares(rule, Client.in("europe"));
        assertThat(1 - (double) shares.get(EU) / MANY_TIMES).isCloseTo(0.03, within(0.006));
        assertThat(shares.get(US)).isCloseTo(shares.get(ASIA), within(80L));
        assertThat(LongStream.range(0, MANY_TIMES)
                        .mapToObj(k -> rule.decide(Client.in("europe"), k))
                        .filter(choice -> choice.region() != EU))
                .allMatch(choice -> choice.reason() == Reason.EXPLORATION);

        assertThat(shares(rule, Client.in("us-east")))
                .as("nobody tells from there")
                .containsOnlyKeys(US);
        assertThat(shares(rule, new Client("europe", null, "user")))
                .as("who wants to stay is not moved")
                .containsOnlyKeys(EU);
    }

    @Test
    void theRuleSaysHowManyTry() {
        KnownLatencies latencies = new KnownLatencies().takes("europe", EU, 20);
        Rule rule = rule(Algorithm.GEOGRAPHIC, US, EU)
                .with(new RuleGeography(Residency.NONE, new LatencyPolicy(Double.NaN, 0)));
        assertThat(shares(compiled(rule, latencies, 0.03), Client.in("europe"))).containsOnlyKeys(EU);
    }

    @Test
    void whatServesNotIsNotTried() {
        KnownLatencies latencies = new KnownLatencies().takes("europe", EU, 20);
        CompiledRule rule = compile(
                rule(Algorithm.GEOGRAPHIC, US, EU, ASIA),
                List.of(),
                List.of(),
                new Believed()
                        .is(US, HealthStatus.UNHEALTHY)
                        .is(ASIA, HealthStatus.DRAINING)
                        .is(EU, HealthStatus.HEALTHY),
                latencies,
                0.5);
        assertThat(shares(rule, Client.in("europe"))).containsOnlyKeys(EU);
    }

    @Test
    void performanceKnowsWhoIsNearWhatClientsReport() {
        KnownLatencies latencies = new KnownLatencies()
                .takes("europe", EU, 20)
                .takes("europe", US, 90)
                .takes("us-east", EU, 90)
                .takes("us-east", US, 20);
        CompiledRule rule = compiled(rule(Algorithm.PERFORMANCE_BASED, US, EU), latencies, 0);
        assertThat(shares(rule, Client.in("europe"))).containsOnlyKeys(EU);
        assertThat(shares(rule, Client.in("us-east"))).containsOnlyKeys(US);
    }

    @Test
    void aGeographicRuleChoosesByWhatWasMeasuredFromTheClientsPlace() {
        KnownLatencies latencies = new KnownLatencies().takes("europe", EU, 80).takes("europe", US, 40);
        GeographicRule near = geographic("near", "europe", 1, 50, WEB, EU, US);
        CompiledRule rule = compiled(rule(Algorithm.WEIGHTED_ROUND_ROBIN, US, EU, ASIA), latencies, 0, near);
        Choice choice = rule.decide(Client.in("europe"), 0);
        assertThat(choice.region()).isEqualTo(US);
        assertThat(choice.geographicRule()).isEqualTo(near.id());
        assertThat(rule.decide(Client.in("eu-north"), 0).region())
                .as("not measured from there: the first")
                .isEqualTo(EU);
    }

    @Test
    void fallThroughIsExplained() {
        KnownLatencies latencies = new KnownLatencies().takes("europe", EU, 80).takes("europe", US, 40);
        CompiledRule rule = compiled(
                rule(Algorithm.GEOGRAPHIC, US, EU, ASIA),
                latencies,
                0,
                geographic("a-strict", "europe", 1, 30, null, EU, US),
                geographic("b-elsewhere", "europe", 1, 50, null, new RegionId("sa-east-1")),
                geographic("c-takes-it", "europe", 2, 50, null, EU, US),
                geographic("d-later", "europe", 3, 50, null, ASIA),
                geographic("e-others", "asia", 0, 50, null, ASIA));
        Explanation explanation = Explanation.of(rule, Client.in("europe"), 0);
        assertThat(explanation.considered())
                .extracting(considered -> considered.rule().value() + " " + considered.outcome())
                .containsExactly(
                        "a-strict too_far", "b-elsewhere no_candidate", "c-takes-it chosen", "d-later not_reached");
        assertThat(explanation.considered().get(2).legs())
                .extracting(leg -> leg.region() + " " + Math.round(leg.measuredMs()) + " " + leg.within())
                .containsExactly("eu-west-1 80 false", "us-east-1 42 true");
        assertThat(explanation.choice().region()).isEqualTo(US);
        assertThat(explanation.candidates().get(0).roundTripMs()).isCloseTo(42, within(1.0));
        assertThat(explanation.candidates().get(0).samples()).isGreaterThan(20);
        assertThat(explanation.candidates().get(2).samples()).isZero();
    }

    @Test
    void aPausedGeographicRuleDoesNothing() {
        GeographicRule paused = new GeographicRule(
                new RuleId("paused"), Set.of("europe"), List.of(ASIA), 0, 500, null, RuleStatus.PAUSED);
        CompiledRule rule = compiled(rule(Algorithm.GEOGRAPHIC, US, EU, ASIA), Latencies.NONE, 0, paused);
        assertThat(rule.decide(Client.in("europe"), 0).region()).isEqualTo(EU);
        assertThat(Explanation.of(rule, Client.in("europe"), 0).considered()).isEmpty();
    }
}
