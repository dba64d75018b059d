package dev.windrose.decide.member;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.Forall;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClusterPrecedenceTest {

    private static NodeAnnouncement in(String cluster, int regions, int nodes) {
        return new NodeAnnouncement("a:1", 1, "us", "", true, "", !cluster.isEmpty(), cluster, regions, nodes);
    }

    @ParameterizedTest(name = "{0} of {1}/{2} leaves for {3} of {4}/{5}: {6}")
    @CsvSource({
        "2, 1, 1, 1, 2, 2, true", // fewer regions
        "1, 2, 2, 2, 1, 1, false",
        "1, 1, 1, 2, 1, 2, true", // fewer nodes
        "2, 1, 1, 1, 1, 1, true", // founded later
        "1, 1, 1, 2, 1, 1, false",
        "1, 1, 1, 1, 2, 2, true", // halves of one cluster
    })
    void theLesserOneLeaves(
            String mine, int regions, int nodes, String other, int otherRegions, int otherNodes, boolean leaves) {
        assertThat(ClusterPrecedence.yields(in(mine, regions, nodes), in(other, otherRegions, otherNodes)))
                .isEqualTo(leaves);
    }

    @Test
    void whoeverIsInNoneOrDoesNotKnowYetIsNoIsland() {
        NodeAnnouncement unknown = new NodeAnnouncement("b:1", 1, "eu", "", true, "", true, "", 3, 3);
        assertThat(ClusterPrecedence.apart(in("1", 1, 1), unknown)).isFalse();
        assertThat(ClusterPrecedence.apart(in("1", 1, 1), in("", 0, 0))).isFalse();
        assertThat(ClusterPrecedence.apart(in("", 0, 0), in("1", 1, 1))).isFalse();
    }

    @Test
    void ofTwoClustersExactlyOneLeaves() {
        Forall.cases(random -> {
            NodeAnnouncement one = any(random);
            NodeAnnouncement two = any(random);
            if (!one.equals(two)) {
                assertThat(ClusterPrecedence.yields(one, two)).isNotEqualTo(ClusterPrecedence.yields(two, one));
            }
        });
    }

    private static NodeAnnouncement any(Random random) {
        return new NodeAnnouncement(
                "a:" + random.nextInt(2),
                1,
                "us",
                "",
                true,
                "",
                true,
                "c" + random.nextInt(4),
                1 + random.nextInt(3),
                1 + random.nextInt(3));
    }
}
