package dev.windrose.model;

import java.util.Locale;

/** What happens to those clients of a rule that their region has no room for. */
public enum WhenFull {
    /** They go where there is room, and stay where there is none anywhere. */
    SPILL,
    /** They stay, whatever it does to the region. */
    ISOLATE,
    /** They go where there is room, and are refused where there is none anywhere. */
    SHED;

    private final String wireName = name().toLowerCase(Locale.ROOT);

    public String wireName() {
        return wireName;
    }
}
