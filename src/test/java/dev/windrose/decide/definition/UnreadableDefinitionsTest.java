package dev.windrose.decide.definition;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class UnreadableDefinitionsTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final UnreadableDefinitions suspects = new UnreadableDefinitions(3);

    @Test
    void oneThatFailsAloneIsToBlameAfterSomeTries() {
        assertThat(suspects.failed("a", 100, 0)).isFalse();
        assertThat(suspects.failed("a", 100, SECOND)).isFalse();
        assertThat(suspects.failed("a", 100, 2 * SECOND)).isTrue();
    }

    @Test
    void oneThatWasReadMeanwhileStartsAnew() {
        suspects.failed("a", 100, 0);
        suspects.failed("a", 100, SECOND);
        suspects.read("a");
        assertThat(suspects.failed("a", 100, 2 * SECOND)).isFalse();
    }

    @Test
    void manyThatFailTogetherAreLateAndNotDamaged() {
        boolean blamed = false;
        for (int time = 0; time < 10; time++) {
            for (int i = 0; i < 22; i++) {
                blamed |= suspects.failed("rule:" + i, 11, time * SECOND);
            }
        }
        assertThat(blamed).isFalse();
    }

    @Test
    void manyThatFailForLongAreDamagedAllTheSame() {
        boolean blamed = false;
        for (int time = 0; time <= 61; time++) {
            for (int i = 0; i < 22; i++) {
                blamed = suspects.failed("rule:" + i, 11, time * SECOND);
            }
        }
        assertThat(blamed).isTrue();
    }
}
