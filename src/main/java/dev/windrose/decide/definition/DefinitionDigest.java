package dev.windrose.decide.definition;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Identifies the state of one definition, and which changes it includes.
 *
 * @param revision of the state: equal exactly when the same changes were received
 * @param stamps the newest stamp of each field, and of creation and removal
 */
public record DefinitionDigest(String revision, Map<String, Stamp> stamps) {

    /** Names that no field has. */
    private static final String CREATED = "+";

    private static final String REMOVED = "-";

    /** For a definition that was never received. */
    public static final DefinitionDigest NOTHING = of(DefinitionState.EMPTY);

    public DefinitionDigest {
        stamps = Map.copyOf(stamps);
    }

    public static DefinitionDigest of(DefinitionState state) {
        Map<String, Stamp> stamps = new HashMap<>();
        state.fields().forEach((field, entry) -> stamps.put(field, entry.stamp()));
        put(stamps, CREATED, state.created());
        put(stamps, REMOVED, state.removed());
        return new DefinitionDigest(state.revision(), stamps);
    }

    private static void put(Map<String, Stamp> stamps, String name, @Nullable Stamp stamp) {
        if (stamp != null) {
            stamps.put(name, stamp);
        }
    }

    /** Whether everything visible in the other state was received here, or is hidden by what was. */
    public boolean covers(DefinitionDigest other) {
        Stamp removed = stamps.get(REMOVED);
        for (Map.Entry<String, Stamp> theirs : other.stamps.entrySet()) {
            Stamp own = stamps.get(theirs.getKey());
            boolean field = !theirs.getKey().equals(CREATED) && !theirs.getKey().equals(REMOVED);
            Stamp heard = field ? Stamp.later(own, removed) : own;
            if (heard == null || heard.compareTo(theirs.getValue()) < 0) {
                return false;
            }
        }
        return true;
    }
}
