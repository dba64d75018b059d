package dev.windrose.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class JoiningTest {

    private static final List<String> SEEDS = List.of("us:1", "eu:1", "ap:1");

    @Test
    void theFirstSeedFoundsOnceAndThenWaitsForTheAnswersOfAll() {
        assertThat(Joining.plan(SEEDS, "us:1", false)).isEqualTo(new Joining(SEEDS, false));
        assertThat(Joining.plan(SEEDS, "us:1", true)).isEqualTo(new Joining(SEEDS, true));
    }

    @Test
    void everyOtherNodeOnlyJoins() {
        assertThat(Joining.plan(SEEDS, "eu:1", true).patient()).isFalse();
        assertThat(Joining.plan(SEEDS, "eu:1", true).seeds().get(0)).isEqualTo("us:1");
        assertThat(Joining.plan(SEEDS, "eu:2", false).seeds()).doesNotContain("eu:2");
    }

    @Test
    void aNodeWithoutSeedsIsAlone() {
        assertThat(Joining.plan(List.of(), "us:1", true)).isEqualTo(new Joining(List.of("us:1"), false));
    }
}
