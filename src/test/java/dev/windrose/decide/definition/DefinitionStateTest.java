package dev.windrose.decide.definition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.Forall;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DefinitionStateTest {

    private static final List<String> REGIONS = List.of("us-east-1", "eu-west-1", "ap-southeast-1");
    private static final List<String> FIELDS = List.of("name", "weights", "algorithm", "status");

    @Test
    void regionsAgreeWhateverTheOrderAndHoweverOftenAChangeArrives() {
        Forall.cases(random -> {
            List<Change> changes = changes(random);
            List<Change> again = new ArrayList<>(changes);
            again.addAll(changes.subList(0, random.nextInt(changes.size() + 1)));
            Collections.shuffle(again, random);

            assertThat(apply(again)).isEqualTo(apply(changes));
        });
    }

    @Test
    void mergingTwoStatesIsHavingHeardBoth() {
        Forall.cases(random -> {
            List<Change> changes = changes(random);
            int cut = random.nextInt(changes.size() + 1);
            DefinitionState left = apply(changes.subList(0, cut));
            DefinitionState right = apply(changes.subList(cut, changes.size()));

            assertThat(left.merge(right)).isEqualTo(apply(changes));
            assertThat(right.merge(left)).isEqualTo(apply(changes));
            assertThat(left.merge(left)).isEqualTo(left);
        });
    }

    @Test
    void aRemovedDefinitionKeepsNoTextThatTheRemovalHides() {
        Stamp early = new Stamp(1, "eu-west-1");
        Stamp late = new Stamp(2, "eu-west-1");
        DefinitionState removed = DefinitionState.EMPTY
                .after(change(Change.Kind.CREATED, Map.of("name", "web"), early))
                .after(change(Change.Kind.REMOVED, Map.of(), late));

        assertThat(removed.exists()).isFalse();
        assertThat(removed.fields()).isEmpty();
    }

    @Test
    void anEditElsewhereDoesNotBringARemovedDefinitionBack() {
        DefinitionState state = DefinitionState.EMPTY
                .after(change(Change.Kind.CREATED, Map.of("name", "web"), new Stamp(1, "eu-west-1")))
                .after(change(Change.Kind.REMOVED, Map.of(), new Stamp(2, "eu-west-1")))
                .after(change(Change.Kind.CHANGED, Map.of("name", "shop"), new Stamp(3, "us-east-1")));

        assertThat(state.exists()).isFalse();
    }

    @Test
    void aStampWinsOverWhatWasHeardEvenWhenTheClockLags() {
        Stamp heard = new Stamp(1_000, "us-east-1");

        assertThat(Stamp.next(10, "ap-southeast-1", heard)).isGreaterThan(heard);
        assertThat(Stamp.next(1_000, "ap-southeast-1", heard)).isGreaterThan(heard);
    }

    private static DefinitionState apply(List<Change> changes) {
        DefinitionState state = DefinitionState.EMPTY;
        for (Change change : changes) {
            state = state.after(change);
        }
        return state;
    }

    private static List<Change> changes(Random random) {
        List<Change> changes = new ArrayList<>();
        int count = random.nextInt(20);
        for (int i = 0; i < count; i++) {
            Change.Kind kind = Change.Kind.values()[random.nextInt(Change.Kind.values().length)];
            Map<String, String> fields = new HashMap<>();
            for (String field : FIELDS) {
                if (kind == Change.Kind.CREATED || random.nextInt(3) == 0) {
                    fields.put(field, Integer.toString(random.nextInt(5)));
                }
            }
            changes.add(change(
                    kind,
                    kind == Change.Kind.REMOVED ? Map.of() : fields,
                    new Stamp(random.nextInt(8), REGIONS.get(random.nextInt(REGIONS.size())))));
        }
        return changes;
    }

    private static Change change(Change.Kind kind, Map<String, String> fields, Stamp stamp) {
        return new Change(kind, fields, stamp, "tester", "");
    }
}
