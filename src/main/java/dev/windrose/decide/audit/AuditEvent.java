package dev.windrose.decide.audit;

import java.util.Map;
import java.util.TreeMap;

/**
 * An action of a caller, done or refused.
 *
 * @param who the caller's name
 * @param from the caller's address
 * @param requestId of the call, as returned to the caller
 * @param status of the answer
 * @param target what was changed, such as {@code rule:web}; empty when nothing was, or no definition
 * @param before the previous texts of the fields that changed
 * @param after their new texts
 * @param reason the caller's reason; for a refusal, what was wrong
 * @param count number of calls it stands for: similar refusals within a short time are kept as one
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

    /** Whether both are repetitions of the same action. */
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
