package dev.windrose.decide.definition;

import dev.windrose.model.ApiKey;
import dev.windrose.model.Grant;
import dev.windrose.model.Identifier;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Validates the fields of a key, and the labels that limit keys. */
final class KeyChecks {

    static final List<String> FIELDS = List.of(
            Fields.OWNER, Fields.GRANTS, Fields.HASH, Fields.PREVIOUS_HASH, Fields.PREVIOUS_UNTIL, Fields.EXPIRES);

    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");
    private static final double LATEST_EPOCH_MS = 1e14;

    static void require(String field, String text) {
        switch (field) {
            case Fields.OWNER -> {
                if (text.isBlank() || text.length() > PolicyText.MAX_OWNER) {
                    throw new IllegalArgumentException(
                            "owner: " + text.length() + " characters (expected: 1 to " + PolicyText.MAX_OWNER + ")");
                }
            }
            case Fields.GRANTS -> {
                List<String> grants = Fields.words(text);
                if (grants.isEmpty() || grants.size() > ApiKey.MAX_GRANTS) {
                    throw new IllegalArgumentException(
                            "grants: " + grants.size() + " (expected: 1 to " + ApiKey.MAX_GRANTS + ")");
                }
                grants.forEach(Grant::parse);
            }
            case Fields.HASH -> hash(text);
            case Fields.PREVIOUS_HASH -> {
                if (!text.isEmpty()) {
                    hash(text);
                }
            }
            case Fields.PREVIOUS_UNTIL -> {
                if (!text.isEmpty()) {
                    epochMs(text);
                }
            }
            case Fields.EXPIRES -> epochMs(text);
            default -> {
                // A field that only a later version knows.
            }
        }
    }

    static String hash(String text) {
        if (!HASH.matcher(text).matches()) {
            throw new IllegalArgumentException("hash: " + text.length() + " characters (expected: 64 hex digits)");
        }
        return text;
    }

    static long epochMs(String text) {
        double number = Fields.number("time", text);
        if (!(number >= 0 && number <= LATEST_EPOCH_MS)) {
            throw new IllegalArgumentException("time: " + text + " (expected: ms since 1970)");
        }
        return (long) number;
    }

    static void labels(String text) {
        Map<String, String> labels = Fields.entries(text);
        if (labels.size() > Grant.MAX_LIMITS) {
            throw new IllegalArgumentException(
                    "labels: " + labels.size() + " (expected: at most " + Grant.MAX_LIMITS + ")");
        }
        labels.forEach((key, value) -> {
            Identifier.require("labels", key);
            Identifier.require("labels." + key, value);
        });
    }

    private KeyChecks() {}
}
