package dev.windrose.decide.definition;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The state of definitions at an instant, and the edits that restore it.
 *
 * <p>It consists of all changes that a region had recorded by then, whatever their stamps are: a wrong clock therefore
 * moves nothing in time, and the answer is what the region decided by.
 */
public final class PointInTime {

    /** An edit that restores a past state. */
    public record Edit(Change.Kind kind, Map<String, String> fields) {

        public Edit {
            fields = Map.copyOf(fields);
        }
    }

    /** A change, and when a region recorded it. */
    public record Recorded(Change change, long epochMs) {}

    /** The state from those changes that were recorded at or before an instant. */
    public static DefinitionState at(Collection<Recorded> changes, long epochMs) {
        DefinitionState state = DefinitionState.EMPTY;
        for (Recorded recorded : changes) {
            if (recorded.epochMs() <= epochMs) {
                state = state.after(recorded.change());
            }
        }
        return state;
    }

    /**
     * The edit that brings {@code now} to {@code then}, or null when they are equal. What happened to traffic
     * (failovers, overrides, evacuations) is not part of the definition and is left as is.
     */
    public static @Nullable Edit back(DefinitionState now, DefinitionState then) {
        if (!then.exists()) {
            return now.exists() ? new Edit(Change.Kind.REMOVED, Map.of()) : null;
        }
        Map<String, String> fields = new HashMap<>();
        then.fields().forEach((field, entry) -> {
            if (defines(field) && !(now.exists() && entry.text().equals(now.text(field)))) {
                fields.put(field, entry.text());
            }
        });
        now.fields().forEach((field, entry) -> {
            // An empty text means the default, for every field introduced later.
            if (now.exists()
                    && defines(field)
                    && then.text(field) == null
                    && !entry.text().isEmpty()) {
                fields.put(field, "");
            }
        });
        if (!now.exists()) {
            return new Edit(Change.Kind.CREATED, fields);
        }
        return fields.isEmpty() ? null : new Edit(Change.Kind.CHANGED, fields);
    }

    /** Whether a field states intent, as opposed to events. */
    public static boolean defines(String field) {
        return !field.equals(Fields.EVACUATION)
                && !field.equals(Fields.OVERRIDE)
                && !field.startsWith(Fields.OVERRIDE + ".")
                && !Fields.recordsFailover(field);
    }

    private PointInTime() {}
}
