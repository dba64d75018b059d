package dev.windrose.decide.member;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.Forall;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IslandsTest {

    private static Standing in(String cluster, int regions, int nodes) {
        return new Standing("a:1", 1, "us", "", true, "", !cluster.isEmpty(), cluster, regions, nodes);
    }

    @ParameterizedTest(name = "{0} of {1}/{2} leaves for {3} of {4}/{5}: {6}")
    @CsvSource({
        "2, 1, 1, 1, 2, 2, true", // fewer regions
        "1, 2, 2, 2, 1, 1, false",
        "1, 1, 1, 2, 1, 2, true", // fewer nodes
        "2, 1, 1, 1, 1, 1, true", // founded later
        "1, 1, 1, 2, 1, 1, false",
        "1, 1, 1, 1, 2, 2, false", // the same cluster
    })
    void theLesserOneLeaves(
            String mine, int regions, int nodes, String other, int otherRegions, int otherNodes, boolean leaves) {
        assertThat(Islands.yields(in(mine, regions, nodes), in(other, otherRegions, otherNodes)))
                .isEqualTo(leaves);
    }

    @Test
    void whoeverIsInNoneOrDoesNotKnowYetIsNoIsland() {
        Standing unknown = new Standing("b:1", 1, "eu", "", true, "", true, "", 3, 3);
        assertThat(Islands.apart(in("1", 1, 1), unknown)).isFalse();
        assertThat(Islands.apart(in("1", 1, 1), in("", 0, 0))).isFalse();
        assertThat(Islands.apart(in("", 0, 0), in("1", 1, 1))).isFalse();
    }

    @Test
    void ofTwoClustersExactlyOneLeaves() {
        Forall.cases(random -> {
            Standing one = any(random);
            Standing two = any(random);
            if (Islands.apart(one, two)) {
                assertThat(Islands.yields(one, two)).isNotEqualTo(Islands.yields(two, one));
            }
        });
    }

    private static Standing any(Random random) {
        return in("c" + random.nextInt(4), 1 + random.nextInt(3), 1 + random.nextInt(3));
    }
}
