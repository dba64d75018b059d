package dev.windrose.model;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How a rule chooses among the regions that may serve. The wire name is the lower-case constant. */
public enum Algorithm {
    WEIGHTED_ROUND_ROBIN,
    LEAST_CONNECTIONS,
    GEOGRAPHIC,
    PERFORMANCE_BASED,
    PRIORITY,
    CONSISTENT_HASH;

    private final String wireName = name().toLowerCase(Locale.ROOT);

    public String wireName() {
        return wireName;
    }

    /** The algorithm of that wire name, or null when there is none. */
    public static @Nullable Algorithm named(String wireName) {
        for (Algorithm algorithm : values()) {
            if (algorithm.wireName.equals(wireName)) {
                return algorithm;
            }
        }
        return null;
    }
}
