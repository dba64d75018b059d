package dev.windrose.decide.rule;

import java.util.Map;

/**
 * One change of a definition, as every region applies it.
 *
 * @param kind what was asked for; only {@link Kind#CREATED} and {@link Kind#REMOVED} mean more than their fields
 * @param fields new texts of the fields that changed, by wire name; see {@link Fields} for their forms
 * @param author who asked
 * @param reason why, in the author's words; may be empty
 */
public record Change(Kind kind, Map<String, String> fields, Stamp stamp, String author, String reason) {

    /** Kept in journals by name: constants are added and never renamed. */
    public enum Kind {
        CREATED,
        CHANGED,
        WEIGHTS_SET,
        PAUSED,
        RESUMED,
        /** Traffic left a target; the field says why. */
        FAILED_OVER,
        /** Traffic came back to a target. */
        FAILED_BACK,
        /** What another region had and this one lacked, with the stamps it has there. */
        REPAIRED,
        REMOVED
    }

    public Change {
        fields = Map.copyOf(fields);
    }
}
