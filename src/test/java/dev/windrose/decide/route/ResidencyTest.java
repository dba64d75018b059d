package dev.windrose.decide.route;

import static dev.windrose.decide.route.Tables.ASIA;
import static dev.windrose.decide.route.Tables.EU;
import static dev.windrose.decide.route.Tables.MANY;
import static dev.windrose.decide.route.Tables.US;
import static dev.windrose.decide.route.Tables.compile;
import static dev.windrose.decide.route.Tables.rule;
import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.Forall;
import dev.windrose.decide.route.Tables.Believed;
import dev.windrose.model.Algorithm;
import dev.windrose.model.Client;
import dev.windrose.model.Coordinate;
import dev.windrose.model.Fallback;
import dev.windrose.model.GeographicRule;
import dev.windrose.model.HealthStatus;
import dev.windrose.model.HealthView;
import dev.windrose.model.LatencyPolicy;
import dev.windrose.model.Region;
import dev.windrose.model.RegionId;
import dev.windrose.model.Residency;
import dev.windrose.model.Rule;
import dev.windrose.model.RuleGeography;
import dev.windrose.model.RuleStatus;
import dev.windrose.model.SafetyRules;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ResidencyTest {

    private static final RegionId FRANKFURT = new RegionId("eu-central-1");

    private static Rule bound(Rule rule, Map<String, Set<RegionId>> allowed) {
        return rule.with(new RuleGeography(new Residency(allowed), LatencyPolicy.DEFAULT));
    }

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void aClientIsServedOnlyWhereItMayBe(Algorithm algorithm) {
        CompiledRule rule = compile(
                bound(rule(algorithm, US, EU, FRANKFURT, ASIA), Map.of("europe", Set.of(EU, FRANKFURT))),
                HealthView.NOTHING);
        Set<RegionId> served = new HashSet<>();
        for (long k = 0; k < 1000; k++) {
            served.add(rule.decide(Client.in("eu-west-1"), k).region());
            served.add(
                    rule.decide(new Client("eu-west-1", null, "user-" + k), k).region());
        }
        assertThat(served).isSubsetOf(EU, FRANKFURT);
    }

    @ParameterizedTest
    @CsvSource({
        "eu-west-1, eu-west-1", // by its own entry
        "eu-west-9, eu-central-1", // of the form of a region that nobody registered: its area binds it
        "EUROPE,    ap-southeast-1", // names come in lower case; this one is no place
        "asia,      ap-southeast-1", // everybody else
        "atlantis,  ap-southeast-1",
    })
    void theSmallestPlaceBinds(String place, String region) {
        Rule rule = bound(
                rule(Algorithm.WEIGHTED_ROUND_ROBIN, US, EU, FRANKFURT, ASIA),
                Map.of("eu-west-1", Set.of(EU), "europe", Set.of(FRANKFURT), "*", Set.of(ASIA)));
        for (long k = 0; k < 20; k++) {
            assertThat(compile(rule, HealthView.NOTHING)
                            .decide(Client.in(place), k)
                            .region())
                    .hasToString(region);
        }
    }

    @Test
    void aCoordinateIsInTheAreaWhoseCentreIsNearest() {
        CompiledRule rule = compile(
                bound(rule(Algorithm.GEOGRAPHIC, US, EU, ASIA), Map.of("europe", Set.of(ASIA))), HealthView.NOTHING);
        assertThat(rule.decide(new Client(null, new Coordinate(52.5, 13.4), null), 0)
                        .region())
                .isEqualTo(ASIA);
        assertThat(rule.decide(new Client(null, new Coordinate(40.7, -74.0), null), 0)
                        .region())
                .isEqualTo(US);
    }

    @Test
    void whereNoneOfTheAllowedServesTheyAreTheLastResortAndNobodyElse() {
        Believed health = new Believed()
                .is(US, HealthStatus.HEALTHY)
                .is(EU, HealthStatus.UNHEALTHY)
                .is(FRANKFURT, HealthStatus.UNHEALTHY);
        Rule rule =
                bound(rule(Algorithm.WEIGHTED_ROUND_ROBIN, US, EU, FRANKFURT), Map.of("europe", Set.of(EU, FRANKFURT)));
        CompiledRule compiled = compile(rule, health);
        Set<RegionId> served = new HashSet<>();
        for (long k = 0; k < 100; k++) {
            served.add(compiled.decide(Client.in("europe"), k).region());
            assertThat(compiled.decide(Client.in("us-east"), k).region()).isEqualTo(US);
        }
        assertThat(served).containsExactlyInAnyOrder(EU, FRANKFURT);
        assertThat(compiled.of(Client.in("europe")).tier()).isEqualTo(Tier.FAIL_OPEN);

        Choice refused = compile(
                        Tables.with(rule, true, false, Fallback.CLOSED, RuleStatus.ACTIVE)
                                .with(rule.geography()),
                        health)
                .decide(Client.in("europe"), 0);
        assertThat(refused.region()).isNull();
        assertThat(refused.reason()).isEqualTo(Reason.RESIDENCY);
    }

    @Test
    void aFallbackRegionIsNoneForThoseWhoMayNotBeServedThere() {
        Believed health = new Believed().is(US, HealthStatus.UNHEALTHY).is(EU, HealthStatus.UNHEALTHY);
        Rule plain = Tables.withFallback(rule(Algorithm.WEIGHTED_ROUND_ROBIN, US, EU), Fallback.to(ASIA));
        CompiledRule rule = compile(bound(plain, Map.of("europe", Set.of(EU), "asia", Set.of(EU, ASIA))), health);
        assertThat(rule.decide(Client.in("europe"), 0).reason()).isEqualTo(Reason.RESIDENCY);
        assertThat(rule.decide(Client.in("asia"), 0).region()).isEqualTo(ASIA);
        assertThat(rule.decide(Client.in("us-east"), 0).region()).isEqualTo(ASIA);
    }

    @Test
    void theExplanationSaysWhoIsNotAllowedAndWhy() {
        CompiledRule rule =
                compile(bound(rule(Algorithm.GEOGRAPHIC, US, EU), Map.of("europe", Set.of(EU))), HealthView.NOTHING);
        Explanation bound = Explanation.of(rule, Client.in("eu-west-1"), 0);
        assertThat(bound.residency()).isEqualTo("europe");
        assertThat(bound.candidates().get(0).removedBy()).isEqualTo("residency");
        assertThat(bound.candidates().get(1).removedBy()).isEmpty();
        assertThat(Explanation.of(rule, Client.in("us-east-1"), 0).residency()).isNull();
    }

    @Test
    void saysWhomNobodyCouldServeWithoutARegion() {
        Residency residency = new Residency(Map.of("europe", Set.of(EU, FRANKFURT), "asia", Set.of(ASIA)));
        assertThat(residency.emptied(ASIA, region -> true)).isEqualTo("asia");
        assertThat(residency.emptied(EU, region -> true)).isNull();
        assertThat(residency.emptied(EU, region -> !region.equals(FRANKFURT))).isEqualTo("europe");
        assertThat(residency.emptied(US, region -> true)).isNull();
    }

    /** Whatever is down, drained, full, held back, named by geographic rules, explored or hashed. */
    @Test
    void nothingLeavesIt() {
        String[] places = {"europe", "eu-west-1", "us-east", "asia", "sa-east-1", "atlantis"};
        Forall.cases(random -> {
            Rule rule = random(random, places);
            List<GeographicRule> geographic = new ArrayList<>();
            for (int i = 0; i < random.nextInt(4); i++) {
                geographic.add(Tables.geographic(
                        "geo-" + i,
                        places[random.nextInt(5)],
                        random.nextInt(3),
                        10 + random.nextInt(200),
                        random.nextBoolean() ? rule.id() : null,
                        MANY.get(random.nextInt(8)),
                        MANY.get(random.nextInt(8))));
            }
            KnownLatencies latencies = new KnownLatencies();
            for (int i = 0; i < random.nextInt(10); i++) {
                latencies.takes(places[random.nextInt(5)], MANY.get(random.nextInt(8)), 1 + random.nextInt(300));
            }
            TableCompiler compiler = new TableCompiler(US, 30, Tables.IDLE, latencies, 0.3);
            RoutingTable table = RoutingTable.EMPTY;
            for (int step = 0; step < 4; step++) {
                table = compiler.compile(
                        table,
                        List.of(rule),
                        geographic,
                        regions(random),
                        Tables.randomHealth(random),
                        (wanting, region) -> random.nextInt(100),
                        step * 1000L);
                CompiledRule compiled = table.rule(rule.id().value());
                assertThat(compiled).isNotNull();
                for (int k = 0; compiled != null && k < 50; k++) {
                    String place = places[random.nextInt(places.length)];
                    Client client = new Client(place, null, random.nextBoolean() ? null : "user-" + k);
                    Choice choice = compiled.decide(client, random.nextLong());
                    Set<RegionId> allowed = allowed(rule, place);
                    RegionId region = choice.region();
                    assertThat(region == null || allowed == null || allowed.contains(region))
                            .as("%s to a client of %s, allowed %s, %s", region, place, allowed, rule)
                            .isTrue();
                    Explanation why = Explanation.of(compiled, client, k);
                    RegionId explained = why.choice().region();
                    assertThat(explained == null || allowed == null || allowed.contains(explained))
                            .isTrue();
                }
            }
        });
    }

    private static Rule random(Random random, String[] places) {
        Map<String, Set<RegionId>> allowed = new HashMap<>();
        for (int i = 0; i < 1 + random.nextInt(4); i++) {
            Set<RegionId> regions = new HashSet<>();
            for (int j = 0; j < 1 + random.nextInt(3); j++) {
                regions.add(MANY.get(random.nextInt(8)));
            }
            allowed.put(random.nextInt(5) == 0 ? "*" : places[random.nextInt(5)], regions);
        }
        Rule rule = Tables.random(random);
        Rule paced = random.nextBoolean()
                ? Tables.withSafety(rule, new SafetyRules(1 + random.nextInt(2), 0.2, List.of()))
                : rule;
        double window = random.nextBoolean() ? Double.NaN : random.nextInt(100);
        return paced.with(new RuleGeography(new Residency(allowed), new LatencyPolicy(window, Double.NaN)));
    }

    private static List<Region> regions(Random random) {
        return MANY.stream()
                .map(id -> new Region(
                        id, List.of(), null, random.nextBoolean() ? 0 : 1 + random.nextInt(200), Set.of(), null))
                .toList();
    }

    /** Said a second time, without the code under test: what the lineage of these places is. */
    private static Set<RegionId> allowed(Rule rule, String place) {
        List<String> lineage = switch (place) {
            case "eu-west-1" -> List.of("eu-west-1", "eu-west", "europe");
            case "us-east" -> List.of("us-east", "north-america");
            case "sa-east-1" -> List.of("sa-east-1", "sa-east", "south-america");
            default -> List.of(place);
        };
        Map<String, Set<RegionId>> entries = rule.geography().residency().allowed();
        for (String each : lineage) {
            if (entries.containsKey(each)) {
                return entries.get(each);
            }
        }
        return entries.get("*");
    }
}
