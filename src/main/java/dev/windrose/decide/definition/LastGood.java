package dev.windrose.decide.definition;

import dev.windrose.model.DefinitionKey;
import dev.windrose.model.HealthCheck;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The effective form of a definition: a field whose newest text is invalid, whatever the other fields contain, keeps
 * its previous text.
 *
 * <p>Edits are checked before they are written, so an invalid text comes from a damaged journal or from a region of
 * another version. It stays in the state, so that regions agree and a version that understands it can use it; it just
 * has no effect.
 */
public final class LastGood {

    /**
     * @param before the effective state until now; {@link DefinitionState#EMPTY} when there was none
     * @param after the received state
     * @return {@code after} itself when every field is usable
     */
    public static DefinitionState usable(
            DefinitionKey.Kind kind, DefinitionState before, DefinitionState after, HealthCheck defaults) {
        // A key's permissions must never exceed its newest text.
        if (!after.exists() || kind == DefinitionKey.Kind.KEY) {
            return after;
        }
        Map<String, DefinitionState.Entry> kept = new HashMap<>();
        after.fields().forEach((field, entry) -> {
            DefinitionState.Entry earlier = before.fields().get(field);
            if (earlier != null && !earlier.text().equals(entry.text()) && !sound(kind, field, entry, defaults)) {
                kept.put(field, earlier);
            }
        });
        if (kept.isEmpty()) {
            return after;
        }
        Map<String, DefinitionState.Entry> usable = new HashMap<>(after.fields());
        usable.putAll(kept);
        return new DefinitionState(usable, after.created(), after.removed(), after.causes());
    }

    /** The fields of {@code used} that differ from the received ones. */
    public static List<String> kept(DefinitionState used, DefinitionState heard) {
        List<String> fields = new ArrayList<>();
        used.fields().forEach((field, entry) -> {
            if (!entry.equals(heard.fields().get(field))) {
                fields.add(field);
            }
        });
        return fields;
    }

    private static boolean sound(
            DefinitionKey.Kind kind, String field, DefinitionState.Entry entry, HealthCheck defaults) {
        if (field.equals(Fields.RESIDENCY) && entry.text().isEmpty()) {
            // Lifting a residency is explicit; a blank text was lost on the way.
            return false;
        }
        try {
            FieldChecks.require(kind, field, entry.text(), defaults);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private LastGood() {}
}
