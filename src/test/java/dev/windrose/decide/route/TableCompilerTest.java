package dev.windrose.decide.route;

import static dev.windrose.decide.route.Tables.ASIA;
import static dev.windrose.decide.route.Tables.EU;
import static dev.windrose.decide.route.Tables.US;
import static dev.windrose.decide.route.Tables.WEB;
import static dev.windrose.decide.route.Tables.compile;
import static dev.windrose.decide.route.Tables.geographic;
import static dev.windrose.decide.route.Tables.rule;
import static dev.windrose.decide.route.Tables.with;
import static dev.windrose.decide.route.Tables.withFallback;
import static dev.windrose.decide.route.Tables.withPolicy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.windrose.Forall;
import dev.windrose.decide.route.Tables.Believed;
import dev.windrose.model.Algorithm;
import dev.windrose.model.Authority;
import dev.windrose.model.Client;
import dev.windrose.model.Coordinate;
import dev.windrose.model.Fallback;
import dev.windrose.model.HealthPolicy;
import dev.windrose.model.HealthStatus;
import dev.windrose.model.HealthView;
import dev.windrose.model.Region;
import dev.windrose.model.RegionId;
import dev.windrose.model.Rule;
import dev.windrose.model.RuleId;
import dev.windrose.model.RuleStatus;
import dev.windrose.model.SafetyRules;
import dev.windrose.model.TargetHealth;
import dev.windrose.model.WhenFull;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TableCompilerTest {

    private static Believed believed(HealthStatus us, HealthStatus eu) {
        return new Believed().is(US, us).is(EU, eu);
    }

    private static Set<String> answered(CompiledRule rule, Client client) {
        Set<String> regions = new TreeSet<>();
        for (long k = 0; k < 200; k++) {
            regions.add(String.valueOf(rule.decide(client, k).region()));
        }
        return regions;
    }

    @ParameterizedTest
    @CsvSource({
        "HEALTHY,   HEALTHY,   fail_open,        serving,   us-east-1 eu-west-1",
        "HEALTHY,   UNKNOWN,   fail_open,        serving,   us-east-1 eu-west-1",
        "HEALTHY,   DEGRADED,  fail_open,        serving,   us-east-1",
        "UNHEALTHY, UNKNOWN,   fail_open,        serving,   eu-west-1",
        "DRAINING,  HEALTHY,   fail_open,        serving,   eu-west-1",
        "UNHEALTHY, DEGRADED,  fail_open,        degraded,  eu-west-1",
        "DRAINING,  DEGRADED,  fail_closed,      degraded,  eu-west-1",
        "UNHEALTHY, UNHEALTHY, fail_open,        fail_open, us-east-1 eu-west-1",
        "UNHEALTHY, DRAINING,  region:sa-east-1, fallback,  sa-east-1",
        "UNHEALTHY, UNHEALTHY, fail_closed,      none,      null",
    })
    void healthSettlesWhoMayServe(HealthStatus us, HealthStatus eu, String fallback, String tier, String regions) {
        for (Algorithm algorithm : Algorithm.values()) {
            if (algorithm == Algorithm.PRIORITY || algorithm == Algorithm.GEOGRAPHIC) {
                continue;
            }
            Rule rule = withFallback(rule(algorithm, US, EU), Fallback.parse(fallback));
            CompiledRule compiled = compile(rule, believed(us, eu));

            assertThat(compiled.tier().wireName()).isEqualTo(tier);
            assertThat(answered(compiled, Client.ANYWHERE))
                    .as("%s", algorithm)
                    .containsExactlyInAnyOrder(regions.split(" "));
        }
    }

    @Test
    void clientsAreSentToTheEndpointOfTheFallbackRegionThatServes() {
        URI first = URI.create("http://127.0.0.1:1");
        URI second = URI.create("http://127.0.0.1:2");
        Region asia = new Region(ASIA, List.of(first, second), null, 0, Set.of(), null);
        Rule rule = withFallback(rule(Algorithm.PRIORITY, US), Fallback.to(ASIA));
        HealthView secondServes = (id, target) -> {
            TargetHealth believed = TargetHealth.of(
                    target.equals(ASIA) ? HealthStatus.HEALTHY : HealthStatus.UNHEALTHY, Authority.PROBE, 1);
            return new TargetHealth(
                    believed.status(),
                    believed.authority(),
                    1,
                    0.5,
                    target.equals(ASIA) ? 1 : 0,
                    1,
                    believed.drain(),
                    true,
                    believed.allowed());
        };

        assertThat(compile(rule, List.of(), List.of(asia), secondServes)
                        .decide(Client.ANYWHERE, 0)
                        .endpoint())
                .isEqualTo(second);
    }

    @Test
    void aRuleWithoutFailoverIsNotMovedByHealth() {
        Rule rule = with(rule(Algorithm.PRIORITY, US, EU), false, false, Fallback.OPEN, RuleStatus.ACTIVE);

        assertThat(answered(compile(rule, believed(HealthStatus.UNHEALTHY, HealthStatus.HEALTHY)), Client.ANYWHERE))
                .containsExactly("us-east-1");
    }

    @Test
    void clientsComeBackSoonerWhileSomethingIsWrong() {
        Rule rule = rule(Algorithm.PRIORITY, US, EU);

        assertThat(compile(rule, HealthView.NOTHING).decide(Client.ANYWHERE, 0).ttlSeconds())
                .isEqualTo(30);
        assertThat(compile(rule, believed(HealthStatus.HEALTHY, HealthStatus.DEGRADED))
                        .decide(Client.ANYWHERE, 0)
                        .ttlSeconds())
                .isEqualTo(15);
    }

    @Test
    void whoeverDecidesNeverAnswersAnUnhealthyTargetWhileAnotherServes() {
        Forall.cases(random -> {
            Rule rule = Tables.random(random);
            Believed health = Tables.randomHealth(random);
            CompiledRule compiled = compile(rule, health);
            boolean served = rule.targets().stream()
                    .anyMatch(target -> !rule.failover().enabled()
                            || health.of(WEB, target).status().serves());
            for (long k = 0; k < 50; k++) {
                Client client = new Client("europe", null, random.nextBoolean() ? "user-" + k : null);
                Choice choice = compiled.decide(client, random.nextLong());
                if (served) {
                    assertThat(!rule.failover().enabled()
                                    || health.of(WEB, choice.region()).status().serves())
                            .as("%s", choice)
                            .isTrue();
                } else if (rule.fallback().mode() == Fallback.Mode.FAIL_CLOSED && compiled.tier() == Tier.NONE) {
                    assertThat(choice.region()).isNull();
                } else {
                    assertThat(choice.region()).isNotNull();
                }
            }
        });
    }

    private static double share(CompiledRule rule, RegionId region) {
        int answered = 0;
        for (long k = 0; k < 10_000; k++) {
            answered += region.equals(rule.decide(Client.ANYWHERE, k).region()) ? 1 : 0;
        }
        return answered / 10_000.0;
    }

    @Test
    void aTargetThatMayHaveATenthKeepsATenthOfItsClientsWhateverTheAlgorithm() {
        Believed warmsUp = believed(HealthStatus.HEALTHY, HealthStatus.HEALTHY).mayHave(US, 0.1);

        assertThat(share(compile(rule(Algorithm.WEIGHTED_ROUND_ROBIN, US, EU), warmsUp), US))
                .isCloseTo(0.05, within(0.002));
        assertThat(share(compile(rule(Algorithm.PRIORITY, US, EU), warmsUp), US))
                .isCloseTo(0.1, within(0.002));
        assertThat(share(compile(rule(Algorithm.LEAST_CONNECTIONS, US, EU), warmsUp), US))
                .isCloseTo(0.05, within(0.01));
    }

    @Test
    void aDrainWithABudgetForSessionsSendsNobodyNewAndKeepsWhoHasAKey() {
        Rule sticky =
                with(rule(Algorithm.WEIGHTED_ROUND_ROBIN, US, EU, ASIA), true, true, Fallback.OPEN, RuleStatus.ACTIVE);
        CompiledRule before = compile(sticky, new Believed());
        CompiledRule drains = compile(sticky, new Believed().leaves(US, 0, 1));
        CompiledRule over = compile(sticky, new Believed().leaves(US, 0, 0));
        int sessions = 0;
        for (int i = 0; i < 500; i++) {
            Client client = new Client(null, null, "user-" + i);
            RegionId home = before.decide(client, i).region();
            sessions += US.equals(home) ? 1 : 0;
            assertThat(drains.decide(client, i).region()).isEqualTo(home);
            assertThat(over.decide(client, i).region()).isNotEqualTo(US);
            assertThat(drains.decide(Client.ANYWHERE, i).region()).isNotEqualTo(US);
        }
        assertThat(sessions).isGreaterThan(100);
    }

    @Test
    void aRuleThatHealthDoesNotMoveIsDrainedInStepsAllTheSame() {
        Rule fixed = with(rule(Algorithm.WEIGHTED_ROUND_ROBIN, US, EU), false, false, Fallback.OPEN, RuleStatus.ACTIVE);
        CompiledRule half = compile(fixed, new Believed().leaves(US, 0.5, 0.5));
        long us = LongStream.range(0, 1000)
                .filter(i -> US.equals(half.decide(Client.ANYWHERE, i).region()))
                .count();
        assertThat(us).isBetween(230L, 270L);
    }

    @Test
    void aClientWithAKeyIsAdmittedByItsKeyAndNotByChance() {
        Rule sticky =
                with(rule(Algorithm.WEIGHTED_ROUND_ROBIN, US, EU, ASIA), true, true, Fallback.OPEN, RuleStatus.ACTIVE);
        CompiledRule half = compile(sticky, new Believed().mayHave(US, 0.5));
        CompiledRule most = compile(sticky, new Believed().mayHave(US, 0.9));
        for (int i = 0; i < 500; i++) {
            Client client = new Client(null, null, "user-" + i);
            RegionId first = half.decide(client, 0).region();
            assertThat(half.decide(client, i).region()).isEqualTo(first);
            if (US.equals(first)) {
                assertThat(most.decide(client, i).region()).isEqualTo(US);
            }
        }
    }

    @Test
    void whatIsNotAdmittedSaysSo() {
        CompiledRule rule = compile(rule(Algorithm.PRIORITY, US, EU), new Believed().mayHave(US, 0.1));
        Set<Reason> reasons = new TreeSet<>();
        for (long k = 0; k < 100; k++) {
            Choice choice = rule.decide(Client.ANYWHERE, k);
            reasons.add(choice.reason());
            assertThat(choice.reason() == Reason.SPILL).isEqualTo(EU.equals(choice.region()));
        }
        assertThat(reasons).containsExactly(Reason.PRIORITY, Reason.SPILL);
    }

    @Test
    void aDegradedTargetHasTheShareThatTheRuleGivesIt() {
        HealthPolicy policy = new HealthPolicy(0, 0.25, Duration.ZERO, 0, 1, 1, 0);
        Rule rule = withPolicy(rule(Algorithm.WEIGHTED_ROUND_ROBIN, US, EU), policy);

        assertThat(share(compile(rule, believed(HealthStatus.DEGRADED, HealthStatus.HEALTHY)), US))
                .isCloseTo(0.125, within(0.002));
        assertThat(share(compile(rule, believed(HealthStatus.DEGRADED, HealthStatus.UNHEALTHY)), US))
                .isEqualTo(1);
    }

    @Test
    void belowThePanicThresholdHealthIsNotBelieved() {
        HealthPolicy policy = new HealthPolicy(0, 0, Duration.ZERO, 0.5, 1, 1, 0);
        Rule rule = withPolicy(rule(Algorithm.WEIGHTED_ROUND_ROBIN, US, EU, ASIA), policy);
        Believed twoDown = believed(HealthStatus.UNHEALTHY, HealthStatus.UNHEALTHY);

        CompiledRule panics = compile(rule, twoDown);
        assertThat(panics.tier()).isEqualTo(Tier.PANIC);
        assertThat(answered(panics, Client.ANYWHERE)).hasSize(3);
        assertThat(answered(compile(rule, twoDown.is(EU, HealthStatus.HEALTHY)), Client.ANYWHERE))
                .containsExactly("ap-southeast-1", "eu-west-1");
        assertThat(answered(
                        compile(
                                rule,
                                new Believed().is(US, HealthStatus.UNHEALTHY).ordered(EU, HealthStatus.UNHEALTHY)),
                        Client.ANYWHERE))
                .as("what an operator took out stays out in a panic")
                .containsExactly("ap-southeast-1", "us-east-1");
    }

    @Test
    void anOperatorIsObeyedEvenWhereHealthMovesNothing() {
        Rule rule = with(rule(Algorithm.PRIORITY, US, EU), false, false, Fallback.OPEN, RuleStatus.ACTIVE);

        assertThat(answered(compile(rule, new Believed().ordered(US, HealthStatus.UNHEALTHY)), Client.ANYWHERE))
                .containsExactly("eu-west-1");
    }

    @Test
    void theFirstLevelOfPriorityKeepsWhatItsEndpointsThatServeCanCarry() {
        Rule rule = rule(Algorithm.PRIORITY, US, EU);

        assertThat(share(compile(rule, new Believed().serves(US, 0.5, 0)), US)).isCloseTo(0.7, within(0.002));
        assertThat(share(compile(rule, new Believed().serves(US, 0.72, 0)), US)).isEqualTo(1);
    }

    @Test
    void clientsAreSentToTheEndpointThatServes() {
        Region eu = new Region(
                EU, List.of(URI.create("http://eu:80"), URI.create("http://eu:81")), null, 0, Set.of(), null);
        Rule rule = rule(Algorithm.PRIORITY, EU);

        assertThat(compile(rule, List.of(), List.of(eu), new Believed().serves(EU, 0.5, 1))
                        .decide(Client.ANYWHERE, 0)
                        .endpoint())
                .isEqualTo(URI.create("http://eu:81"));
        assertThat(compile(rule, List.of(), List.of(eu), new Believed().serves(EU, 0.5, 7))
                        .decide(Client.ANYWHERE, 0)
                        .endpoint())
                .as("a picture of before an endpoint was taken away")
                .isEqualTo(URI.create("http://eu:81"));
    }

    private static Region bounded(RegionId id, double capacity) {
        return new Region(id, List.of(), null, capacity, Set.of(), null);
    }

    private static CompiledRule filled(Rule rule, HealthView health, Demand demand, Region... regions) {
        CompiledRule compiled = new TableCompiler(US, 30, Tables.IDLE)
                .compile(RoutingTable.EMPTY, List.of(rule), List.of(), List.of(regions), health, demand, 0)
                .rule("web");
        assertThat(compiled).isNotNull();
        return compiled;
    }

    @Test
    void whatARegionHasNoRoomForGoesToTheNearestThatHas() {
        Rule rule = rule(Algorithm.PRIORITY, US, EU, ASIA);
        Demand demand = (id, target) -> target.equals(US) ? 200 : 0;
        CompiledRule compiled =
                filled(rule, HealthView.NOTHING, demand, bounded(US, 100), bounded(EU, 60), bounded(ASIA, 1000));

        // Filled to 95 %: 95 stay, 57 go to the next, the rest to the one after.
        assertThat(share(compiled, US)).isCloseTo(95 / 200.0, within(0.01));
        assertThat(share(compiled, EU)).isCloseTo(57 / 200.0, within(0.01));
        assertThat(share(compiled, ASIA)).isCloseTo(48 / 200.0, within(0.01));
    }

    @Test
    void theSurvivorsAreNotOverrunInTheSecondsBeforeTheirDemandIsMeasured() {
        Rule rule = rule(Algorithm.PRIORITY, US, EU, ASIA);
        // Measured while the first region was still there.
        Demand demand = (id, target) -> target.equals(US) ? 400 : 0;
        CompiledRule compiled = filled(
                rule,
                new Believed().is(US, HealthStatus.UNHEALTHY),
                demand,
                bounded(US, 600),
                bounded(EU, 200),
                bounded(ASIA, 300));

        assertThat(share(compiled, EU)).isCloseTo(190 / 400.0, within(0.01));
        assertThat(share(compiled, ASIA)).isCloseTo(210 / 400.0, within(0.01));
    }

    @Test
    void aRuleThatShedsRefusesWhatNobodyHasRoomForAndOneThatIsolatesStays() {
        Demand demand = (id, target) -> target.equals(US) ? 200 : 0;
        Rule plain = rule(Algorithm.PRIORITY, US, EU);
        CompiledRule sheds = filled(
                Tables.withFull(plain, WhenFull.SHED), HealthView.NOTHING, demand, bounded(US, 100), bounded(EU, 40));
        int refused = 0;
        for (long k = 0; k < 10_000; k++) {
            Choice choice = sheds.decide(Client.ANYWHERE, k);
            if (choice.region() == null) {
                assertThat(choice.reason()).isEqualTo(Reason.SHED);
                refused++;
            }
        }
        assertThat(refused / 10_000.0).isCloseTo(67 / 200.0, within(0.01));
        assertThat(share(sheds, US)).isCloseTo(95 / 200.0, within(0.01));

        CompiledRule isolates = filled(
                Tables.withFull(plain, WhenFull.ISOLATE),
                HealthView.NOTHING,
                demand,
                bounded(US, 100),
                bounded(EU, 40));
        assertThat(share(isolates, US)).isEqualTo(1);
    }

    @Test
    void aRegionWithoutACapacityTakesEverything() {
        Rule rule = rule(Algorithm.PRIORITY, US, EU);
        assertThat(share(filled(rule, HealthView.NOTHING, (id, target) -> 1e9, bounded(EU, 1)), US))
                .isEqualTo(1);
    }

    @Test
    void anExplanationIsTheDecision() {
        Forall.cases(random -> {
            CompiledRule compiled = compile(
                    Tables.random(random),
                    List.of(geographic("geo", "europe", 1, 50, WEB, EU, new RegionId("eu-central-1"))),
                    List.of(),
                    Tables.randomHealth(random));
            for (int i = 0; i < 20; i++) {
                Client client = new Client(
                        random.nextBoolean() ? "europe" : "us-west",
                        random.nextBoolean()
                                ? new Coordinate(random.nextInt(180) - 90, random.nextInt(360) - 180)
                                : null,
                        random.nextBoolean() ? "user-" + random.nextInt() : null);
                long sequence = random.nextLong();
                Explanation explanation = Explanation.of(compiled, client, sequence);

                assertThat(explanation.choice()).isSameAs(compiled.decide(client, sequence));
                assertThat(explanation.candidates())
                        .hasSize(compiled.rule().targets().size());
                for (Explanation.Candidate candidate : explanation.candidates()) {
                    assertThat(candidate.chosen())
                            .isEqualTo(explanation.choice().target() >= 0
                                    && candidate
                                            .region()
                                            .equals(explanation.choice().region()));
                    assertThat(candidate.chosen() && !candidate.removedBy().isEmpty())
                            .isFalse();
                }
            }
        });
    }

    @Test
    void onlyWhatChangedIsCompiledAgain() {
        TableCompiler compiler = new TableCompiler(US, 30, Tables.IDLE);
        Rule shop = rule(new RuleId("shop"), Algorithm.PRIORITY, List.of(US, ASIA));
        Rule near = rule(new RuleId("near"), Algorithm.GEOGRAPHIC, List.of(US, EU));
        List<Rule> rules = List.of(rule(Algorithm.PRIORITY, US, EU), shop, near);
        RoutingTable first =
                compiler.compile(RoutingTable.EMPTY, rules, List.of(), List.of(), HealthView.NOTHING, Demand.NONE, 0);
        RoutingTable second = compiler.compile(
                first, rules, List.of(), List.of(), new Believed().is(EU, HealthStatus.UNHEALTHY), Demand.NONE, 0);
        Region berlin =
                new Region(new RegionId("berlin"), List.of(), new Coordinate(52.5, 13.4), 0, Set.of("europe"), null);
        RoutingTable third = compiler.compile(
                second,
                rules,
                List.of(),
                List.of(berlin),
                new Believed().is(EU, HealthStatus.UNHEALTHY),
                Demand.NONE,
                0);

        assertThat(second.version()).isEqualTo(first.version() + 1);
        assertThat(second.rule("shop")).isSameAs(first.rule("shop"));
        assertThat(second.rule("web")).isNotSameAs(first.rule("web"));
        assertThat(third.rule("web")).isSameAs(second.rule("web"));
        assertThat(third.rule("near")).isNotSameAs(second.rule("near"));
    }

    @Test
    void asManyRegionsStayInServiceAsTheRuleSaysHoweverManyAreDrained() {
        Rule two =
                Tables.withSafety(rule(Algorithm.WEIGHTED_ROUND_ROBIN, US, EU, ASIA), new SafetyRules(2, 1, List.of()));
        Believed drained = new Believed()
                .is(ASIA, HealthStatus.HEALTHY)
                .ordered(US, HealthStatus.DRAINING)
                .ordered(EU, HealthStatus.DRAINING);

        CompiledRule compiled = compile(two, drained);
        assertThat(compiled.tier()).isEqualTo(Tier.SERVING);
        assertThat(compiled.isCandidate(0)).as("named first").isTrue();
        assertThat(compiled.isCandidate(1)).isFalse();
        assertThat(share(compiled, US)).isCloseTo(0.5, within(0.01));

        drained.ordered(ASIA, HealthStatus.DRAINING);
        assertThat(compile(rule(Algorithm.PRIORITY, US, EU, ASIA), drained).tier())
                .as("with one region the fallback says")
                .isEqualTo(Tier.FAIL_OPEN);
        drained.ordered(US, HealthStatus.UNHEALTHY).ordered(EU, HealthStatus.UNHEALTHY);
        assertThat(compile(two, drained).isCandidate(0))
                .as("what an operator calls broken is not kept in service")
                .isFalse();
    }

    @Test
    void trafficMovesNoFasterThanTheRuleSays() {
        TableCompiler compiler = new TableCompiler(US, 30, Tables.IDLE);
        Rule slow = Tables.withSafety(rule(Algorithm.PRIORITY, US, EU), new SafetyRules(1, 0.25, List.of()));
        Believed health = new Believed().is(US, HealthStatus.HEALTHY).is(EU, HealthStatus.HEALTHY);
        RoutingTable table =
                compiler.compile(RoutingTable.EMPTY, List.of(slow), List.of(), List.of(), health, Demand.NONE, 0);
        assertThat(share(table.rule("web"), US)).isEqualTo(1);

        health.is(US, HealthStatus.UNHEALTHY);
        for (int minute = 0; minute < 4; minute++) {
            for (int second = 0; second < 60; second += 7) {
                table = compiler.compile(
                        table,
                        List.of(slow),
                        List.of(),
                        List.of(),
                        health,
                        Demand.NONE,
                        1 + minute * 60_000 + second * 1000);
                assertThat(share(table.rule("web"), EU)).isCloseTo(0.25 * (minute + 1), within(0.01));
            }
        }
        assertThat(table.rule("web").heldBack()).isZero();
    }

    @Test
    void whatIsHeldBackGoesWhereItWentBeforeAndSaysSo() {
        TableCompiler compiler = new TableCompiler(US, 30, Tables.IDLE);
        Rule slow = Tables.withSafety(rule(Algorithm.PRIORITY, US, EU), new SafetyRules(1, 0.01, List.of()));
        Believed health = new Believed().is(US, HealthStatus.HEALTHY).is(EU, HealthStatus.HEALTHY);
        RoutingTable before =
                compiler.compile(RoutingTable.EMPTY, List.of(slow), List.of(), List.of(), health, Demand.NONE, 0);
        RoutingTable after = compiler.compile(
                before, List.of(slow), List.of(), List.of(), health.is(US, HealthStatus.UNHEALTHY), Demand.NONE, 1);
        long held = LongStream.range(0, 1000)
                .mapToObj(sequence -> after.rule("web").decide(Client.ANYWHERE, sequence))
                .filter(choice -> choice.reason() == Reason.HELD_BACK && US.equals(choice.region()))
                .count();
        assertThat(held).isBetween(980L, 1000L);
    }

    @Test
    void pausedRulesAreNotInTheTable() {
        Rule paused = with(rule(Algorithm.PRIORITY, US), true, false, Fallback.OPEN, RuleStatus.PAUSED);

        assertThat(new TableCompiler(US, 30, Tables.IDLE)
                        .compile(
                                RoutingTable.EMPTY,
                                List.of(paused),
                                List.of(),
                                List.of(),
                                HealthView.NOTHING,
                                Demand.NONE,
                                0)
                        .rules())
                .isEmpty();
    }

    @Test
    void aTargetIsReachedAtTheRulesOwnAddressOrElseAtItsRegions() {
        Region eu = new Region(
                EU, List.of(URI.create("http://eu:80"), URI.create("http://eu:81")), null, 0, Set.of(), null);
        Rule plain = rule(Algorithm.PRIORITY, EU);
        Rule own = new Rule(
                WEB,
                "Web",
                Algorithm.PRIORITY,
                List.of(EU),
                Map.of(EU, 1.0),
                Map.of(EU, URI.create("http://own:80")),
                plain.health(),
                plain.failover(),
                false,
                Fallback.OPEN,
                RuleStatus.ACTIVE);

        assertThat(compile(plain, List.of(), List.of(eu), HealthView.NOTHING)
                        .decide(Client.ANYWHERE, 0)
                        .endpoint())
                .isEqualTo(URI.create("http://eu:80"));
        assertThat(compile(own, List.of(), List.of(eu), HealthView.NOTHING)
                        .decide(Client.ANYWHERE, 0)
                        .endpoint())
                .isEqualTo(URI.create("http://own:80"));
        assertThat(compile(plain, HealthView.NOTHING).decide(Client.ANYWHERE, 0).endpoint())
                .isNull();
    }

    @Test
    void aTargetWithoutAnEndpointIsNeverAnsweredWhileAnotherTargetHasOne() {
        Region eu = new Region(EU, List.of(URI.create("http://eu:80")), null, 0, Set.of(), null);
        Forall.cases(random -> {
            Rule rule = Tables.random(random);
            Believed believed = new Believed();
            rule.targets()
                    .forEach(target ->
                            believed.is(target, HealthStatus.values()[random.nextInt(HealthStatus.values().length)]));
            CompiledRule compiled = compile(rule, List.of(), List.of(eu), believed);
            for (int i = 0; i < 20; i++) {
                Client client = new Client(null, null, random.nextBoolean() ? "key-" + random.nextInt(9) : null);
                Choice choice = compiled.decide(client, random.nextLong());
                if (choice.target() >= 0 && rule.targets().contains(EU)) {
                    assertThat(choice.region()).as(rule.toString()).isEqualTo(EU);
                    assertThat(choice.endpoint()).isEqualTo(URI.create("http://eu:80"));
                }
            }
        });
    }

    @Test
    void aRuleNoneOfWhoseTargetsHasAnEndpointGoesOnNamingThem() {
        CompiledRule compiled = compile(rule(Algorithm.WEIGHTED_ROUND_ROBIN, US, EU), HealthView.NOTHING);

        assertThat(compiled.decide(Client.ANYWHERE, 0).region()).isNotNull();
        assertThat(compiled.isCandidate(0)).isTrue();
        assertThat(compiled.isCandidate(1)).isTrue();
    }

    @Test
    void aTargetWithoutAnEndpointIsExplainedByThat() {
        Region eu = new Region(EU, List.of(URI.create("http://eu:80")), null, 0, Set.of(), null);
        CompiledRule compiled = compile(
                rule(Algorithm.PRIORITY, US, EU),
                List.of(),
                List.of(eu),
                believed(HealthStatus.HEALTHY, HealthStatus.HEALTHY));

        assertThat(Explanation.of(compiled, Client.ANYWHERE, 0).candidates())
                .extracting(Explanation.Candidate::removedBy)
                .containsExactly("endpoint", "");
    }

    @Test
    void theFallbackRegionIsAnsweredWithItsAddress() {
        RegionId south = new RegionId("sa-east-1");
        Region registered = new Region(south, List.of(URI.create("http://south:80")), null, 0, Set.of(), null);
        Rule rule = withFallback(rule(Algorithm.PRIORITY, US), Fallback.to(south));
        Choice choice = compile(rule, List.of(), List.of(registered), new Believed().is(US, HealthStatus.UNHEALTHY))
                .decide(Client.ANYWHERE, 0);

        assertThat(choice.region()).isEqualTo(south);
        assertThat(choice.endpoint()).isEqualTo(URI.create("http://south:80"));
        assertThat(choice.reason()).isEqualTo(Reason.FALLBACK_REGION);
        assertThat(choice.target()).isEqualTo(-1);
    }

    @Test
    void aFallbackRegionWithoutAnEndpointIsNoneWhileATargetHasOne() {
        Region us = new Region(US, List.of(URI.create("http://us:80")), null, 0, Set.of(), null);
        Rule rule = withFallback(rule(Algorithm.PRIORITY, US), Fallback.to(ASIA));
        CompiledRule compiled = compile(rule, List.of(), List.of(us), new Believed().is(US, HealthStatus.UNHEALTHY));

        assertThat(compiled.tier()).isEqualTo(Tier.NONE);
        assertThat(compiled.decide(Client.ANYWHERE, 0).region()).isNull();
        assertThat(compiled.decide(Client.ANYWHERE, 0).reason()).isEqualTo(Reason.NOTHING_SERVES);
    }
}
