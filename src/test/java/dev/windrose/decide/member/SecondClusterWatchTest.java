package dev.windrose.decide.member;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SecondClusterWatchTest {

    private static final NodeAnnouncement MINE = in("a:1", "2", 2);

    private final SecondClusterWatch watch = new SecondClusterWatch();

    private static NodeAnnouncement in(String address, @Nullable String cluster, int regions) {
        return new NodeAnnouncement(
                address, 1, "us", "", true, "", true, cluster == null ? "" : cluster, regions, regions);
    }

    private static NodeAnnouncement inNone(String address) {
        return new NodeAnnouncement(address, 1, "us", "", true, "", false, "", 0, 0);
    }

    private String heard(NodeAnnouncement other, long ms) {
        SecondClusterWatch.Sighting sighting = watch.heard(MINE, other, ms * 1_000_000);
        return sighting == null ? "nothing" : sighting.leaves() ? "leaves" : "seen";
    }

    @ParameterizedTest(name = "cluster {0} of {1} regions, heard for {2} ms: {3}")
    @CsvSource({
        "1, 3, 0, seen", // another id: it is there at once
        "1, 3, 1999, seen",
        "1, 3, 2000, leaves",
        "1, 1, 2000, seen", // the lesser one comes to this
        "2, 3, 14999, nothing", // the same id: it may have joined a moment ago
        "2, 3, 15000, seen",
        "2, 3, 16999, seen",
        "2, 3, 17000, leaves",
        "2, 1, 17000, seen",
        ", 3, 14999, nothing", // it does not know its id yet
        ", 3, 17000, leaves",
    })
    void aSecondClusterIsSeenOnceItCannotBeThisOneAndTheLesserOneLeaves(
            @Nullable String cluster, int regions, long ms, String outcome) {
        heard(in("b:1", cluster, regions), 0);

        assertThat(heard(in("b:1", cluster, regions), ms)).isEqualTo(outcome);
    }

    @Test
    void theDetailNamesBothClustersAndWhichOneGoesOn() {
        assertThat(watch.heard(MINE, in("b:1", "1", 3), 0))
                .isEqualTo(new SecondClusterWatch.Sighting(
                        "node [b:1] is in cluster [1] of [3] regions, this node in [2] of [2]:"
                                + " this node leaves its cluster and joins that one",
                        false));
        assertThat(watch.heard(MINE, in("b:1", "1", 1), 0))
                .isEqualTo(new SecondClusterWatch.Sighting(
                        "node [b:1] is in cluster [1] of [1] regions, this node in [2] of [2]:"
                                + " the nodes of that one join this one",
                        false));
    }

    @Test
    void theTimeBeginsAgainWhenTheOtherWasInNoneOrIsForgotten() {
        heard(in("b:1", "1", 3), 0);
        assertThat(heard(inNone("b:1"), 1000)).isEqualTo("nothing");
        assertThat(heard(in("b:1", "1", 3), 2000)).isEqualTo("seen");

        watch.forget("b:1");
        assertThat(heard(in("b:1", "1", 3), 4000)).isEqualTo("seen");

        watch.retain(Set.of("b:1"));
        assertThat(heard(in("b:1", "1", 3), 5999)).isEqualTo("seen");
        assertThat(heard(in("b:1", "1", 3), 6000)).isEqualTo("leaves");

        watch.retain(Set.of("c:1"));
        assertThat(heard(in("b:1", "1", 3), 8000)).isEqualTo("seen");
    }

    @Test
    void eachNodeIsTimedByItself() {
        heard(in("b:1", "1", 3), 0);
        assertThat(heard(in("c:1", "1", 3), 2000)).isEqualTo("seen");
        assertThat(heard(in("b:1", "1", 3), 2000)).isEqualTo("leaves");
    }
}
