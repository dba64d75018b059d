package dev.windrose.live.edit;

import dev.windrose.decide.definition.DefinitionState;
import dev.windrose.decide.definition.Fields;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What the audit records of an edit: the texts that differ. Secrets are hidden, and long texts are truncated.
 *
 * @param before the previous texts of the fields that changed
 * @param after their new texts
 */
public record AuditedFields(Map<String, String> before, Map<String, String> after) {

    private static final int TEXT_AT_MOST = 2048;
    private static final Set<String> HIDDEN = Set.of(Fields.HASH, Fields.PREVIOUS_HASH, Fields.USED_HASH);

    public static AuditedFields between(DefinitionState was, DefinitionState is) {
        return new AuditedFields(differing(was, is), differing(is, was));
    }

    public boolean isEmpty() {
        return before.isEmpty() && after.isEmpty();
    }

    private static Map<String, String> differing(DefinitionState of, DefinitionState from) {
        Map<String, String> differing = new TreeMap<>();
        of.fields().forEach((field, entry) -> {
            if (!entry.text().equals(from.text(field))) {
                differing.put(field, shown(field, entry.text()));
            }
        });
        return differing;
    }

    private static String shown(String field, String text) {
        return HIDDEN.contains(field) && !text.isEmpty()
                ? "(hidden)"
                : text.length() <= TEXT_AT_MOST ? text : text.substring(0, TEXT_AT_MOST) + "...";
    }
}
