package dev.windrose.decide.optimise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.windrose.decide.geo.Gazetteer;
import dev.windrose.decide.geo.Latencies;
import dev.windrose.decide.geo.LatencyMap;
import dev.windrose.decide.geo.LatencyView;
import dev.windrose.decide.geo.PlaceKey;
import dev.windrose.decide.geo.RegionNumbers;
import dev.windrose.decide.geo.RoundTrips;
import dev.windrose.model.GeographicRule;
import dev.windrose.model.RegionId;
import dev.windrose.model.RuleId;
import dev.windrose.model.RuleStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class GeographicAdviceTest {

    private static final RegionId US = new RegionId("us-east-1");
    private static final RegionId EU = new RegionId("eu-west-1");
    private static final RegionId ASIA = new RegionId("ap-southeast-1");
    private static final Set<RegionId> ALL = Set.of(US, EU, ASIA);
    private static final RuleId ID = new RuleId("europeans");

    private final RegionNumbers numbers = new RegionNumbers();
    private final LatencyMap map = new LatencyMap(numbers, 1000, Duration.ofHours(1), Duration.ZERO);
    private final List<TrafficFlow> flows = new ArrayList<>();

    private GeographicAdviceTest measured(String area, RegionId region, double ms, int samples) {
        for (int i = 0; i < samples; i++) {
            map.sample(PlaceKey.of(area), area, PlaceKey.NONE, region, ms, 0);
        }
        return this;
    }

    private RoundTrips roundTrips() {
        LatencyView view = map.view(Gazetteer.BUILT_IN, 0);
        return new RoundTrips(
                new Latencies() {
                    @Override
                    public LatencyView view() {
                        return view;
                    }

                    @Override
                    public int number(RegionId region) {
                        return numbers.of(region);
                    }
                },
                Gazetteer.BUILT_IN);
    }

    private List<Recommendation> advice(Map<RuleId, Map<RegionId, Long>> chosen, GeographicRule... rules) {
        return new GeographicAdvice(roundTrips(), flows, GeographicAdvice.Least.DEFAULT)
                .of(List.of(rules), chosen, ALL);
    }

    private static GeographicRule rule(double threshold, RegionId... targets) {
        return new GeographicRule(ID, Set.of("europe"), List.of(targets), 1, threshold, null, RuleStatus.ACTIVE);
    }

    @Test
    void targetsAreToStandInTheOrderOfTheirRoundTrips() {
        measured("europe", EU, 20, 30).measured("europe", US, 90, 30).measured("europe", ASIA, 200, 30);
        List<Recommendation> advice = advice(Map.of(), rule(500, US, ASIA, EU));
        assertThat(advice).hasSize(1);
        assertThat(advice.get(0).kind()).isEqualTo(Recommendation.Kind.TARGET_ORDER);
        assertThat(advice.get(0).targets()).containsExactly(EU, US, ASIA);
        assertThat(advice.get(0).gainMs()).isCloseTo(70, within(3.0));
        assertThat(advice(Map.of(), rule(500, EU, US, ASIA))).isEmpty();
    }

    @Test
    void ofWhatTooFewMeasuredItIsOnlySaidWhatIsMissing() {
        measured("europe", EU, 20, 30).measured("europe", US, 90, 19);
        List<Recommendation> advice = advice(Map.of(), rule(10, US, EU));
        assertThat(advice).hasSize(1);
        assertThat(advice.get(0).kind()).isEqualTo(Recommendation.Kind.TOO_FEW_SAMPLES);
        assertThat(advice.get(0).kind().applies()).isFalse();
        assertThat(advice.get(0).areas()).containsExactly("europe");
        assertThat(advice.get(0).targets()).containsExactly(US);
        assertThat(advice.get(0).why()).contains("20 samples are needed").contains("from europe: us-east-1 19");
    }

    @Test
    void oneClientOfAnAreaThatNobodyMeasuredDoesNotSilenceTheOthers() {
        measured("eu-west", EU, 10, 30).measured("eu-west", US, 80, 30);
        flows.add(new TrafficFlow("eu-west", US, 5000));
        flows.add(new TrafficFlow("eu-south", US, 1));
        List<Recommendation> advice = advice(Map.of(), rule(500, US, EU));
        assertThat(advice)
                .extracting(Recommendation::kind)
                .containsExactly(Recommendation.Kind.TARGET_ORDER, Recommendation.Kind.TOO_FEW_SAMPLES);
        assertThat(advice.get(0).targets()).containsExactly(EU, US);
        assertThat(advice.get(0).areas()).containsExactly("eu-west");
        assertThat(advice.get(1).areas()).containsExactly("eu-south");
        assertThat(advice.get(1).why()).contains("from eu-south: us-east-1 0, eu-west-1 0");
    }

    @Test
    void aThresholdIsLeftAloneWhereOneAreaMayBeWithinIt() {
        measured("eu-west", EU, 48, 30).measured("eu-west", US, 90, 30);
        flows.add(new TrafficFlow("eu-west", US, 5000));
        flows.add(new TrafficFlow("eu-south", US, 1));
        assertThat(advice(Map.of(), rule(30, EU, US)))
                .extracting(Recommendation::kind)
                .containsExactly(Recommendation.Kind.TOO_FEW_SAMPLES);
    }

    @Test
    void anAreaThatNoRuleNamesSaysWhatItLacksToo() {
        flows.add(new TrafficFlow("asia", US, 5000));
        measured("europe", EU, 20, 30);
        assertThat(advice(Map.of(), rule(500, EU)))
                .extracting(Recommendation::kind, Recommendation::areas)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(Recommendation.Kind.TOO_FEW_SAMPLES, List.of("asia")));
    }

    @Test
    void aTrifleIsNotWorthAChange() {
        measured("europe", EU, 20, 30).measured("europe", US, 22, 30);
        assertThat(advice(Map.of(), rule(500, US, EU))).isEmpty();
    }

    @Test
    void areasCountByTheirTraffic() {
        measured("eu-west", EU, 10, 30).measured("eu-west", US, 80, 30);
        measured("eu-south", EU, 60, 30).measured("eu-south", US, 20, 30);
        flows.add(new TrafficFlow("eu-west", US, 100));
        flows.add(new TrafficFlow("eu-south", US, 100_000));
        assertThat(advice(Map.of(), rule(500, EU, US)).get(0).targets()).containsExactly(US, EU);
        flows.add(new TrafficFlow("eu-west", US, 1_000_000));
        assertThat(advice(Map.of(), rule(500, EU, US))).isEmpty();
    }

    @Test
    void aThresholdThatNeverMatchesIsFound() {
        measured("europe", EU, 48, 30).measured("europe", US, 90, 30);
        Recommendation advice = advice(Map.of(), rule(30, EU, US)).get(0);
        assertThat(advice.kind()).isEqualTo(Recommendation.Kind.THRESHOLD_NEVER_MATCHES);
        assertThat(advice.thresholdMs()).as("a quarter more, in steps of 5").isEqualTo(65);
        assertThat(advice(Map.of(), rule(50, EU, US))).isEmpty();
    }

    @Test
    void aTargetThatIsNeverChosenIsNamed() {
        measured("europe", EU, 20, 30).measured("europe", US, 90, 30);
        List<Recommendation> advice = advice(Map.of(ID, Map.of(EU, 5000L)), rule(500, EU, US));
        assertThat(advice).hasSize(1);
        assertThat(advice.get(0).kind()).isEqualTo(Recommendation.Kind.TARGET_NEVER_CHOSEN);
        assertThat(advice.get(0).targets()).containsExactly(US);
        assertThat(advice(Map.of(ID, Map.of(EU, 999L)), rule(500, EU, US)))
                .as("too few")
                .isEmpty();
    }

    @Test
    void anAreaThatNoRuleNamesAndThatIsServedFarAwayIsFound() {
        measured("asia", ASIA, 30, 30).measured("asia", US, 220, 30).measured("asia", EU, 180, 30);
        flows.add(new TrafficFlow("asia", US, 5000));
        Recommendation advice = advice(Map.of(), rule(500, EU)).get(0);
        assertThat(advice.kind()).isEqualTo(Recommendation.Kind.AREA_WITHOUT_RULE);
        assertThat(advice.areas()).containsExactly("asia");
        assertThat(advice.targets()).containsExactly(ASIA, EU, US);
        assertThat(advice.gainMs()).isCloseTo(190, within(5.0));
        assertThat(advice.rule()).isNull();
    }

    @Test
    void trafficIsComparedWithTheBestThereIs() {
        measured("asia", ASIA, 30, 30).measured("asia", US, 220, 30);
        List<TrafficDistribution.Leg> legs = TrafficDistribution.of(
                List.of(new TrafficFlow("asia", US, 300), new TrafficFlow("asia", ASIA, 100)), ALL, roundTrips());
        assertThat(legs.get(0).region()).isEqualTo(US);
        assertThat(legs.get(0).share()).isEqualTo(0.75);
        assertThat(legs.get(0).best()).isEqualTo(ASIA);
        assertThat(legs.get(0).addedMs()).isCloseTo(190, within(3.0));
        assertThat(legs.get(1).addedMs()).isZero();
        assertThat(TrafficDistribution.meanAddedMs(legs)).isCloseTo(190 * 0.75, within(3.0));
    }
}
