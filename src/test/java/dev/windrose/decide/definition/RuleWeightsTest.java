package dev.windrose.decide.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.windrose.decide.health.Checks;
import dev.windrose.model.RegionId;
import dev.windrose.model.Rule;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RuleWeightsTest {

    private static final List<RegionId> REGIONS =
            List.of(new RegionId("us-east-1"), new RegionId("eu-west-1"), new RegionId("ap-southeast-1"));

    private static void holds(Map<RegionId, Double> weights, double us, double eu, double asia) {
        assertThat(weights).hasSize(3);
        assertThat(weights.get(REGIONS.get(0))).isCloseTo(us, within(1e-9));
        assertThat(weights.get(REGIONS.get(1))).isCloseTo(eu, within(1e-9));
        assertThat(weights.get(REGIONS.get(2))).isCloseTo(asia, within(1e-9));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "us-east-1=1 eu-west-1=1 ap-southeast-1=2 | 0.25 | 0.25 | 0.5",
                "us-east-1=1 eu-west-1=3                  | 0.166666666666 | 0.5 | 0.333333333333",
                "us-east-1=0 eu-west-1=1 ap-southeast-1=1 | 0 | 0.5 | 0.5",
                "us-east-1=0 eu-west-1=0 ap-southeast-1=0 | 0.333333333333 | 0.333333333333 | 0.333333333333",
                "~~                                       | 0.333333333333 | 0.333333333333 | 0.333333333333",
            })
    void weightsAreSharesOfOne(String given, double us, double eu, double asia) {
        holds(RuleWeights.normalised(REGIONS, Fields.numbers(given)), us, eu, asia);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "us-east-1=10 eu-west-1=30 ap-southeast-1=20 | 10 | 30 | 20",
                "us-east-1=10 eu-west-1=30                   | 10 | 30 | 20", // the mean of the others
                "us-east-1=0 eu-west-1=30                    | 0 | 30 | 15",
                "us-east-1=10 eu-west-1=-1                   | 10 | 10 | 10", // below 0 is no weight
                "us-east-1=10 sa-east-1=90                   | 10 | 10 | 10", // no target
                "us-east-1=0                                 | 0.333333333333 | 0.333333333333 | 0.333333333333",
                "~~                                          | 0.333333333333 | 0.333333333333 | 0.333333333333",
            })
    void scaledWeightsKeepTheScaleOnWhichTheyWereGiven(String given, double us, double eu, double asia) {
        holds(RuleWeights.scaled(REGIONS, Fields.numbers(given)), us, eu, asia);
    }

    @Test
    void normalisedWeightsStayWhatTheyAreToTheLastDigit() {
        Map<RegionId, Double> once = RuleWeights.normalised(REGIONS, Fields.numbers("us-east-1=1 eu-west-1=3"));

        assertThat(RuleWeights.normalised(REGIONS, once)).isEqualTo(once);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "us-east-1=10 eu-west-1=30 ap-southeast-1=20 | 10 | 30 | 20",
                "us-east-1=10                                | 10 | 10 | 10",
                "us-east-1=many | 0.333333333333 | 0.333333333333 | 0.333333333333", // unreadable: the rule's
            })
    void storedWeightsAreOnTheScaleOfTheState(String stored, double us, double eu, double asia) {
        DefinitionState state = DefinitionCodecTest.state(
                Map.of(Fields.TARGET_REGIONS, "us-east-1 eu-west-1 ap-southeast-1", Fields.WEIGHTS, stored));
        Rule rule = Objects.requireNonNull(DefinitionCodec.rule("web", state, Checks.DEFAULTS));

        holds(RuleWeights.stored(rule, state), us, eu, asia);
    }
}
