package dev.windrose.front.web;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Fields that answers show and bodies cannot set. A body may contain them with the value shown, so that what {@code
 * GET} returned can be sent back.
 */
public final class ReadOnlyFields {

    /** Fields that change by themselves, so that they cannot be sent back unchanged. */
    private static final List<String> MOVING = List.of(
            "total_requests",
            "failed_requests",
            "usage_count",
            "capacity_now",
            "region_health",
            "performance_metrics",
            "failovers",
            "warnings",
            "changed",
            "conflicts");

    /** Fields that other calls set. */
    private static final List<String> ELSEWHERE = List.of("created_at", "managed_by", "overrides", "override");

    /** Fields of an override that change over time. */
    private static final List<String> PASSING = List.of("in_force", "share_left", "sessions_left");

    private static final String REVISION = "revision";
    private static final String CHANGED = "last_updated";

    /**
     * The body without them, and the revision that it is based on.
     *
     * @param revision null when the body has none
     */
    public record Left(ObjectNode body, @Nullable String revision) {}

    /**
     * Removes them.
     *
     * @param now the current answer; null when there is none, so that nothing can be sent back
     * @throws Problem when one of them differs from its shown value
     */
    public static Left without(ObjectNode body, @Nullable ObjectNode now) {
        if (now == null) {
            return new Left(body, null);
        }
        ObjectNode left = body.deepCopy();
        left.remove(MOVING);
        // A stale revision is detected at the write: a retry of a completed request is not stale.
        JsonNode revision = left.remove(REVISION);
        JsonNode changed = left.remove(CHANGED);
        if (revision == null && changed != null && !changed.equals(now.path(CHANGED))) {
            throw Problem.of(
                    Problem.Kind.STALE,
                    CHANGED + ": " + Json.shortened(changed.toString()) + " (expected: "
                            + Json.shortened(now.path(CHANGED).toString()) + ", or omitted)");
        }
        for (String field : ELSEWHERE) {
            JsonNode sent = left.remove(field);
            boolean none = sent == null || (sent.isNull() && now.path(field).isMissingNode());
            if (!none && !lasting(sent).equals(lasting(now.path(field)))) {
                throw Problem.invalid(field + ": cannot be set here (expected: as GET shows it, or omitted)");
            }
        }
        boolean tells = revision != null && !revision.isNull();
        if (tells && !(revision.isTextual() && revision.textValue().matches("[0-9a-f]{16}"))) {
            throw Problem.invalid(
                    REVISION + ": " + Json.shortened(revision.toString()) + " (expected: as GET shows it, or omitted)");
        }
        return new Left(left, tells ? revision.textValue() : null);
    }

    private static JsonNode lasting(JsonNode shown) {
        JsonNode lasting = shown.deepCopy();
        if (lasting instanceof ObjectNode one) {
            one.remove(PASSING);
            one.forEach(each -> {
                if (each instanceof ObjectNode inner) {
                    inner.remove(PASSING);
                }
            });
        }
        return lasting;
    }

    private ReadOnlyFields() {}
}
