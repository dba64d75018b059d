package dev.windrose.decide.route;

import java.util.Locale;

/** The set from which a rule's candidates currently come. */
public enum Tier {
    /** Targets that are healthy, or of which nothing bad is known. */
    SERVING,
    /** No target is healthy; those that still answer serve. */
    DEGRADED,
    /** Only targets serve that are well and whose traffic has not come back yet; they are used all the same. */
    HELD,
    /** Too few targets serve for health to be believed; all are used as if they could. */
    PANIC,
    /** No target can serve; all are used as if they could. */
    FAIL_OPEN,
    /** No target can serve; the fallback region is answered. */
    FALLBACK,
    /** No target can serve, and nothing is answered. */
    NONE;

    private final String wireName = name().toLowerCase(Locale.ROOT);

    public String wireName() {
        return wireName;
    }
}
