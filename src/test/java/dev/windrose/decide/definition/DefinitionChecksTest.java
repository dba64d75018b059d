package dev.windrose.decide.definition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.decide.health.Checks;
import dev.windrose.model.DefinitionKey;
import dev.windrose.model.FailoverMark;
import dev.windrose.model.RegionId;
import dev.windrose.model.RuleId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DefinitionChecksTest {

    private static final Map<String, String> RULE = Map.of(
            Fields.NAME, "Web",
            Fields.ALGORITHM, "weighted_round_robin",
            Fields.TARGET_REGIONS, "us-east-1 eu-west-1",
            Fields.WEIGHTS, "eu-west-1=0.5 us-east-1=0.5");

    private static final Map<String, String> GEOGRAPHIC_RULE =
            Map.of(Fields.SOURCE_REGIONS, "europe", Fields.TARGET_REGIONS, "eu-west-1");

    private static final Map<String, String> REGION = Map.of(Fields.ENDPOINTS, "http://10.0.0.1:8080");

    private static List<String> problems(
            DefinitionKey.Kind kind, Map<String, String> right, String field, String text) {
        Map<String, String> fields = new HashMap<>(right);
        fields.put(field, text);
        DefinitionState state = DefinitionState.EMPTY.after(
                new Change(Change.Kind.CREATED, fields, new Stamp(1, "us-east-1"), "tester", ""));
        return DefinitionChecks.problems(new DefinitionKey(kind, "web"), state, Checks.DEFAULTS);
    }

    private static final DefinitionKey WEB = new DefinitionKey(DefinitionKey.Kind.RULE, "web");

    /** Side one takes a target out, side two gives it a weight; both were right, and what they merge into is not. */
    private static DefinitionState merged() {
        DefinitionState made = DefinitionState.EMPTY.after(
                new Change(Change.Kind.CREATED, RULE, new Stamp(1, "us-east-1"), "tester", ""));
        DefinitionState one =
                after(made, Map.of(Fields.TARGET_REGIONS, "us-east-1 us-west-1", Fields.ENDPOINTS, ""), 2, "a");
        DefinitionState two = after(made, Map.of(Fields.WEIGHTS, "eu-west-1=1 us-east-1=3"), 3, "b");
        assertThat(DefinitionChecks.problems(WEB, made, two, Checks.DEFAULTS)).isEmpty();
        return one.merge(two);
    }

    private static DefinitionState after(DefinitionState state, Map<String, String> fields, long ms, String region) {
        return state.after(new Change(Change.Kind.CHANGED, fields, new Stamp(ms, region), "tester", ""));
    }

    private static List<String> broken(Map<String, String> fields) {
        DefinitionState merged = merged();
        assertThat(DefinitionChecks.problems(WEB, merged, Checks.DEFAULTS)).isNotEmpty();
        return DefinitionChecks.problems(WEB, merged, after(merged, fields, 9, "a"), Checks.DEFAULTS);
    }

    @Test
    void anEditIsRefusedForWhatItBreaksAndNotForWhatWasThere() {
        assertThat(broken(Map.of(Fields.NAME, "new name"))).isEmpty();
        assertThat(broken(Map.of("failover.us-east-1", "out=true at=5 by=a evidence=x")))
                .isEmpty();
        assertThat(broken(Map.of(Fields.STATUS, "paused"))).isEmpty();
        assertThat(broken(Map.of(Fields.WEIGHTS, "us-east-1=1 us-west-1=1"))).isEmpty();
        assertThat(broken(Map.of(Fields.TARGET_REGIONS, "us-east-1 eu-west-1"))).isEmpty();
        assertThat(broken(Map.of(Fields.STATUS, "sleeping")))
                .singleElement()
                .asString()
                .startsWith("status: ");
        assertThat(broken(Map.of(Fields.WEIGHTS, "eu-west-1=1 sa-east-1=2")))
                .as("another one beside that which was there")
                .containsExactly("weights: 'sa-east-1' (expected: only regions among target_regions)");
        assertThat(broken(Map.of(Fields.TARGET_REGIONS, ""))).isNotEmpty();
    }

    @Test
    void aWeightOfNoTargetIsDroppedWhenItIsRead() {
        var rule = DefinitionCodec.rule("web", merged(), Checks.DEFAULTS);
        assertThat(rule).isNotNull();
        assertThat(rule.weights().keySet())
                .extracting(RegionId::value)
                .containsExactlyInAnyOrder("us-east-1", "us-west-1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "name                 | Web",
                "algorithm            | consistent_hash",
                "target_regions       | eu-west-1 us-east-1 ap-southeast-1",
                "weights              | us-east-1=0 eu-west-1=7",
                "endpoints            | us-east-1=https://[::1]:8443",
                "endpoints            | us-east-1=tcp://10.0.0.1:5432",
                "fallback             | fail_closed",
                "fallback             | region:us-west-2",
                "health_check         | interval_ms=1000 timeout_ms=500",
                "health_check         | type=tcp",
                "health_check_path    | /health?deep=true",
                "status               | paused",
                "what_a_later_version_knows | anything",
            })
    void aRuleMayHave(String field, String text) {
        assertThat(problems(DefinitionKey.Kind.RULE, RULE, field, text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "name              | ~   ~                     | name",
                "algorithm         | random                    | algorithm",
                "algorithm         | ~~                        | algorithm",
                "target_regions    | ~~                        | target_regions",
                "target_regions    | us-east-1 us-east-1       | target_regions",
                "target_regions    | US                        | region",
                "weights           | us-east-1=-1              | weights.us-east-1",
                "weights           | us-east-1=NaN             | weights",
                "weights           | us-east-1=1e309           | weights",
                "weights           | us-east-1=1e10            | weights.us-east-1",
                "weights           | us-east-1=0 eu-west-1=0   | weights",
                "weights           | ap-southeast-1=1          | weights",
                "weights           | us-east-1                 | entry",
                "endpoints         | us-east-1=ftp://10.0.0.1  | endpoints",
                "endpoints         | us-east-1=http://a:b@host | endpoints",
                "endpoints         | sa-east-1=http://10.0.0.1 | endpoints",
                "failover_enabled  | yes                       | failover_enabled",
                "session_affinity  | 1                         | session_affinity",
                "fallback          | fail_maybe                | fallback",
                "fallback          | region:us-east-1          | fallback",
                "status            | asleep                    | status",
                "health_check_path | health                    | health_check_path",
                "health_check_path | /a b                      | health_check_path",
                "health_check      | interval_ms=99            | health_check.interval_ms",
                "health_check      | timeout_ms=60001          | health_check.timeout_ms",
                "health_check      | interval_ms=1000          | health_check.timeout_ms",
                "health_check      | rise=0                    | health_check.rise",
                "health_check      | fall=101                  | health_check.fall",
                "health_check      | type=icmp                 | health_check.type",
                "health_check      | status_to=99              | health_check.status_to",
                "health_check      | degraded_success_rate=1   | health_check.degraded_success_rate",
                "health_check      | colour=red                | health_check",
            })
    void aRuleMayNotHave(String field, String text, String named) {
        List<String> problems = problems(DefinitionKey.Kind.RULE, RULE, field, text);

        assertThat(problems).isNotEmpty().allMatch(problem -> problem.contains("(expected: "));
        assertThat(problems.get(0)).startsWith(named);
    }

    @ParameterizedTest
    @CsvSource({
        "source_regions,,source_regions",
        "source_regions,Europe,source_regions",
        "target_regions,,target_regions",
        "priority,-1,priority",
        "priority,1.5,priority",
        "latency_threshold_ms,-1,latency_threshold_ms",
        "latency_threshold_ms,NaN,latency_threshold_ms",
        "rule_id,Web,rule",
        "status,asleep,status",
    })
    void aGeographicRuleMayNotHave(String field, String text, String named) {
        assertThat(problems(DefinitionKey.Kind.GEOGRAPHIC_RULE, GEOGRAPHIC_RULE, field, text == null ? "" : text))
                .hasSize(1)
                .allSatisfy(problem -> assertThat(problem).startsWith(named).contains("(expected: "));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "endpoints  | file:///etc/passwd | endpoints",
                "coordinate | 91,0               | latitude",
                "coordinate | 0,181              | longitude",
                "coordinate | 12                 | coordinate",
                "capacity   | -1                 | capacity",
                "capacity   | Infinity           | capacity",
                "areas      | Europe             | areas",
            })
    void aRegionMayNotHave(String field, String text, String named) {
        assertThat(problems(DefinitionKey.Kind.REGION, REGION, field, text))
                .hasSize(1)
                .allSatisfy(problem -> assertThat(problem).contains(named).contains("(expected: "));
    }

    @Test
    void nothingIsTooLongForOneMessage() {
        assertThat(problems(DefinitionKey.Kind.RULE, RULE, "note", "x".repeat(DefinitionChecks.MAX_TEXT + 1)))
                .singleElement()
                .asString()
                .startsWith("note: ");
        Map<String, String> many = new HashMap<>(RULE);
        for (int i = 0; i <= DefinitionChecks.MAX_FIELDS; i++) {
            many.put("field-" + i, "x");
        }
        assertThat(problems(DefinitionKey.Kind.RULE, many, "note", "x"))
                .singleElement()
                .asString()
                .startsWith("fields: ");
    }

    @Test
    void whatRegionsRecordOfFailoversIsInNobodysWay() {
        Map<String, String> outage = new HashMap<>(RULE);
        String mark = PolicyText.text(new FailoverMark(true, 1_700_000_000_000L, "eu-west-1", "x".repeat(200)));
        for (int target = 0; target < 64; target++) {
            for (int observer = 0; observer < 5; observer++) {
                outage.put(Fields.failover(new RegionId("t-" + target), new RegionId("o-" + observer)), mark);
            }
        }
        assertThat(problems(DefinitionKey.Kind.RULE, outage, "note", "x")).isEmpty();

        for (int target = 0; target < 64; target++) {
            outage.put(Fields.failover(new RegionId("t-" + target), null), mark);
            outage.put(Fields.failover(new RegionId("t-" + target), new RegionId("o-5")), mark);
        }
        DefinitionState full = DefinitionState.EMPTY.after(
                new Change(Change.Kind.CREATED, outage, new Stamp(1, "us-east-1"), "tester", ""));
        assertThat(DefinitionChecks.problems(WEB, full, Checks.DEFAULTS))
                .singleElement()
                .asString()
                .startsWith("failovers: ");
        assertThat(DefinitionChecks.problems(
                        WEB, full, after(full, Map.of(Fields.NAME, "Longer"), 2, "a"), Checks.DEFAULTS))
                .isEmpty();
        assertThat(DefinitionChecks.problems(
                        WEB,
                        full,
                        after(full, Map.of(Fields.failover(new RegionId("t-64"), null), mark), 2, "a"),
                        Checks.DEFAULTS))
                .isNotEmpty();
    }

    @Test
    void aRemovedDefinitionMayStandWhateverItHolds() {
        DefinitionState removed = DefinitionState.EMPTY.after(
                new Change(Change.Kind.REMOVED, Map.of(), new Stamp(1, "us-east-1"), "tester", ""));

        assertThat(DefinitionChecks.problems(DefinitionKey.rule(new RuleId("web")), removed, Checks.DEFAULTS))
                .isEmpty();
        assertThat(DefinitionChecks.problems(DefinitionKey.region(new RegionId("eu-west-1")), removed, Checks.DEFAULTS))
                .isEmpty();
    }
}
