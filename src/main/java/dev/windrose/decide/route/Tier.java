package dev.windrose.decide.route;

import java.util.Locale;

/** The set from which a rule's candidates currently come. */
public enum Tier {
    /** Targets that are healthy, or of which nothing bad is known. */
    SERVING,
    /** No target is healthy; those that still answer serve. */
    DEGRADED,
    /** The only healthy targets are those whose failback is not complete; they are used anyway. */
    HELD,
    /** Too few targets serve for health to be trusted (panic); all are used as if they could. */
    PANIC,
    /** No target can serve; all are used as if they could. */
    FAIL_OPEN,
    /** No target can serve; the fallback region is returned. */
    FALLBACK,
    /** No target can serve, and no region is returned. */
    NONE;

    private final String wireName = name().toLowerCase(Locale.ROOT);

    public String wireName() {
        return wireName;
    }
}
