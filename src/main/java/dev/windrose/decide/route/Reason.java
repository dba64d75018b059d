package dev.windrose.decide.route;

import java.util.Locale;

/** Which step made a decision. */
public enum Reason {
    WEIGHTED_ROUND_ROBIN,
    LEAST_CONNECTIONS,
    PERFORMANCE_BASED,
    PRIORITY,
    CONSISTENT_HASH,
    /** The client's affinity key named the target. */
    SESSION_AFFINITY,
    /** A geographic rule named the target. */
    GEOGRAPHIC_RULE,
    /** The target is nearest to the client, by measured round trips or else by distance. */
    PROXIMITY,
    /** The target is not the nearest; a small share of the clients goes there so that its round trips stay known. */
    EXPLORATION,
    /** The target that was chosen may not have all of its clients now; this one takes the rest. */
    SPILL,
    /** The rule's traffic has moved as far as it may within a minute; this client goes where it went before. */
    HELD_BACK,
    /** No region has room for this client, and the rule says to refuse it then. */
    SHED,
    /** No target serves; the rule's fallback region is answered. */
    FALLBACK_REGION,
    /** No target serves, and the rule says to answer nothing then. */
    NOTHING_SERVES,
    /** No region in which this client may be served is able to. */
    RESIDENCY;

    private final String wireName = name().toLowerCase(Locale.ROOT);

    public String wireName() {
        return wireName;
    }
}
