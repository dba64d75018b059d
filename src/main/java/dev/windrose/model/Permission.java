package dev.windrose.model;

import java.util.Locale;

/** What a call of the API needs. */
public enum Permission {
    /** Nothing: anybody may call. */
    PUBLIC,
    /** Asks where clients belong. */
    DECIDE,
    /** Tells what was seen: outcomes, health, metrics. */
    REPORT,
    /** Reads what is defined and what is believed. */
    READ,
    /** Moves traffic within what is defined: weights, overrides, failback, evacuation, the latency map. */
    OPERATE,
    /** Defines rules, geographic rules and regions. */
    EDIT,
    /** Reads who did what. */
    AUDIT,
    /** Hands out keys, and takes nodes and regions out of service and out of the cluster. */
    ADMINISTER;

    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
