package dev.windrose.decide.definition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.decide.health.Checks;
import dev.windrose.model.DefinitionKey;
import dev.windrose.model.GeographicRule;
import dev.windrose.model.Region;
import dev.windrose.model.RegionId;
import dev.windrose.model.Rule;
import dev.windrose.model.RuleId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.assertj.core.api.ListAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WarningsTest {

    private final Map<RuleId, Rule> rules = new TreeMap<>();
    private final Map<RuleId, GeographicRule> geographicRules = new TreeMap<>();
    private final Map<RegionId, Region> regions = new TreeMap<>();
    private Set<RegionId> observers = Set.of(new RegionId("us-east-1"), new RegionId("eu-west-1"));

    @BeforeEach
    void twoRegionsThatServe() {
        region("us-east-1", "http://10.0.1.1");
        region("eu-west-1", "http://10.0.2.1");
    }

    private static DefinitionState state(Map<String, String> fields) {
        return DefinitionState.EMPTY.after(new Change(Change.Kind.CREATED, fields, new Stamp(1, "a"), "tester", ""));
    }

    private void region(String name, String endpoints) {
        Region region = DefinitionCodec.region(name, state(Map.of(Fields.ENDPOINTS, endpoints)));
        assertThat(region).isNotNull();
        regions.put(new RegionId(name), region);
    }

    private void rule(String... fieldsAndTexts) {
        Map<String, String> fields = new HashMap<>(Map.of(
                Fields.NAME, "Web",
                Fields.ALGORITHM, "weighted_round_robin",
                Fields.TARGET_REGIONS, "us-east-1 eu-west-1"));
        for (int i = 0; i < fieldsAndTexts.length; i += 2) {
            fields.put(fieldsAndTexts[i], fieldsAndTexts[i + 1]);
        }
        Rule rule = DefinitionCodec.rule("web", state(fields), Checks.DEFAULTS);
        assertThat(rule).isNotNull();
        rules.put(rule.id(), rule);
    }

    private ListAssert<String> warningsOf(DefinitionKey.Kind kind, String name) {
        return assertThat(new Warnings(new Warnings.Known(rules, geographicRules, regions, observers))
                .of(new DefinitionKey(kind, name)));
    }

    private ListAssert<String> warningsOfRule(String... fieldsAndTexts) {
        rule(fieldsAndTexts);
        return warningsOf(DefinitionKey.Kind.RULE, "web");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "Authorization, true",
        "cookie, true",
        "X-Api-Key, true",
        "X-Auth-User, true",
        "X-Probe, false",
        "Accept, false",
    })
    void aHeaderOfACheckThatLooksLikeASecretIsWarnedOf(String header, boolean warned) {
        rule(Fields.HEALTH_CHECK, "headers=" + RequestText.encoded(Map.of(header, "Bearer hunter2")));

        List<String> warnings = new Warnings(new Warnings.Known(rules, geographicRules, regions, observers))
                .of(DefinitionKey.rule(new RuleId("web")));

        assertThat(warnings.stream().filter(each -> each.startsWith("health_check.headers: " + header + " looks")))
                .hasSize(warned ? 1 : 0);
        assertThat(String.join(" ", warnings)).doesNotContain("hunter2");
    }

    private ListAssert<String> warningsOfGeographicRule(String sources, String targets, String thresholdMs) {
        GeographicRule rule = DefinitionCodec.geographicRule(
                "near",
                state(Map.of(
                        Fields.SOURCE_REGIONS, sources,
                        Fields.TARGET_REGIONS, targets,
                        Fields.LATENCY_THRESHOLD_MS, thresholdMs)));
        assertThat(rule).isNotNull();
        geographicRules.put(rule.id(), rule);
        return warningsOf(DefinitionKey.Kind.GEOGRAPHIC_RULE, "near");
    }

    @Test
    void aUsualRuleHasNone() {
        warningsOfRule(Fields.RESIDENCY, "europe=eu-west-1 *=us-east-1", Fields.HEALTH_POLICY, "panic_below=0.6")
                .isEmpty();
    }

    @Test
    void aDefinitionThatIsNotThereHasNone() {
        warningsOf(DefinitionKey.Kind.RULE, "nobody").isEmpty();
        warningsOf(DefinitionKey.Kind.REGION, "nowhere").isEmpty();
        warningsOf(DefinitionKey.Kind.GEOGRAPHIC_RULE, "nobody").isEmpty();
    }

    @Test
    void aTargetWithoutAnEndpointIsNamedWhileAnotherOneHasOne() {
        warningsOfRule(Fields.TARGET_REGIONS, "us-east-1 us-west-2")
                .singleElement()
                .asString()
                .startsWith("target_regions: no endpoint for us-west-2, so no client is sent there");
    }

    @Test
    void aRuleNoneOfWhoseTargetsHasAnEndpointNamesRegionsAndThatIsMeant() {
        regions.clear();

        warningsOfRule().isEmpty();
    }

    @Test
    void theRulesOwnEndpointIsOne() {
        warningsOfRule(Fields.TARGET_REGIONS, "us-east-1 us-west-2", Fields.ENDPOINTS, "us-west-2=http://10.0.3.1")
                .isEmpty();
    }

    @Test
    void aFallbackRegionWithoutAnEndpointIsNamed() {
        warningsOfRule(Fields.FALLBACK, "region:us-west-2")
                .singleElement()
                .asString()
                .startsWith("fallback: us-west-2 has no endpoint");
    }

    @Test
    void weightsOnNothingButTargetsWithoutEndpointsAreNamed() {
        warningsOfRule(Fields.TARGET_REGIONS, "us-east-1 us-west-2", Fields.WEIGHTS, "us-east-1=0 us-west-2=1")
                .hasSize(2)
                .anyMatch(warning -> warning.startsWith("weights: every target that has an endpoint has weight 0"));
    }

    @Test
    void oneEndpointOfSeveralTargetsIsNamed() {
        region("eu-west-1", "http://10.0.1.1");

        warningsOfRule()
                .singleElement()
                .asString()
                .startsWith("endpoints: http://10.0.1.1 is the same for us-east-1, eu-west-1");
    }

    @Test
    void oneObserverIsNamed() {
        observers = Set.of(new RegionId("us-east-1"));

        warningsOfRule().singleElement().asString().startsWith("observers: only us-east-1 checks the targets");
    }

    @Test
    void aResidencyWithoutAnEntryForEverybodyElseIsNamed() {
        warningsOfRule(Fields.RESIDENCY, "europe=eu-west-1")
                .singleElement()
                .asString()
                .startsWith("residency: no entry '*'");
    }

    @Test
    void aResidencyOfAnUnknownPlaceOrOfNoTargetIsNamed() {
        warningsOfRule(Fields.RESIDENCY, "euorpe=eu-west-1 asia=ap-southeast-1 *=us-east-1")
                .hasSize(2)
                .anyMatch(warning -> warning.startsWith("residency: unknown place euorpe, "))
                .anyMatch(warning -> warning.startsWith("residency.asia: none of ap-southeast-1 is a target"));
    }

    @ParameterizedTest
    @CsvSource({
        "health_policy, panic_below=0.5, health_policy.panic_below: 0.5 is never reached",
        "health_policy, failover_below=0.5, health_policy.failover_below: 0.5 has no effect",
        "health_check, healthy_latency_ms=6000 degraded_latency_ms=7000, health_check.healthy_latency_ms: 6000 is never",
        "monitor.login, healthy_latency_ms=6000 degraded_latency_ms=7000, monitors.login.healthy_latency_ms: 6000 is never",
        "safety, min_regions=2, safety.min_regions: 2 is the number of targets",
    })
    void aThresholdThatIsNeverReachedIsNamed(String field, String text, String expected) {
        warningsOfRule(field, text).singleElement().asString().startsWith(expected);
    }

    @Test
    void aThresholdThatIsReachedIsNotNamed() {
        region("eu-west-1", "http://10.0.2.1 http://10.0.2.2");

        warningsOfRule(Fields.HEALTH_POLICY, "failover_below=0.5 panic_below=0.51", Fields.SAFETY, "min_regions=1")
                .isEmpty();
    }

    @Test
    void anUnknownPlaceInAGeographicRuleIsNamed() {
        warningsOfGeographicRule("euorpe germanyy europe de eu-west-9", "eu-west-1", "100")
                .singleElement()
                .asString()
                .startsWith("source_regions: unknown place euorpe, germanyy, ");
    }

    @Test
    void aPlaceThatARegionDeclaresIsKnown() {
        Region region = DefinitionCodec.region(
                "on-prem", state(Map.of(Fields.ENDPOINTS, "http://10.9.0.1", Fields.AREAS, "factory")));
        assertThat(region).isNotNull();
        regions.put(region.id(), region);

        warningsOfGeographicRule("factory on-prem", "eu-west-1", "100").isEmpty();
    }

    @Test
    void ATargetThatNoRuleHasIsNamed() {
        rule(Fields.ALGORITHM, "geographic");

        warningsOfGeographicRule("europe", "eu-west-1 eu-central-1", "100")
                .singleElement()
                .asString()
                .startsWith("target_regions: eu-central-1 not among the targets of any rule with algorithm geographic");
    }

    @Test
    void aLatencyThresholdThatNoRoundTripCanMeetIsNamed() {
        warningsOfGeographicRule("eu-west-1", "us-east-1", "20")
                .singleElement()
                .asString()
                .startsWith(
                        "latency_threshold_ms: 20 is less than the round trip over the distance from every source to us-east-1 can be");
        warningsOfGeographicRule("europe eu-west-1", "eu-west-1 eu-central-1", "20")
                .isEmpty();
        warningsOfGeographicRule("eu-west-1", "us-east-1", "100").isEmpty();
    }

    @Test
    void oneEndpointTwiceInARegionOrInAnotherOneIsNamed() {
        region("us-west-2", "http://10.0.3.1 http://10.0.3.1 http://10.0.1.1");

        warningsOf(DefinitionKey.Kind.REGION, "us-west-2")
                .hasSize(2)
                .anyMatch(warning -> warning.startsWith("endpoints: http://10.0.3.1 is listed twice"))
                .anyMatch(warning ->
                        warning.startsWith("endpoints: http://10.0.1.1 is an endpoint of us-east-1 as well"));
    }

    @Test
    void aRegionThatTheCallerMayNotSeeIsNotNamed() {
        region("us-west-2", "http://10.0.1.1");

        assertThat(new Warnings(new Warnings.Known(rules, geographicRules, regions, observers))
                        .of(regions.get(new RegionId("us-west-2")), region -> false))
                .isEqualTo(List.of());
    }

    @Test
    void aResidencyWithoutEverybodyElseSaysWhereThoseGoOfWhomNobodyKnowsWhereTheyAre() {
        warningsOfRule(Fields.RESIDENCY, "de=eu-west-1 uk=us-east-1")
                .anyMatch(warning -> warning.contains("unknown location are refused"));
        warningsOfRule(Fields.RESIDENCY, "de=eu-west-1,us-east-1 uk=us-east-1")
                .anyMatch(warning -> warning.contains("only in us-east-1, which every entry allows"))
                .noneMatch(warning -> warning.contains("unknown place"));
    }
}
