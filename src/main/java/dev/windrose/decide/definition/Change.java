package dev.windrose.decide.definition;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One change of a definition, as every region applies it.
 *
 * @param kind the requested operation; only {@link Kind#CREATED}, {@link Kind#REMOVED} and {@link Kind#ACKNOWLEDGED}
 *     mean more than their fields
 * @param fields new texts of the fields that changed, by wire name; see {@link Fields} for their forms
 * @param author who requested it
 * @param reason why, in the author's words; may be empty
 * @param seen what the originating region had received of this definition: the newest stamp of each region, in ms since
 *     1970. Null when unknown, as in changes of versions before 2, which count as having known everything earlier
 * @param request identifies the request; null when it cannot be retried
 * @param causes for a repair: the causal context of the region whose state was taken
 */
public record Change(
        Kind kind,
        Map<String, String> fields,
        Stamp stamp,
        String author,
        String reason,
        @Nullable Map<String, Long> seen,
        @Nullable IdempotencyKey request,
        @Nullable CausalContext causes) {

    /** Stored in journals by name: constants are added and never renamed. */
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
        /** Data of another region that this one lacked, with its original stamps. */
        REPAIRED,
        REMOVED,
        /** An acknowledged conflict. */
        ACKNOWLEDGED
    }

    public Change {
        fields = Map.copyOf(fields);
        seen = seen == null ? null : Map.copyOf(seen);
    }

    /** A change whose author's knowledge is unknown. */
    public Change(Kind kind, Map<String, String> fields, Stamp stamp, String author, String reason) {
        this(kind, fields, stamp, author, reason, null, null, null);
    }
}
