package dev.windrose.live.member;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.model.HealthOverride;
import dev.windrose.model.HealthStatus;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NodeClockTest {

    private static final long TRUE_MS = 1_700_000_000_000L;

    private long nanos = 5_000_000_000L;
    private long offMs = 0;

    private long trueMs() {
        return TRUE_MS + nanos / 1_000_000;
    }

    private final NodeClock clock =
            new NodeClock(() -> trueMs() + offMs, () -> nanos, Duration.ofSeconds(1), Duration.ofSeconds(10));

    /** Both others answer, each way taking 20 ms. */
    private void exchange() {
        for (String node : new String[] {"b:1", "c:1"}) {
            long sent = nanos;
            nanos += 20_000_000;
            long theirs = trueMs();
            nanos += 20_000_000;
            clock.heard(node, node, theirs, sent);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {300_000, -300_000, 3_600_000, -3_600_000, 315_360_000_000L, -86_400_000})
    void aNodeWhoseClockIsOffKnowsWhatTimeItIsAndRefusesEdits(long ms) {
        offMs = ms;
        assertThat(clock.off()).as("alone it cannot know").isNull();
        exchange();
        assertThat(clock.aheadMs()).isBetween(ms - 21, ms + 21);
        assertThat(clock.epochMs()).isBetween(trueMs() - 21, trueMs() + 21);
        assertThat(clock.off()).contains(ms > 0 ? " ms ahead" : " ms behind").contains("expected: within 10000 ms");
        assertThat(clock.seen("a:1", "a").get(0))
                .satisfies(seen -> assertThat(clock.alarming(seen)).isTrue());

        nanos += Duration.ofMinutes(10).toNanos();
        assertThat(clock.off()).as("a partition mends no clock").isNotNull();
        offMs = 0;
        assertThat(clock.off()).as("an operator does").isNull();
    }

    @ParameterizedTest
    @ValueSource(longs = {3_600_000, -3_600_000})
    void anOverrideOfTenMinutesHoldsForTenMinutesWhateverTheClock(long ms) {
        offMs = ms;
        exchange();
        HealthOverride set = new HealthOverride(HealthStatus.UNHEALTHY, "ada", "test", trueMs(), trueMs() + 600_000, 0);
        assertThat(set.inForce(clock.epochMs())).isTrue();
        nanos += Duration.ofSeconds(595).toNanos();
        assertThat(set.inForce(clock.epochMs())).isTrue();
        nanos += Duration.ofSeconds(10).toNanos();
        assertThat(set.inForce(clock.epochMs())).isFalse();
    }

    @Test
    void aSmallDifferenceIsNeitherToldNorMended() {
        offMs = 400;
        exchange();
        assertThat(clock.epochMs()).isEqualTo(trueMs() + 400);
        assertThat(clock.off()).isNull();
        assertThat(clock.seen("a:1", "a")).noneMatch(clock::alarming);
    }

    @Test
    void oneThatLeftTheClusterIsForgotten() {
        offMs = 300_000;
        exchange();
        clock.keep(node -> false);
        assertThat(clock.off()).isNull();
    }
}
