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

    @ParameterizedTest
    @CsvSource({
        "europe-1, europe", // a region that somebody registered, or that a definition names
        "asia-2,   asia",
        "emea-1,   emea", // an area that somebody registered
        "office-3, office", // a region that somebody registered, and by it the area that it lies in
        "office-3, emea",
    })
    void aNumberedRegionIsBoundByItsAreaThoughSomebodyNamesIt(String place, String area) {
        Rule rule = bound(rule(Algorithm.WEIGHTED_ROUND_ROBIN, US, EU), Map.of(area, Set.of(EU), "*", Set.of(US)));
        List<Region> regions = List.of(
                new Region(new RegionId("office"), List.of(), null, 0, Set.of("emea"), null),
                new Region(new RegionId("europe-1"), List.of(), null, 0, Set.of(), null));
        CompiledRule named = compile(
                rule, List.of(Tables.geographic("named", place, 1, 100, null, US)), regions, HealthView.NOTHING);
        assertThat(named.decide(Client.in(place), 0).region()).isEqualTo(EU);
        assertThat(compile(rule, List.of(), regions, HealthView.NOTHING)
                        .decide(Client.in(place), 0)
                        .region())
                .isEqualTo(EU);
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

    /** Unknown, misspelt, in any case and foreign: what somebody says of where it is, and what may be made of it. */
    @Test
    void noWordForAPlaceLeavesAResidencyInAHundredThousandDraws() {
        String[] british = {"gb", "GB", "uk", "UK", "United Kingdom", "united_kingdom", "GBR", "Scotland", "eu-west-1"};
        String[] european = {
            "eu", "EU", "europe", "Germany", "DE", "deu", "el", "eu-west-9", "EU-CENTRAL-1", "westeurope"
        };
        String[] foreign = {"us", "USA", "brazil", "JP", "us-east-1", "Us-East", "asia", "su-not", "eastus"};
        String[] unknown = {"euorpe", "xx", "narnia", "gremany", "NARNIA", "826", "日本", "atlantis-1", "unted kingdom"};
        Map<RegionId, Integer> served = new HashMap<>();
        int[] outside = {0};
        Forall.cases(1000, random -> {
            boolean everybodyElse = random.nextBoolean();
            boolean common = random.nextBoolean();
            Map<String, Set<RegionId>> allowed = new HashMap<>();
            allowed.put("gb", common ? Set.of(EU, FRANKFURT) : Set.of(EU));
            allowed.put("eu-west-1", allowed.get("gb"));
            allowed.put("europe", Set.of(FRANKFURT));
            if (everybodyElse) {
                allowed.put("*", Set.of(US, ASIA));
            }
            Algorithm algorithm = Algorithm.values()[random.nextInt(Algorithm.values().length)];
            Rule rule = bound(rule(algorithm, US, EU, FRANKFURT, ASIA), allowed);
            RoutingTable table = new TableCompiler(US, 30, Tables.IDLE)
                    .compile(
                            RoutingTable.EMPTY,
                            List.of(rule),
                            List.of(Tables.geographic("narnia", "narnia", 1, 500, rule.id(), US)),
                            List.of(),
                            Tables.randomHealth(random),
                            Demand.NONE,
                            0);
            CompiledRule compiled = table.rule(rule.id().value());
            for (int k = 0; compiled != null && k < 100; k++) {
                String[][] kinds = {british, european, foreign, unknown};
                int kind = random.nextInt(4);
                String said = kinds[kind][random.nextInt(kinds[kind].length)];
                String found = table.places().find(said);
                String key = random.nextBoolean() ? null : "user-" + k;
                Client client = found == null ? Client.near("us-east-1", key, 0) : new Client(found, null, key);
                Set<RegionId> may = kind == 0
                        ? allowed.get("gb")
                        : kind == 1
                                ? Set.of(FRANKFURT)
                                : everybodyElse
                                        ? Set.of(US, ASIA)
                                        : kind == 2
                                                ? Set.of(US, EU, FRANKFURT, ASIA)
                                                : common ? Set.of(FRANKFURT) : Set.of();
                RegionId region = compiled.decide(client, random.nextLong()).region();
                outside[0] += region != null && !may.contains(region) ? 1 : 0;
                if (region != null) {
                    served.merge(region, 1, Integer::sum);
                    assertThat(may)
                            .as("%s of %s, with * %s", said, allowed, everybodyElse)
                            .contains(region);
                }
            }
        });
        assertThat(outside[0]).isZero();
        assertThat(served)
                .hasSize(4)
                .allSatisfy((region, count) -> assertThat(count).isGreaterThan(1000));
    }

    @Test
    void whoIsNowhereIsServedWhereEveryEntryAllowsItAndElseNowhere() {
        Map<String, Set<RegionId>> apart = Map.of("de", Set.of(FRANKFURT), "us", Set.of(US));
        CompiledRule refusing =
                compile(bound(rule(Algorithm.GEOGRAPHIC, US, EU, FRANKFURT), apart), HealthView.NOTHING);
        assertThat(refusing.decide(Client.near("us-east-1", null, 7), 0).reason())
                .isEqualTo(Reason.RESIDENCY);
        assertThat(refusing.decide(Client.in("us-east-1"), 0).region()).isEqualTo(US);
        assertThat(refusing.decide(Client.in("fr"), 0).region()).isNotNull();
        assertThat(Explanation.of(refusing, Client.near("us-east-1", null, 7), 0)
                        .residency())
                .isEqualTo(Residency.ANYWHERE_AT_ALL);

        Map<String, Set<RegionId>> common = Map.of("de", Set.of(FRANKFURT), "europe", Set.of(FRANKFURT, EU));
        CompiledRule serving =
                compile(bound(rule(Algorithm.GEOGRAPHIC, US, EU, FRANKFURT), common), HealthView.NOTHING);
        assertThat(serving.decide(Client.near("us-east-1", null, 7), 0).region())
                .isEqualTo(FRANKFURT);
    }

    /** Said a second time, without the code under test: what the lineage of these places is. */
    private static Set<RegionId> allowed(Rule rule, String place) {
        List<String> lineage = switch (place) {
            case "eu-west-1" -> List.of("eu-west-1", "eu-west", "europe");
            case "us-east" -> List.of("us-east", "us", "north-america");
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
