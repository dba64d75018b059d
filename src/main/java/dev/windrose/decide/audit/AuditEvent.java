package dev.windrose.decide.audit;

import java.util.Map;
import java.util.TreeMap;

/**
 * What somebody did, or was refused.
 *
 * @param who the caller's name
 * @param from the caller's address
 * @param requestId of the call, as it was told to the caller
 * @param status of the answer
 * @param target what was changed, such as {@code rule:web}; empty when nothing was, or no definition
 * @param before the texts of the fields that changed, as they were
 * @param after the same, as they are
 * @param reason why, in the caller's words; for a refusal what was wrong
 * @param count calls that this stands for: refusals alike within a moment are kept as one
 */
public record AuditEvent(
        long epochMs,
        String who,
        String from,
        String requestId,
        String method,
        String path,
        int status,
        String target,
        Map<String, String> before,
        Map<String, String> after,
        String reason,
        long count) {

    public AuditEvent {
        before = Map.copyOf(before);
        after = Map.copyOf(after);
    }

    /** Whether both stand for the same thing, done again. */
    public boolean isLike(AuditEvent other) {
        return status >= 400
                && status == other.status
                && who.equals(other.who)
                && from.equals(other.from)
                && method.equals(other.method)
                && path.equals(other.path)
                && target.equals(other.target);
    }

    public AuditEvent times(long calls) {
        return new AuditEvent(
                epochMs, who, from, requestId, method, path, status, target, before, after, reason, calls);
    }

    /** The fields that changed, ordered. */
    Map<String, String> orderedBefore() {
        return new TreeMap<>(before);
    }

    Map<String, String> orderedAfter() {
        return new TreeMap<>(after);
    }
}
