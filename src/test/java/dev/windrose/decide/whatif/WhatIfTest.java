package dev.windrose.decide.whatif;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.windrose.decide.definition.Catalog;
import dev.windrose.decide.definition.Change;
import dev.windrose.decide.definition.DefinitionState;
import dev.windrose.decide.definition.Fields;
import dev.windrose.decide.definition.Stamp;
import dev.windrose.decide.failover.EvacuationPlan;
import dev.windrose.decide.health.Checks;
import dev.windrose.decide.route.Comparison;
import dev.windrose.decide.route.Demand;
import dev.windrose.model.Authority;
import dev.windrose.model.DefinitionKey;
import dev.windrose.model.HealthStatus;
import dev.windrose.model.HealthView;
import dev.windrose.model.RegionId;
import dev.windrose.model.RuleId;
import dev.windrose.model.TargetHealth;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two rules: web weighs us 3 and eu 1, api is served by eu alone. EU can take 100 requests per second. */
class WhatIfTest {

    private static final RegionId US = new RegionId("us-east-1");
    private static final RegionId EU = new RegionId("eu-west-1");
    private static final RuleId WEB = new RuleId("web");
    private static final RuleId API = new RuleId("api");
    private static final HealthView WELL = (rule, target) -> TargetHealth.of(HealthStatus.HEALTHY, Authority.PROBE, 10);

    private final WhatIf whatIf = new WhatIf(US);

    private static DefinitionState made(Map<String, String> fields) {
        return DefinitionState.EMPTY.after(
                new Change(Change.Kind.CREATED, fields, new Stamp(1, "us-east-1"), "tester", ""));
    }

    private static DefinitionState rule(List<RegionId> targets, String weights, Map<String, String> more) {
        Map<String, String> fields = new HashMap<>(more);
        fields.put(Fields.NAME, "a rule");
        fields.put(Fields.ALGORITHM, "weighted_round_robin");
        fields.put(Fields.TARGET_REGIONS, Fields.list(targets));
        fields.put(Fields.WEIGHTS, weights);
        return made(fields);
    }

    private static Catalog catalog(Map<String, String> webMore) {
        return Catalog.empty(Checks.DEFAULTS)
                .with(Map.of(
                        DefinitionKey.rule(WEB),
                        rule(List.of(US, EU), "us-east-1=3 eu-west-1=1", webMore),
                        DefinitionKey.rule(API),
                        rule(List.of(EU), "eu-west-1=1", Map.of()),
                        DefinitionKey.region(US),
                        made(Map.of(Fields.ENDPOINTS, "http://us.test:80", Fields.CAPACITY, "0")),
                        DefinitionKey.region(EU),
                        made(Map.of(Fields.ENDPOINTS, "http://eu.test:80", Fields.CAPACITY, "100"))));
    }

    private static Scenario now(Demand demand, Map<String, String> webMore) {
        Catalog catalog = catalog(webMore);
        return new Scenario(catalog, catalog.regions().values(), WELL, demand);
    }

    /** @param web requests per second of its clients, in the parts of its weights */
    private static Demand wanted(double web, double api) {
        return (rule, target) -> rule.equals(WEB)
                ? target.equals(US) ? web * 0.75 : target.equals(EU) ? web * 0.25 : 0
                : rule.equals(API) && target.equals(EU) ? api : 0;
    }

    @ParameterizedTest(name = "web {0}/s, api {1}/s, {2} {3}: moved {4}, us {5}/s, eu {6}/s, over: {7}")
    @CsvSource({
        "40, 40, us-east-1, healthy,   0,     30,  50, ''",
        "40, 40, us-east-1, unhealthy, 0.375, 0,   80, ''",
        "80, 40, us-east-1, unhealthy, 0.5,   0,  120, eu-west-1",
        "80, 40, us-east-1, draining,  0.5,   0,  120, eu-west-1",
        "40, 40, eu-west-1, unhealthy, 0.625, 40,   0, ''", // api has nobody else: nobody carries it
        "0,  0,  us-east-1, unhealthy, 0.375, 0,    0, ''", // without rates every rule counts the same
    })
    void anOutageMovesWhatItMovesInTheTable(
            double web, double api, String region, String status, double moved, double us, double eu, String over) {
        Scenario now = now(wanted(web, api), Map.of());
        HealthStatus said = HealthStatus.named(status);
        assertThat(said).isNotNull();

        Comparison comparison = whatIf.compare(now, now.with(Map.of(new RegionId(region), said)), Map.of());

        assertThat(comparison.moved()).isCloseTo(moved, within(1e-9));
        assertThat(comparison.after().getOrDefault(US, 0.0)).isCloseTo(us, within(1e-9));
        assertThat(comparison.after().getOrDefault(EU, 0.0)).isCloseTo(eu, within(1e-9));
        assertThat(String.join(
                        " ", comparison.over().stream().map(RegionId::value).toList()))
                .isEqualTo(over);
    }

    @Test
    void aRateThatIsSaidCountsInsteadOfWhatWasMeasured() {
        Scenario now = now(Demand.NONE, Map.of());

        Comparison comparison = whatIf.compare(now, now.with(Map.of(US, HealthStatus.UNHEALTHY)), Map.of(WEB, 200.0));

        assertThat(comparison.before()).containsEntry(US, 150.0).containsEntry(EU, 50.0);
        assertThat(comparison.after()).containsEntry(EU, 200.0);
        assertThat(comparison.over()).containsExactly(EU);
        assertThat(comparison.rules().stream()
                        .filter(rule -> rule.rule().equals(WEB))
                        .findFirst()
                        .orElseThrow()
                        .rate())
                .isEqualTo(200);
    }

    @Test
    void anEditOfARegionMakesItsDeclaredCapacityHold() {
        Scenario now = now(wanted(80, 40), Map.of());
        DefinitionKey eu = DefinitionKey.region(EU);
        DefinitionState wider = now.catalog()
                .states()
                .getOrDefault(eu, DefinitionState.EMPTY)
                .after(new Change(
                        Change.Kind.CHANGED, Map.of(Fields.CAPACITY, "500"), new Stamp(2, "us-east-1"), "tester", ""));
        Scenario then = now.with(Map.of(US, HealthStatus.UNHEALTHY));

        assertThat(whatIf.compare(now, then, Map.of()).over()).containsExactly(EU);
        assertThat(whatIf.compare(now, then.edited(Map.of(eu, wider)), Map.of()).over())
                .isEmpty();
    }

    @ParameterizedTest(name = "web {0}/s, {1}, residency [{2}]: over [{3}], would stay [{4}]")
    @CsvSource({
        "40, us-east-1, '',                       '',        ''",
        "80, us-east-1, '',                       eu-west-1, ''",
        "40, eu-west-1, '',                       '',        api", // nobody else serves it
        "40, us-east-1, 'us=us-east-1 *=eu-west-1', '',      web", // Americans may be served nowhere else
    })
    void anEvacuationIsUnsafeWhereItWouldOverloadOrLeaveClientsBehind(
            double web, String region, String residency, String over, String stay) {
        Scenario now = now(wanted(web, 40), residency.isEmpty() ? Map.of() : Map.of(Fields.RESIDENCY, residency));

        EvacuationPlan plan = whatIf.evacuation(now, new RegionId(region));

        assertThat(String.join(" ", plan.over().stream().map(RegionId::value).toList()))
                .isEqualTo(over);
        assertThat(String.join(" ", plan.unsafe().stream().map(RuleId::value).toList()))
                .isEqualTo(stay);
        assertThat(plan.safe()).isEqualTo(over.isEmpty() && stay.isEmpty());
    }

    @Test
    void whatIsTriedDoesNotTouchWhatIs() {
        Scenario now = now(wanted(40, 40), Map.of());

        whatIf.compare(now, now.with(Map.of(US, HealthStatus.UNHEALTHY)), Map.of(WEB, 1e6));

        assertThat(whatIf.compare(now, now, Map.of()).moved()).isZero();
        assertThat(now.rates()).containsEntry(WEB, 40.0).containsEntry(API, 40.0);
        assertThat(now.capacities()).containsOnlyKeys(EU);
    }
}
