package dev.windrose.decide.geo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LatencyRowsTest {

    private static final int HOUR = 3600;
    private static final long EUROPE = PlaceKey.of("europe");
    private static final long ASIA = PlaceKey.of("asia");

    private final LatencyRows rows = new LatencyRows(100, new ExponentialDecay(Duration.ofHours(1)));

    private static long network(int number) {
        return PlaceKey.of(new byte[] {10, 0, (byte) number, 0});
    }

    private static RoundTripAverages measuredAt(long second) {
        RoundTripAverages averages = new RoundTripAverages();
        averages.put(0, 30, 3, 10, second);
        return averages;
    }

    @ParameterizedTest(name = "weight {0} at {1}: {2}")
    @CsvSource({
        // The others have a traffic of 4 at second 7200, and it is 3600; five of a hundred go.
        "3.9, 7200, gone", // lighter
        "4.1, 7200, stays",
        "7.9, 0, gone", // heavier once, less than half of that by now
        "8.1, 0, stays",
        "4, 7100, gone", // as light, and older
        "4, 7300, stays",
    })
    void theLightestAndOfEquallyLightOnesTheOldestMakeRoom(double weight, long at, String fate) {
        for (int place = 1; place < 100; place++) {
            rows.of(network(place), null, PlaceKey.NONE, HOUR).weigh(4, 2 * HOUR);
        }
        rows.of(network(0), null, PlaceKey.NONE, at).weigh(weight, at);
        assertThat(rows.dropped()).isZero();

        rows.of(EUROPE, "europe", PlaceKey.NONE, HOUR);

        assertThat(rows.get(network(0)) == null).isEqualTo(fate.equals("gone"));
        assertThat(rows.dropped()).isEqualTo(5);
        assertThat(rows.size()).isEqualTo(96);
        assertThat(LongStream.range(50, 100).mapToObj(place -> rows.get(network((int) place))))
                .as("of the same age, those with the lowest keys go")
                .doesNotContainNull();
    }

    @Test
    void namesComeBeforeBlocksAndHeavyPlacesBeforeLightOnes() {
        rows.of(network(1), null, EUROPE, 0).weigh(9, 0);
        rows.of(network(2), null, EUROPE, 0).weigh(5, 0);
        rows.of(ASIA, "asia", PlaceKey.NONE, 0).weigh(1, 0);
        rows.of(EUROPE, "europe", PlaceKey.NONE, 0).weigh(2, 0);
        rows.hear("eu-node", rows.of(network(2), null, PlaceKey.NONE, 0), measuredAt(0), 6, 0);

        List<LatencyRows.Weighed> all = rows.heaviestFirst(rows.all(), HOUR);

        assertThat(all).extracting(each -> each.row().place).containsExactly(EUROPE, ASIA, network(2), network(1));
        assertThat(all).extracting(each -> Math.round(1000 * each.weight())).containsExactly(1000L, 500L, 5500L, 4500L);
    }

    @Test
    void aPlaceStaysWhereItLiesUntilItIsSaidToLieElsewhere() {
        rows.of(network(1), null, EUROPE, 0);
        assertThat(rows.of(network(1), null, PlaceKey.NONE, 1).parent).isEqualTo(EUROPE);
        assertThat(rows.of(network(1), null, network(1), 1).parent)
                .as("not in itself")
                .isEqualTo(EUROPE);
        assertThat(rows.of(network(1), null, ASIA, 2).parent).isEqualTo(ASIA);
    }

    @ParameterizedTest(name = "measured at {0} and {1}, forgotten up to {2}: {3} samples")
    @CsvSource({
        "100, 200, 99, 10",
        "100, 200, 199, 10", // one sample that counts keeps all that the source told
        "100, 200, 200, 0",
    })
    void aSourceIsForgottenWhenNoneOfItsSamplesCounts(long europe, long asia, long before, double samples) {
        rows.hear("eu-node", rows.of(EUROPE, "europe", PlaceKey.NONE, 200), measuredAt(europe), 1, 200);
        rows.hear("eu-node", rows.of(ASIA, "asia", PlaceKey.NONE, 200), measuredAt(asia), 1, 200);

        rows.forgetHeardBefore(before);

        ExponentialDecay none = new ExponentialDecay(Duration.ofDays(100_000));
        assertThat(rows.of(EUROPE, null, PlaceKey.NONE, 200).known(0, 200, none).samples())
                .isCloseTo(samples, within(1e-2));
    }

    @Test
    void whatOneSourceToldIsForgottenAndWhatOthersToldStays() {
        LatencyRow row = rows.of(EUROPE, "europe", PlaceKey.NONE, 0);
        rows.hear("eu-node", row, measuredAt(0), 2, 0);
        rows.hear("ap-node", row, measuredAt(0), 3, 0);
        rows.forget("eu-node");
        rows.forget("never heard");
        assertThat(rows.heaviestFirst(rows.all(), 0))
                .extracting(LatencyRows.Weighed::weight)
                .containsExactly(3.0);

        assertThat(rows.drop(EUROPE)).isTrue();
        assertThat(rows.drop(EUROPE)).isFalse();
        rows.forget("ap-node");
        assertThat(rows.size()).as("forgetting makes no rows").isZero();
    }
}
