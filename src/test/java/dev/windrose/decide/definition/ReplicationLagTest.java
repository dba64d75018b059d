package dev.windrose.decide.definition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.Forall;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReplicationLagTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    private final ReplicationLag lagging = new ReplicationLag();

    private static Change change(Change.Kind kind, long ms, String region, String... fields) {
        Map<String, String> set = new java.util.TreeMap<>();
        for (int i = 0; i < fields.length; i += 2) {
            set.put(fields[i], fields[i + 1]);
        }
        return new Change(kind, set, new Stamp(ms, region), "tester", "");
    }

    private static final DefinitionState MADE =
            DefinitionState.EMPTY.after(change(Change.Kind.CREATED, 1, "us", "name", "Web", "weights", "us=1"));

    private static DefinitionState renamed(long ms) {
        return MADE.after(change(Change.Kind.CHANGED, ms, "us", "name", "Name " + ms));
    }

    private boolean lags(DefinitionState ours, DefinitionState theirs, long second) {
        lagging.compared(
                Map.of("rule:web", DefinitionDigest.of(ours)),
                Map.of("rule:web", DefinitionDigest.of(theirs)),
                Duration.ofSeconds(second).toNanos());
        return !lagging.lasting(LONG, Duration.ofSeconds(second).toNanos()).isEmpty();
    }

    @Test
    void aChangeThatDoesNotArriveLagsAndThenNoMore() {
        assertThat(lags(MADE, renamed(5), 0)).isFalse();
        assertThat(lags(MADE, renamed(5), 30)).isFalse();
        assertThat(lags(MADE, renamed(5), 31)).isTrue();
        assertThat(lags(renamed(5), renamed(5), 40)).isFalse();
    }

    @Test
    void aDefinitionThatIsNeverEqualBecauseItChangesAllTheTimeDoesNotLag() {
        for (int second = 0; second < 1_000; second += 10) {
            assertThat(lags(renamed(second + 1), renamed(second + 2), second)).isFalse();
        }
    }

    @Test
    void aLossIsSeenWhileOtherFieldsGoOnChanging() {
        DefinitionState lost = MADE.after(change(Change.Kind.CHANGED, 3, "us", "weights", "us=2"));
        boolean lags = false;
        for (int second = 0; second < 60; second += 10) {
            Change next = change(Change.Kind.CHANGED, 10 + second, "us", "name", "Name " + second);
            lags = lags(MADE.after(next), lost.after(next), second);
        }
        assertThat(lags).isTrue();
    }

    @Test
    void whoIsAheadDoesNotLag() {
        lags(renamed(5), MADE, 0);
        assertThat(lags(renamed(5), MADE, 100)).isFalse();
        lagging.compared(Map.of("rule:web", DefinitionDigest.of(MADE)), Map.of(), 0);
        assertThat(lagging.lasting(LONG, LONG.toNanos() * 2)).isEmpty();
    }

    @Test
    void aDefinitionThatWasNeverHeardOfLags() {
        assertThat(lagging.compared(Map.of(), Map.of("rule:web", DefinitionDigest.of(MADE)), 0))
                .containsExactly("rule:web");
        lagging.compared(Map.of(), Map.of("rule:web", DefinitionDigest.of(MADE)), LONG.toNanos());
        assertThat(lagging.lasting(LONG, LONG.toNanos() + 1)).containsExactly("rule:web");
    }

    @Test
    void aRemovalCoversWhatItHides() {
        DefinitionDigest removed = DefinitionDigest.of(MADE.after(change(Change.Kind.REMOVED, 9, "us")));
        assertThat(removed.covers(DefinitionDigest.of(renamed(8)))).isTrue();
        assertThat(removed.covers(DefinitionDigest.of(renamed(10)))).isFalse();
        assertThat(DefinitionDigest.of(MADE).covers(removed)).isFalse();
    }

    @Test
    void oneStampWithTwoTextsLagsOnBothSides() {
        DefinitionState one = MADE.after(change(Change.Kind.CHANGED, 5, "us", "name", "One"));
        DefinitionState two = MADE.after(change(Change.Kind.CHANGED, 5, "us", "name", "Two"));
        assertThat(lags(one, two, 0)).isFalse();
        assertThat(lags(one, two, 31)).isTrue();
    }

    @Test
    void aMergedStateCoversWhatItWasMadeOf() {
        Forall.cases(random -> {
            List<Change> changes = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                Change.Kind kind = List.of(Change.Kind.CREATED, Change.Kind.CHANGED, Change.Kind.REMOVED)
                        .get(random.nextInt(3));
                changes.add(
                        kind == Change.Kind.REMOVED
                                ? change(kind, random.nextInt(20), "r" + random.nextInt(3))
                                : change(
                                        kind,
                                        random.nextInt(20),
                                        "r" + random.nextInt(3),
                                        "f" + random.nextInt(3),
                                        "t" + i));
            }
            DefinitionState some = DefinitionState.EMPTY;
            DefinitionState all = DefinitionState.EMPTY;
            for (Change change : changes) {
                some = random.nextBoolean() ? some.after(change) : some;
                all = all.after(change);
            }
            assertThat(DefinitionDigest.of(all.merge(some)).covers(DefinitionDigest.of(some)))
                    .isTrue();
            if (DefinitionDigest.of(some).covers(DefinitionDigest.of(all))
                    && DefinitionDigest.of(all).covers(DefinitionDigest.of(some))) {
                assertThat(some.fields().keySet()).isEqualTo(all.fields().keySet());
            }
        });
    }
}
