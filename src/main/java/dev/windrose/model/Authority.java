package dev.windrose.model;

import java.util.Locale;

/** Where a belief comes from, in order of whom to believe: the first that has something to say is believed. */
public enum Authority {
    /** An operator, until the override expires. */
    OVERRIDE,
    /** Checks of our own, here and in other regions, as long as their observers live. */
    PROBE,
    /** What clients reported of their requests in the last window. */
    PASSIVE,
    /** What somebody outside reported, until it is too old. */
    REPORT,
    /** Nobody has anything to say. */
    NONE;

    private final String wireName = name().toLowerCase(Locale.ROOT);

    public String wireName() {
        return wireName;
    }
}
