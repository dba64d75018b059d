package dev.windrose.decide.definition;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CatchUpTest {

    private static final long LATER = CatchUp.SILENT.toNanos() + 1;
    private static final Set<String> OTHERS = Set.of("eu", "asia");
    private static final DefinitionDigest STATE = DefinitionDigest.of(DefinitionState.EMPTY.after(
            new Change(Change.Kind.CREATED, Map.of("name", "web"), new Stamp(1, "eu"), "tester", "")));

    private final CatchUp known = new CatchUp(OTHERS, false, 0);
    private final CatchUp empty = new CatchUp(OTHERS, true, 0);

    @Test
    void theFirstNodeOfANewClusterHasNobodyToCatchUpWith() {
        assertThat(empty.missing(false, Set.of(), 0)).isNotNull();
        assertThat(empty.missing(true, Set.of("us"), 0)).isNull();
    }

    @Test
    void aRegionThatKnowsNothingWaitsForAnotherHoweverLongItIsSilent() {
        assertThat(empty.missing(true, Set.of("us", "eu"), 100 * LATER)).contains("eu");
        empty.told("eu", Map.of(), 0);
        assertThat(empty.missing(true, Set.of("us", "eu"), 0)).isNull();
    }

    @Test
    void aRegionThatKnowsItsJournalDoesNotDependOnSilentOnes() {
        assertThat(known.missing(true, Set.of("us", "eu", "asia"), 0)).contains("asia, eu");
        assertThat(known.missing(true, Set.of("us", "eu", "asia"), LATER)).isNull();
        assertThat(known.missing(false, Set.of(), 0)).isNotNull();
        assertThat(known.missing(false, Set.of(), LATER)).isNull();
    }

    @Test
    void whatOthersHaveIsMissingUntilItIsCovered() {
        empty.told("eu", Map.of("rule:web", STATE, "key:ci", STATE), 0);
        assertThat(empty.missing(true, Set.of("eu"), 0)).endsWith(": 2");
        empty.look(entity -> entity.equals("rule:web") ? STATE : DefinitionDigest.NOTHING);
        assertThat(empty.missing(true, Set.of("eu"), 100 * LATER)).endsWith(": 1");
        assertThat(empty.lacking("eu", Duration.ZERO, 0)).containsExactly("key:ci");
        assertThat(empty.lacking("eu", Duration.ofSeconds(3), 0)).isEmpty();
        empty.look("key:ci", STATE);
        assertThat(empty.missing(true, Set.of("eu"), 0)).isNull();
    }

    @Test
    void whatCannotBeTakenHoldsUpNobody() {
        known.told("eu", Map.of("rule:poisoned", STATE), 0);
        assertThat(known.missing(true, OTHERS, LATER)).isNotNull();
        known.giveUp("rule:poisoned");
        assertThat(known.missing(true, OTHERS, LATER)).isNull();
    }

    @Test
    void whatARegionHadThatIsInTheClusterNoMoreIsNotWaitedFor() {
        known.told("eu", Map.of("rule:web", STATE), 0);
        assertThat(known.missing(true, OTHERS, LATER)).endsWith(": 1");
        assertThat(known.missing(true, Set.of("us", "asia"), LATER)).isNull();
    }

    @Test
    void aRegionTellsOnce() {
        known.told("eu", Map.of(), 0);
        known.told("eu", Map.of("rule:web", STATE), 0);
        assertThat(known.hasTold("eu")).isTrue();
        assertThat(known.lacking("eu", Duration.ZERO, 1)).isEmpty();
    }
}
