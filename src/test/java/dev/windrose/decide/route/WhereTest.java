package dev.windrose.decide.route;

import static dev.windrose.decide.route.Tables.ASIA;
import static dev.windrose.decide.route.Tables.EU;
import static dev.windrose.decide.route.Tables.US;
import static dev.windrose.decide.route.Tables.WEB;
import static dev.windrose.decide.route.Tables.compile;
import static dev.windrose.decide.route.Tables.geographic;
import static dev.windrose.decide.route.Tables.rule;
import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.decide.route.Tables.Believed;
import dev.windrose.model.Algorithm;
import dev.windrose.model.Client;
import dev.windrose.model.Coordinate;
import dev.windrose.model.GeographicRule;
import dev.windrose.model.HealthStatus;
import dev.windrose.model.HealthView;
import dev.windrose.model.Region;
import dev.windrose.model.RegionId;
import dev.windrose.model.RuleId;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Decisions that depend on where the client is. */
class WhereTest {

    private static final RegionId FRANKFURT = new RegionId("eu-central-1");
    private static final RegionId OREGON = new RegionId("us-west-2");

    private static Choice decide(List<GeographicRule> rules, HealthView health, Client client) {
        return compile(rule(Algorithm.GEOGRAPHIC, US, EU, ASIA, FRANKFURT, OREGON), rules, List.of(), health)
                .decide(client, 0);
    }

    @ParameterizedTest
    @CsvSource({
        "eu-west-1,      eu-west-1",
        "eu-west-2,      eu-west-1",
        "eu-west,        eu-west-1",
        "eu-central,     eu-central-1",
        "us-west,        us-west-2",
        "us-east-2,      us-east-1",
        "ap-northeast-1, ap-southeast-1",
        "asia,           ap-southeast-1",
        "south-america,  us-east-1",
        "westeurope,     eu-central-1",
        "de,             eu-central-1",
        "ie,             eu-west-1",
        "us,             us-east-1",
        "jp,             ap-southeast-1",
        "br,             us-east-1",
        "au,             ap-southeast-1",
    })
    void aNamedPlaceIsSentToTheNearestRegionThatSharesItsArea(String place, String region) {
        assertThat(decide(List.of(), HealthView.NOTHING, Client.in(place)).region())
                .hasToString(region);
    }

    @ParameterizedTest
    @CsvSource({
        "53.3, -6.2,   eu-west-1",
        "52.5, 13.4,   eu-central-1",
        "47.6, -122.3, us-west-2",
        "-33.9, 151.2, ap-southeast-1",
        "89.9, 10,     eu-west-1",
    })
    void aCoordinateIsSentToTheNearestRegion(double latitude, double longitude, String region) {
        Client client = new Client(null, new Coordinate(latitude, longitude), null);

        assertThat(decide(List.of(), HealthView.NOTHING, client).region()).hasToString(region);
    }

    @Test
    void whoIsNowhereIsSpreadByWeight() {
        for (String place : List.of("ast", "eu", "atlantis", "eu-west-1x")) {
            assertThat(decide(List.of(), HealthView.NOTHING, Client.in(place)).reason())
                    .isEqualTo(Reason.WEIGHTED_ROUND_ROBIN);
        }
    }

    @Test
    void aRegisteredRegionIsAPlaceWithAreas() {
        Region berlin =
                new Region(new RegionId("berlin"), List.of(), new Coordinate(52.5, 13.4), 0, Set.of("europe"), null);

        assertThat(compile(
                                rule(Algorithm.GEOGRAPHIC, US, EU, FRANKFURT),
                                List.of(),
                                List.of(berlin),
                                HealthView.NOTHING)
                        .decide(Client.in("berlin"), 0)
                        .region())
                .isEqualTo(FRANKFURT);
    }

    @Test
    void theNearestRegionThatServesIsAnswered() {
        assertThat(decide(List.of(), new Believed().is(EU, HealthStatus.UNHEALTHY), Client.in("eu-west"))
                        .region())
                .isEqualTo(FRANKFURT);
    }

    @Test
    void aGeographicRuleGoesBeforeDistanceAndIsNamed() {
        List<GeographicRule> rules = List.of(geographic("europeans", "europe", 10, 100, null, US, EU));
        Choice choice = decide(rules, HealthView.NOTHING, Client.in("eu-central"));

        assertThat(choice.region()).isEqualTo(US);
        assertThat(choice.reason()).isEqualTo(Reason.GEOGRAPHIC_RULE);
        assertThat(choice.geographicRule()).isEqualTo(new RuleId("europeans"));
    }

    @Test
    void aGeographicRuleMayNameACountry() {
        List<GeographicRule> rules = List.of(
                geographic("germans", "de", 10, 100, null, US), geographic("europeans", "europe", 20, 100, null, ASIA));

        assertThat(decide(rules, HealthView.NOTHING, Client.in("de")).region()).isEqualTo(US);
        assertThat(decide(rules, HealthView.NOTHING, Client.in("fr")).region()).isEqualTo(ASIA);
        assertThat(decide(rules, HealthView.NOTHING, Client.in("jp")).reason()).isEqualTo(Reason.PROXIMITY);
    }

    @Test
    void theLowestPriorityNumberWinsThenTheName() {
        List<GeographicRule> rules = List.of(
                geographic("b", "europe", 10, 100, null, EU),
                geographic("a", "europe", 10, 100, null, ASIA),
                geographic("c", "eu-west", 5, 100, null, US));

        assertThat(decide(rules, HealthView.NOTHING, Client.in("eu-west")).region())
                .isEqualTo(US);
        assertThat(decide(rules, HealthView.NOTHING, Client.in("eu-north")).region())
                .isEqualTo(ASIA);
    }

    @Test
    void aRuleWhoseTargetsDoNotServeFallsThrough() {
        List<GeographicRule> rules = List.of(
                geographic("first", "europe", 1, 100, null, EU), geographic("second", "europe", 2, 100, null, US));
        Choice choice = decide(rules, new Believed().is(EU, HealthStatus.UNHEALTHY), Client.in("europe"));

        assertThat(choice.geographicRule()).isEqualTo(new RuleId("second"));
    }

    @Test
    void atHomeATargetMayTakeTheThresholdAndNotMore() {
        List<GeographicRule> rules = List.of(geographic("near", "us-east", 1, 30, null, US, OREGON));

        assertThat(decide(rules, new Believed().takes(US, 30).takes(OREGON, 60), Client.in("us-east"))
                        .region())
                .isEqualTo(US);
        assertThat(decide(rules, new Believed().takes(US, 31).takes(OREGON, 29), Client.in("us-east"))
                        .region())
                .isEqualTo(OREGON);
        assertThat(decide(rules, new Believed().takes(US, 31).takes(OREGON, 60), Client.in("us-east"))
                        .reason())
                .isEqualTo(Reason.PROXIMITY);
    }

    @Test
    void aGeographicRuleForOneRuleAppliesToItWhateverItsAlgorithm() {
        List<GeographicRule> rules = List.of(geographic("only", "asia", 1, 100, WEB, ASIA));

        assertThat(compile(rule(Algorithm.PRIORITY, US, ASIA), rules, List.of(), HealthView.NOTHING)
                        .decide(Client.in("asia"), 0)
                        .region())
                .isEqualTo(ASIA);
        assertThat(compile(
                                rule(new RuleId("other"), Algorithm.PRIORITY, List.of(US, ASIA)),
                                rules,
                                List.of(),
                                HealthView.NOTHING)
                        .decide(Client.in("asia"), 0)
                        .region())
                .isEqualTo(US);
    }
}
