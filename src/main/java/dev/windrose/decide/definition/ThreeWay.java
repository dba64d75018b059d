package dev.windrose.decide.definition;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Three-way merge of a definition in a file with the previous version of the file and the current definition.
 *
 * <p>Fields named in the file are set. Fields that the previous version named and this one does not return to their
 * defaults. All other fields are left untouched.
 */
public final class ThreeWay {

    /*
     * The previous content of the file is stored in the definition itself, as field names with a checksum of each text:
     * enough to detect changes by others without keeping every text twice. So there is no state file beside the
     * manifests that could be lost or disagree with the cluster.
     */

    /**
     * The changes to write.
     *
     * @param fields new texts by field, ownership data included; empty when there is nothing to do
     * @param drifted the named fields that someone else changed since the last apply
     */
    public record Merged(Map<String, String> fields, Set<String> drifted) {

        public Merged {
            fields = Map.copyOf(fields);
            drifted = Set.copyOf(drifted);
        }
    }

    /**
     * @param live the current state; {@link DefinitionState#EMPTY} or a removed one when there is none
     * @param wanted the texts of the fields that the file names, and of those derived from them
     * @param owned the fields that the file names
     * @param defaults texts of all fields, for those that the file no longer names
     * @param owner that applies it
     */
    public static Merged merge(
            DefinitionState live,
            Map<String, String> wanted,
            Set<String> owned,
            Map<String, String> defaults,
            String owner) {
        Map<String, String> changes = new HashMap<>();
        Set<String> drifted = new TreeSet<>();
        Map<String, String> before = applied(live);
        wanted.forEach((field, text) -> {
            if (!said(live, field).equals(text)) {
                changes.put(field, text);
                String last = before.get(field);
                if (last != null && !last.equals(checksum(said(live, field)))) {
                    drifted.add(field);
                }
            }
        });
        for (String field : before.keySet()) {
            String unset = defaults.getOrDefault(field, "");
            if (!owned.contains(field)
                    && !wanted.containsKey(field)
                    && !said(live, field).equals(unset)) {
                changes.put(field, unset);
            }
        }
        Map<String, String> now = new TreeMap<>();
        owned.forEach(field -> now.put(field, checksum(wanted.getOrDefault(field, said(live, field)))));
        note(changes, live, Fields.APPLIED, Fields.map(now));
        note(changes, live, Fields.MANAGED_BY, owner);
        return new Merged(changes, drifted);
    }

    /** The owner of the definition; empty for none. */
    public static String owner(DefinitionState state) {
        return state.exists() ? said(state, Fields.MANAGED_BY) : "";
    }

    private static void note(Map<String, String> changes, DefinitionState live, String field, String text) {
        if (!said(live, field).equals(text)) {
            changes.put(field, text);
        }
    }

    private static Map<String, String> applied(DefinitionState live) {
        try {
            return live.exists() ? Fields.entries(said(live, Fields.APPLIED)) : Map.of();
        } catch (IllegalArgumentException e) {
            // Written by a later version: the previous content is unknown.
            return Map.of();
        }
    }

    private static String said(DefinitionState state, String field) {
        @Nullable String text = state.text(field);
        return text == null ? "" : text;
    }

    static String checksum(String text) {
        CRC32C crc = new CRC32C();
        crc.update(text.getBytes(StandardCharsets.UTF_8));
        return Long.toHexString(crc.getValue());
    }

    private ThreeWay() {}
}
