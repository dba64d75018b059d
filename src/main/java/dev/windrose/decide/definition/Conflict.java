package dev.windrose.decide.definition;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A change that was acknowledged and is not in force, because a change that did not know it superseded it.
 *
 * @param stamp of the change
 * @param fields the texts it set that are no longer in force, by wire name
 * @param life {@code created} or {@code removed} when it was a creation or removal, else empty
 * @param by the stamp of the change that superseded it
 */
public record Conflict(Stamp stamp, Map<String, String> fields, String life, Stamp by) {

    public Conflict {
        fields = Map.copyOf(fields);
    }

    /** The conflicts in a state, the newest first. */
    public static List<Conflict> of(DefinitionState state) {
        Stamp life = Stamp.later(state.created(), state.removed());
        if (life == null) {
            // Its creation has not arrived yet.
            return List.of();
        }
        Map<Stamp, Conflict> found = new TreeMap<>();
        boolean exists = state.exists();
        for (CausalContext.Lost lost : state.causes().lost()) {
            Stamp by = superseding(state, lost, life);
            if (by != null) {
                add(found, lost.stamp(), lost.field(), lost.text(), by);
            }
        }
        if (!exists) {
            // Stamped after the removal, but the removal stands: an edit does not create.
            state.fields().forEach((field, entry) -> {
                if (state.causes().open(field, entry.stamp())) {
                    add(found, entry.stamp(), field, entry.text(), life);
                }
            });
        }
        List<Conflict> newestFirst = new ArrayList<>(found.values());
        Collections.reverse(newestFirst);
        return newestFirst;
    }

    private static @Nullable Stamp superseding(DefinitionState state, CausalContext.Lost lost, Stamp life) {
        if (lost.field().equals(CausalContext.LIFE)) {
            return lost.text().equals("created") == state.exists() ? null : life;
        }
        DefinitionState.Entry entry = state.fields().get(lost.field());
        if (!state.exists() || entry == null) {
            return state.removed();
        }
        return entry.text().equals(lost.text()) ? null : entry.stamp();
    }

    private static void add(Map<Stamp, Conflict> found, Stamp stamp, String field, String text, Stamp by) {
        Conflict before = found.get(stamp);
        Map<String, String> fields = new TreeMap<>(before == null ? Map.of() : before.fields());
        boolean life = field.equals(CausalContext.LIFE);
        if (!life) {
            fields.put(field, text);
        }
        String what = life ? text : before == null ? "" : before.life();
        Stamp latest = before == null || by.compareTo(before.by()) > 0 ? by : before.by();
        found.put(stamp, new Conflict(stamp, fields, what, latest));
    }
}
