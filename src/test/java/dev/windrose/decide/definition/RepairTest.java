package dev.windrose.decide.definition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.Forall;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RepairTest {

    private static final List<String> REGIONS = List.of("a", "b", "c");
    private static final List<String> FIELDS = List.of("name", "weights", "status", "targets");

    @Test
    void whatIsRecordedMakesTheStateTheMergedOneInAnyOrder() {
        Forall.cases(random -> {
            List<Change> all = changes(random);
            DefinitionState own = some(all, random);
            DefinitionState other = some(all, random);
            List<Change> repair = new ArrayList<>(Repair.changes(own, other, "windrose@a", "lacked"));
            Collections.shuffle(repair, random);
            DefinitionState mended = own;
            for (Change change : repair) {
                mended = mended.after(change);
            }
            if (!repair.isEmpty()) {
                assertThat(mended).isEqualTo(own.merge(other));
            }
            assertThat(mended.revision()).isEqualTo(other.merge(own).revision());
            assertThat(Repair.changes(mended, other, "windrose@a", "lacked")).isEmpty();
        });
    }

    @Test
    void whoIsAheadRecordsNothing() {
        DefinitionState behind = DefinitionState.EMPTY.after(change(Change.Kind.CREATED, 1, "a", Map.of("name", "x")));
        DefinitionState ahead = behind.after(change(Change.Kind.CHANGED, 2, "a", Map.of("name", "y")));
        assertThat(Repair.changes(ahead, behind, "w", "")).isEmpty();
        assertThat(Repair.changes(behind, ahead, "w", ""))
                .containsExactly(new Change(
                        Change.Kind.REPAIRED,
                        Map.of("name", "y"),
                        new Stamp(2, "a"),
                        "w",
                        "",
                        null,
                        null,
                        ahead.causes()));
    }

    private static List<Change> changes(Random random) {
        List<Change> changes = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            Change.Kind kind = i == 0
                    ? Change.Kind.CREATED
                    : List.of(Change.Kind.CHANGED, Change.Kind.CHANGED, Change.Kind.REMOVED, Change.Kind.CREATED)
                            .get(random.nextInt(4));
            changes.add(change(
                    kind,
                    1 + random.nextInt(8),
                    REGIONS.get(random.nextInt(3)),
                    kind == Change.Kind.REMOVED
                            ? Map.of()
                            : Map.of(FIELDS.get(random.nextInt(4)), "text " + random.nextInt(3))));
        }
        return changes;
    }

    private static DefinitionState some(List<Change> changes, Random random) {
        DefinitionState state = DefinitionState.EMPTY;
        for (Change change : changes) {
            if (random.nextBoolean()) {
                state = state.after(change);
            }
        }
        return state;
    }

    private static Change change(Change.Kind kind, long epochMs, String region, Map<String, String> fields) {
        return new Change(kind, fields, new Stamp(epochMs, region), "somebody", "");
    }
}
