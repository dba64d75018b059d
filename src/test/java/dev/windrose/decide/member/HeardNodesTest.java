package dev.windrose.decide.member;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeardNodesTest {

    private final HeardNodes heard = new HeardNodes();

    private static NodeAnnouncement says(String address, String favours) {
        return new NodeAnnouncement(address, 1, "us", "", true, favours, false, "", 0, 0);
    }

    @Test
    void theLastWordOfEachIsWhatCounts() {
        heard.hear(says("a:1", ""), 1);
        heard.hear(says("b:1", ""), 2);
        heard.hear(says("a:1", "a:1"), 3);

        assertThat(heard.addresses()).containsExactlyInAnyOrder("a:1", "b:1");
        assertThat(heard.lately()).containsEntry("a:1", says("a:1", "a:1")).containsEntry("b:1", says("b:1", ""));
    }

    @ParameterizedTest(name = "heard at {0} and {1} ms, now {2} ms: known {3}")
    @CsvSource({
        "0, 0, 3000, true",
        "0, 0, 3001, false", // silent for longer than 3 s
        "0, 1, 3001, true", // its last word counts
    })
    void whoeverIsSilentForLongerIsForgotten(long first, long last, long now, boolean known) {
        heard.hear(says("a:1", ""), first * 1_000_000);
        heard.hear(says("a:1", ""), last * 1_000_000);

        heard.forget(Duration.ofSeconds(3), now * 1_000_000);

        assertThat(heard.addresses().contains("a:1")).isEqualTo(known);
        assertThat(heard.lately().containsKey("a:1")).isEqualTo(known);
    }

    @Test
    void whenItIsFullOnlyThoseThatAreKnownAreHeard() {
        for (int i = 0; i < HeardNodes.AT_MOST; i++) {
            assertThat(heard.hear(says("node-" + i, ""), 0)).isTrue();
        }

        assertThat(heard.hear(says("stranger", ""), 1)).isFalse();
        assertThat(heard.hear(says("node-7", "node-7"), 1)).isTrue();

        assertThat(heard.lately()).hasSize(HeardNodes.AT_MOST).doesNotContainKey("stranger");
        heard.forget(Duration.ZERO, 1);
        assertThat(heard.addresses()).containsExactly("node-7");
        assertThat(heard.hear(says("stranger", ""), 2)).isTrue();
    }
}
