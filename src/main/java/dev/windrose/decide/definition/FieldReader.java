package dev.windrose.decide.definition;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads the fields of one state by the forms of their texts.
 *
 * <p>Reading is total: a state merged from two regions was checked by neither, and one that a later version wrote may
 * hold what this one cannot read. An unreadable field counts as not set.
 */
record FieldReader(DefinitionState state) {

    /**
     * The value of a field.
     *
     * @param unset where the field is not set or cannot be read
     * @param form throws {@link IllegalArgumentException} for a text that it cannot read
     */
    <T> T read(String field, T unset, Function<String, T> form) {
        T value = readable(field, form);
        return value == null ? unset : value;
    }

    /** As the other, but one that is set and cannot be read is not as if it were not set. */
    <T> T read(String field, T unset, T unreadable, Function<String, T> form) {
        String text = state.text(field);
        T value = readable(field, form);
        return value != null ? value : text == null || text.isEmpty() ? unset : unreadable;
    }

    /** The value of a field, or null where it is not set or cannot be read. */
    <T> @Nullable T readable(String field, Function<String, T> form) {
        String text = state.text(field);
        if (text == null || text.isEmpty()) {
            return null;
        }
        try {
            return form.apply(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** The names for which the state has a text in a field of that kind. */
    List<String> named(String kind) {
        List<String> names = new ArrayList<>();
        state.fields().forEach((field, entry) -> {
            if (field.startsWith(kind + ".") && !entry.text().isEmpty()) {
                names.add(field.substring(kind.length() + 1));
            }
        });
        return names;
    }
}
