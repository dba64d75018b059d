package dev.windrose.decide.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.windrose.Forall;
import dev.windrose.decide.health.Checks;
import dev.windrose.model.Algorithm;
import dev.windrose.model.Coordinate;
import dev.windrose.model.DefinitionKey;
import dev.windrose.model.FailoverMark;
import dev.windrose.model.FailoverPolicy;
import dev.windrose.model.Fallback;
import dev.windrose.model.GeographicRule;
import dev.windrose.model.HealthCheck;
import dev.windrose.model.HealthOverride;
import dev.windrose.model.HealthPolicy;
import dev.windrose.model.HealthStatus;
import dev.windrose.model.Monitor;
import dev.windrose.model.Region;
import dev.windrose.model.RegionId;
import dev.windrose.model.Rule;
import dev.windrose.model.RuleFailover;
import dev.windrose.model.RuleHealth;
import dev.windrose.model.RuleId;
import dev.windrose.model.RuleStatus;
import dev.windrose.model.SafetyRules;
import dev.windrose.model.WhenFull;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class DefinitionCodecTest {

    private static final List<RegionId> REGIONS =
            List.of(new RegionId("us-east-1"), new RegionId("eu-west-1"), new RegionId("ap-southeast-1"));

    static DefinitionState state(Map<String, String> fields) {
        return DefinitionState.EMPTY.after(
                new Change(Change.Kind.CREATED, fields, new Stamp(1, "us-east-1"), "tester", ""));
    }

    private static RuleHealth health(Random random, List<RegionId> targets) {
        HealthCheck check = Checks.random(random);
        Map<String, Monitor> monitors = new HashMap<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            monitors.put("monitor-" + i, new Monitor(Checks.random(random), random.nextBoolean()));
        }
        HealthPolicy policy = new HealthPolicy(
                random.nextDouble(),
                random.nextDouble(),
                Duration.ofMillis(random.nextInt(3_600_000)),
                random.nextDouble(),
                random.nextDouble(),
                1 + random.nextInt(1000),
                random.nextDouble());
        Map<RegionId, HealthOverride> overrides = new HashMap<>();
        if (random.nextBoolean()) {
            overrides.put(
                    targets.get(0),
                    new HealthOverride(
                            HealthStatus.UNHEALTHY,
                            "Ada & Co",
                            "50% of = what? é",
                            random.nextInt(9),
                            1L << 40,
                            random.nextInt(1000)));
        }
        return new RuleHealth(check, monitors, policy, overrides);
    }

    private static RuleFailover failover(Random random, List<RegionId> targets) {
        FailoverPolicy policy = new FailoverPolicy(
                FailoverPolicy.Failback.values()[random.nextInt(5)],
                Duration.ofMillis(random.nextInt(80_000_000)),
                1 + random.nextInt(100),
                Duration.ofMillis(random.nextInt(3_600_000)),
                WhenFull.values()[random.nextInt(3)]);
        Map<RegionId, FailoverMark> marks = new HashMap<>();
        if (random.nextBoolean()) {
            marks.put(targets.get(0), new FailoverMark(random.nextBoolean(), 7, "eu-west-1", "2 of 3 = down"));
        }
        SafetyRules safety = new SafetyRules(
                1 + random.nextInt(targets.size()),
                (1 + random.nextInt(100)) / 100.0,
                random.nextBoolean() ? List.of() : List.of(new SafetyRules.Freeze(5, 1L << 40)));
        Map<RegionId, Map<RegionId, FailoverMark>> views = random.nextBoolean()
                ? Map.of()
                : Map.of(
                        targets.get(0),
                        Map.of(
                                new RegionId("us-east-1"),
                                new FailoverMark(random.nextBoolean(), 8, "us-east-1", "slow"),
                                new RegionId("ap-southeast-1"),
                                new FailoverMark(random.nextBoolean(), 9, "ada", "well")));
        return new RuleFailover(random.nextBoolean(), policy, safety, marks, views);
    }

    private static Rule rule(Random random) {
        List<RegionId> targets = new ArrayList<>(REGIONS);
        Collections.shuffle(targets, random);
        targets = targets.subList(0, 1 + random.nextInt(3));
        Map<RegionId, Double> weights = new HashMap<>();
        Map<RegionId, URI> endpoints = new HashMap<>();
        for (RegionId target : targets) {
            weights.put(target, 0.01 + random.nextDouble());
            if (random.nextBoolean()) {
                endpoints.put(
                        target, URI.create("http://10.0.0." + random.nextInt(256) + ":" + (1 + random.nextInt(9))));
            }
        }
        return new Rule(
                new RuleId("web"),
                "Größe " + random.nextInt(),
                Algorithm.values()[random.nextInt(Algorithm.values().length)],
                targets,
                RuleWeights.normalised(targets, weights),
                endpoints,
                health(random, targets),
                failover(random, targets),
                random.nextBoolean(),
                random.nextBoolean() ? Fallback.CLOSED : Fallback.to(new RegionId("sa-east-1")),
                random.nextBoolean() ? RuleStatus.ACTIVE : RuleStatus.PAUSED);
    }

    @Test
    void aRuleReadsBackFromItsFields() {
        Forall.cases(random -> {
            Rule rule = rule(random);
            Rule back =
                    DefinitionCodec.rule("web", state(DefinitionCodec.fields(rule, Checks.DEFAULTS)), Checks.DEFAULTS);

            assertThat(back)
                    .usingRecursiveComparison()
                    .ignoringFields("weights")
                    .isEqualTo(rule);
            rule.weights()
                    .forEach((region, weight) ->
                            assertThat(back.weights().get(region)).isCloseTo(weight, within(1e-12)));
            assertThat(DefinitionChecks.problems(
                            DefinitionKey.rule(rule.id()),
                            state(DefinitionCodec.fields(rule, Checks.DEFAULTS)),
                            Checks.DEFAULTS))
                    .isEmpty();
        });
    }

    @Test
    void aGeographicRuleReadsBackFromItsFields() {
        GeographicRule rule = new GeographicRule(
                new RuleId("europeans"),
                Set.of("europe", "africa"),
                List.of(REGIONS.get(1), REGIONS.get(0)),
                7,
                12.5,
                new RuleId("web"),
                RuleStatus.PAUSED);

        assertThat(DefinitionCodec.geographicRule("europeans", state(DefinitionCodec.fields(rule))))
                .isEqualTo(rule);
    }

    @Test
    void aRegionReadsBackFromItsFields() {
        Region region = new Region(
                REGIONS.get(1),
                List.of(URI.create("https://10.0.0.1"), URI.create("tcp://10.0.0.2:5432")),
                new Coordinate(53.35, -6.26),
                1200,
                true,
                Set.of("europe", "ie"),
                new HealthOverride(HealthStatus.DEGRADED, "ada", "a try", 5, 6, 7));

        assertThat(DefinitionCodec.region("eu-west-1", state(DefinitionCodec.fields(region))))
                .isEqualTo(region);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "algorithm         | of_a_later_version",
                "weights           | us-east-1=many",
                "endpoints         | http://no.region",
                "health_check      | rise=often",
                "failover_enabled  | perhaps",
                "fallback          | fail_softly",
                "status            | hibernating",
            })
    void aFieldThatCannotBeReadCountsAsNotSet(String field, String text) {
        Map<String, String> plain =
                Map.of("algorithm", "weighted_round_robin", "target_regions", "us-east-1 eu-west-1");
        Map<String, String> odd = new HashMap<>(plain);
        odd.put(field, text);

        assertThat(DefinitionCodec.rule("web", state(odd), Checks.DEFAULTS))
                .isEqualTo(DefinitionCodec.rule("web", state(plain), Checks.DEFAULTS));
    }

    @Test
    void whatWasRemovedOrHasNoTargetIsNoRule() {
        DefinitionState removed = state(Map.of("target_regions", "us-east-1"))
                .after(new Change(Change.Kind.REMOVED, Map.of(), new Stamp(2, "us-east-1"), "tester", ""));

        assertThat(DefinitionCodec.rule("web", removed, Checks.DEFAULTS)).isNull();
        assertThat(DefinitionCodec.rule("web", state(Map.of("name", "Web")), Checks.DEFAULTS))
                .isNull();
    }

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void everyAlgorithmReadsBackFromItsName(Algorithm algorithm) {
        assertThat(DefinitionCodec.algorithm(algorithm.wireName())).isEqualTo(algorithm);
    }

    @Test
    void mapsOfEqualValuesHaveEqualTexts() {
        Forall.cases(random -> {
            Map<String, String> values = new HashMap<>();
            for (int i = 0; i < random.nextInt(10); i++) {
                values.put("k" + random.nextInt(100), "v" + random.nextInt());
            }
            List<String> keys = new ArrayList<>(values.keySet());
            Collections.shuffle(keys, random);
            Map<String, String> shuffled = new LinkedHashMap<>();
            keys.forEach(key -> shuffled.put(key, values.get(key)));

            assertThat(Fields.map(shuffled)).isEqualTo(Fields.map(values));
            assertThat(Fields.entries(Fields.map(values))).isEqualTo(values);
        });
    }
}
