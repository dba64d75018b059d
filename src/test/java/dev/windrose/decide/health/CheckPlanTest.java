package dev.windrose.decide.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.windrose.Forall;
import dev.windrose.model.Algorithm;
import dev.windrose.model.Coordinate;
import dev.windrose.model.Fallback;
import dev.windrose.model.HealthCheck;
import dev.windrose.model.Region;
import dev.windrose.model.RegionId;
import dev.windrose.model.Rule;
import dev.windrose.model.RuleFailover;
import dev.windrose.model.RuleHealth;
import dev.windrose.model.RuleId;
import dev.windrose.model.RuleStatus;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CheckPlanTest {

    private static final RegionId US = new RegionId("us-east-1");
    private static final RegionId EU = new RegionId("eu-west-1");
    private static final RegionId NOWHERE = new RegionId("nowhere-1");
    private static final List<Region> REGIONS = List.of(region(US, 9001), region(EU, 9002));

    @Test
    void checksEachTargetOnceHoweverManyRulesNameIt() {
        CheckPlan plan = CheckPlan.of(List.of(rule("a", US, EU), rule("b", EU, US)), REGIONS, US, 100);

        assertThat(plan.checks()).hasSize(2);
        assertThat(plan.byRule().get(new RuleId("a"))).isEqualTo(plan.byRule().get(new RuleId("b")));
        assertThat(plan.unchecked()).isEmpty();
    }

    @Test
    void checksTheRulesOwnEndpointBeforeTheRegions() {
        Rule own = rule("a", Map.of(EU, URI.create("http://127.0.0.1:7000/shop")), Checks.HTTP, US, EU);
        CheckPlan plan = CheckPlan.of(List.of(own), REGIONS, US, 100);

        assertThat(endpoint(plan, "a", EU)).isEqualTo(URI.create("http://127.0.0.1:7000/shop"));
        assertThat(endpoint(plan, "a", US)).isEqualTo(URI.create("http://127.0.0.1:9001"));
    }

    @Test
    void checksTheSameTargetTwiceWhenRulesJudgeItDifferently() {
        Rule strict = rule("strict", Map.of(), Checks.http(1, 1), US);
        Rule mild = rule("mild", Map.of(), Checks.http(2, 5), US);

        assertThat(CheckPlan.of(List.of(strict, mild), REGIONS, US, 100).checks())
                .hasSize(2);
    }

    @Test
    void namesTheTargetsWithoutAnEndpointThatNobodyChecks() {
        CheckPlan plan = CheckPlan.of(List.of(rule("a", US, NOWHERE)), REGIONS, US, 100);

        assertThat(plan.byRule().get(new RuleId("a"))).containsOnlyKeys(US);
        assertThat(plan.unchecked()).isEqualTo(Map.of(new RuleId("a"), Set.of(NOWHERE)));
        assertThat(plan.leftOut()).isZero();
    }

    @Test
    void checksTheRegionThatARuleFallsBackToBeforeItIsNeeded() {
        Rule rule = rule("a", US);
        Rule falling = new Rule(
                rule.id(),
                rule.name(),
                rule.algorithm(),
                rule.targets(),
                rule.weights(),
                rule.endpoints(),
                rule.health(),
                rule.failover(),
                rule.geography(),
                rule.sessionAffinity(),
                Fallback.to(EU),
                rule.status());
        CheckPlan plan = CheckPlan.of(List.of(falling), REGIONS, US, 100);

        assertThat(plan.byRule().get(new RuleId("a"))).containsOnlyKeys(US, EU);
        assertThat(endpoint(plan, "a", EU)).isEqualTo(URI.create("http://127.0.0.1:9002"));
        assertThat(plan.checks()).hasSize(2);
    }

    @Test
    void allowsForTheWayOnlyToOtherRegions() {
        CheckPlan plan = CheckPlan.of(List.of(rule("a", US, EU)), REGIONS, US, 100);

        assertThat(check(plan, "a", US).allowanceMs()).isZero();
        // Virginia to Dublin: 5,500 km.
        assertThat(check(plan, "a", EU).allowanceMs()).isCloseTo(127, within(4.0));
    }

    @Test
    void allowsNothingWhereNobodyKnowsWhereItIs() {
        Region unplaced = new Region(NOWHERE, List.of(URI.create("http://127.0.0.1:1")), null, 0, Set.of(), null);

        assertThat(check(CheckPlan.of(List.of(rule("a", NOWHERE)), List.of(unplaced), US, 9), "a", NOWHERE)
                        .allowanceMs())
                .isZero();
    }

    @Test
    void takesARegisteredPlaceBeforeTheOneThatTheNameSays() {
        Region moved = new Region(
                EU, List.of(URI.create("http://127.0.0.1:1")), new Coordinate(38.9, -77.4), 0, Set.of(), null);

        assertThat(check(CheckPlan.of(List.of(rule("a", EU)), List.of(moved), US, 9), "a", EU)
                        .allowanceMs())
                .isLessThan(40);
    }

    @Test
    void leavesOutTheSameTargetsInEveryRegionWhenThereAreTooMany() {
        Forall.cases(random -> {
            List<Rule> rules = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                rules.add(rule(
                        "rule-" + i,
                        Map.of(EU, URI.create("http://127.0.0.1:" + (7000 + random.nextInt(8)))),
                        Checks.HTTP,
                        US,
                        EU));
            }
            int atMost = 1 + random.nextInt(10);
            CheckPlan here = CheckPlan.of(rules, REGIONS, US, atMost);
            Collections.shuffle(rules, random);
            CheckPlan there = CheckPlan.of(rules, REGIONS, EU, atMost);

            assertThat(here.checks().size()).isLessThanOrEqualTo(atMost);
            assertThat(here.checks().keySet()).isEqualTo(there.checks().keySet());
            assertThat(here.unchecked()).isEqualTo(there.unchecked());
            assertThat(here.leftOut()).isEqualTo(there.leftOut());
            assertThat(here.leftOut() == 0).isEqualTo(here.unchecked().isEmpty());
        });
    }

    public static Rule rule(String id, RegionId... targets) {
        return rule(id, Map.of(), Checks.HTTP, targets);
    }

    static Rule rule(String id, Map<RegionId, URI> endpoints, HealthCheck check, RegionId... targets) {
        return new Rule(
                new RuleId(id),
                id,
                Algorithm.WEIGHTED_ROUND_ROBIN,
                Arrays.asList(targets),
                Map.of(),
                endpoints,
                RuleHealth.of(check),
                RuleFailover.of(true),
                false,
                Fallback.OPEN,
                RuleStatus.ACTIVE);
    }

    private static Region region(RegionId id, int port) {
        return new Region(id, List.of(URI.create("http://127.0.0.1:" + port)), null, 0, Set.of(), null);
    }

    private static CheckPlan.Check check(CheckPlan plan, String rule, RegionId region) {
        return plan.checks()
                .get(plan.byRule()
                        .get(new RuleId(rule))
                        .get(region)
                        .get(0)
                        .looks()
                        .get(0)
                        .checkId());
    }

    private static URI endpoint(CheckPlan plan, String rule, RegionId region) {
        return check(plan, rule, region).endpoint();
    }
}
