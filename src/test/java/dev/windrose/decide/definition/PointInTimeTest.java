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

class PointInTimeTest {

    private static final List<String> FIELDS = List.of(Fields.NAME, Fields.WEIGHTS, Fields.FALLBACK, "monitor.login");

    private static List<Change> changes(Random random) {
        List<Change> changes = new ArrayList<>();
        for (int i = 0; i < 1 + random.nextInt(20); i++) {
            Change.Kind kind = Change.Kind.values()[random.nextInt(Change.Kind.values().length)];
            Map<String, String> fields = new HashMap<>();
            FIELDS.forEach(field -> {
                if (kind == Change.Kind.CREATED || random.nextInt(3) == 0) {
                    fields.put(field, "v" + random.nextInt(3));
                }
            });
            changes.add(new Change(
                    kind,
                    kind == Change.Kind.REMOVED ? Map.of() : fields,
                    new Stamp(1 + i, "region-" + random.nextInt(3)),
                    "ada",
                    ""));
        }
        return changes;
    }

    private static List<PointInTime.Recorded> recorded(List<Change> changes) {
        return changes.stream()
                .map(change -> new PointInTime.Recorded(change, change.stamp().epochMs()))
                .toList();
    }

    @Test
    void aStampFromTheFutureIsOfTheTimeWhenItWasRecorded() {
        Change made = new Change(Change.Kind.CREATED, Map.of("name", "now"), new Stamp(10, "a"), "ada", "");
        Change ahead = new Change(Change.Kind.CHANGED, Map.of("name", "of 2036"), new Stamp(9_999, "a"), "ada", "");
        Change after = new Change(Change.Kind.CHANGED, Map.of("name", "after"), new Stamp(10_000, "b"), "ada", "");
        List<PointInTime.Recorded> recorded = List.of(
                new PointInTime.Recorded(made, 10),
                new PointInTime.Recorded(ahead, 20),
                new PointInTime.Recorded(after, 30));

        assertThat(PointInTime.at(recorded, 19).text("name")).isEqualTo("now");
        assertThat(PointInTime.at(recorded, 29).text("name")).isEqualTo("of 2036");
        assertThat(PointInTime.at(recorded, 30).text("name")).isEqualTo("after");
    }

    @Test
    void anInstantIsTheSameInWhateverOrderTheChangesCame() {
        Forall.cases(random -> {
            List<Change> changes = changes(random);
            long at = random.nextInt(22);
            DefinitionState then = PointInTime.at(recorded(changes), at);
            DefinitionState grown = DefinitionState.EMPTY;
            for (Change change : changes) {
                grown = change.stamp().epochMs() <= at ? grown.after(change) : grown;
            }
            assertThat(then).isEqualTo(grown);
            Collections.shuffle(changes, random);
            assertThat(PointInTime.at(recorded(changes), at)).isEqualTo(then);
        });
    }

    @Test
    void anEditBackMakesTheDefinitionWhatItWasAndASecondOneIsNotNeeded() {
        Forall.cases(random -> {
            List<Change> changes = changes(random);
            DefinitionState now = PointInTime.at(recorded(changes), Long.MAX_VALUE);
            DefinitionState then = PointInTime.at(recorded(changes), random.nextInt(22));
            PointInTime.Edit edit = PointInTime.back(now, then);
            DefinitionState back = edit == null
                    ? now
                    : now.after(new Change(
                            edit.kind(), edit.fields(), Stamp.next(50, "region-0", now.heard()), "ada", "back"));
            assertThat(back.exists()).isEqualTo(then.exists());
            if (then.exists()) {
                FIELDS.forEach(field -> assertThat(said(back, field)).as(field).isEqualTo(said(then, field)));
            }
            assertThat(PointInTime.back(back, then)).isNull();
        });
    }

    private static String said(DefinitionState state, String field) {
        String text = state.text(field);
        return text == null ? "" : text;
    }

    @Test
    void whatHappenedToTrafficIsNotBroughtBack() {
        DefinitionState then = DefinitionState.EMPTY.after(new Change(
                Change.Kind.CREATED, Map.of("name", "a", "override.eu-west-1", "x"), new Stamp(1, "a"), "", ""));
        DefinitionState now = then.after(new Change(
                Change.Kind.CHANGED,
                Map.of("name", "b", "override.eu-west-1", "", "failover.eu-west-1", "y"),
                new Stamp(2, "a"),
                "",
                ""));
        assertThat(PointInTime.back(now, then))
                .isEqualTo(new PointInTime.Edit(Change.Kind.CHANGED, Map.of("name", "a")));
    }
}
