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
    /** The chosen target may not have all of its clients now; this one takes the rest. */
    SPILL,
    /** The rule has reached its limit of moved traffic; this client goes to its previous target. */
    HELD_BACK,
    /** No region has capacity for this client, and the rule refuses it then. */
    SHED,
    /** No target serves; the rule's fallback region is returned. */
    FALLBACK_REGION,
    /** No target serves, and the rule's fallback is none. */
    NOTHING_SERVES,
    /** None of the regions that may serve this client can. */
    RESIDENCY;

    private final String wireName = name().toLowerCase(Locale.ROOT);

    public String wireName() {
        return wireName;
    }
}
