package dev.windrose.front.api;

import dev.windrose.decide.definition.PolicyText;
import dev.windrose.front.web.Body;
import dev.windrose.front.web.Json;
import dev.windrose.front.web.Problem;

/** The owner, the reason and the approver that commands which move traffic must name. */
final class Accountability {

    static String owner(Body body) {
        return words(body, "owner", PolicyText.MAX_OWNER);
    }

    static String reason(Body body) {
        return words(body, "reason", PolicyText.MAX_REASON);
    }

    /** The second person, or empty when there is none and none is needed. */
    static String approver(Body body, String owner, boolean needed) {
        String approver = body.has("approved_by") ? words(body, "approved_by", PolicyText.MAX_OWNER) : "";
        if (approver.equals(owner)) {
            throw Problem.invalid(
                    "approved_by: '" + Json.shortened(approver) + "' (expected: someone other than the owner)");
        }
        if (needed && approver.isEmpty()) {
            throw Problem.of(
                    Problem.Kind.UNSAFE,
                    "approved_by: missing (expected: the name of a second person, because this affects a whole region)");
        }
        return approver;
    }

    private static String words(Body body, String field, int atMost) {
        String words = body.text(field, atMost);
        if (words.isBlank()) {
            throw Problem.invalid(field + ": blank (expected: 1 to " + atMost + " characters)");
        }
        return words;
    }

    private Accountability() {}
}
