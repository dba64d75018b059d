package dev.windrose.decide.geo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GossipFilterTest {

    private static List<LatencyMap.Place> places(double ms, double samples, long age) {
        return List.of(
                new LatencyMap.Place("europe", "", 1, List.of(new LatencyMap.Leg("eu-west-1", ms, 1, samples, age))));
    }

    @ParameterizedTest
    @CsvSource({
        "30, 10, 0, 0, false", // nothing changed
        "33.9, 10, 0, 0, false", // by a tenth and less than 1 ms more
        "34.1, 10, 0, 0, true",
        "25.9, 10, 0, 0, true",
        "30, 15, 0, 0, false",
        "30, 15.1, 0, 0, true", // better known
        "30, 5, 0, 0, false",
        "30, 10, 600, 600, false", // no newer sample came
        "30, 10, 0, 600, false", // the newest is ten minutes newer
        "30, 10, 0, 901, true"
    })
    void tellsWhatMatters(double ms, double samples, long age, long ago, boolean differs) {
        assertThat(GossipFilter.differs(places(30, 10, 0), places(ms, samples, age), ago, 900))
                .isEqualTo(differs);
    }

    @Test
    void tellsOfPlacesThatCameAndWent() {
        assertThat(GossipFilter.differs(List.of(), places(30, 10, 0), 0, 900)).isTrue();
        assertThat(GossipFilter.differs(places(30, 10, 0), List.of(), 0, 900)).isTrue();
        assertThat(GossipFilter.differs(List.of(), List.of(), 0, 900)).isFalse();
        LatencyMap.Place other =
                new LatencyMap.Place("asia", "", 1, places(30, 10, 0).get(0).legs());
        assertThat(GossipFilter.differs(places(30, 10, 0), List.of(other), 0, 900))
                .isTrue();
    }

    @Test
    void bucketsAreFilledAlike() {
        int[] filled = new int[GossipFilter.BUCKETS];
        for (int i = 0; i < 1000; i++) {
            filled[GossipFilter.bucket("10.0." + i % 256 + "." + i / 256 + "/24")]++;
        }
        for (int many : filled) {
            assertThat(many).isBetween(1, 25);
        }
    }
}
