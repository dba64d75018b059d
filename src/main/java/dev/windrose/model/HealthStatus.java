package dev.windrose.model;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What is believed of a target. */
public enum HealthStatus {
    /** Answers well. */
    HEALTHY,
    /** Answers, but slowly or not always: serves only when nothing better can. */
    DEGRADED,
    /** Does not serve. */
    UNHEALTHY,
    /** Nobody has looked yet, or nobody has looked lately: serves, because nothing speaks against it. */
    UNKNOWN,
    /** Being emptied by an operator. */
    DRAINING;

    private final String wireName = name().toLowerCase(Locale.ROOT);

    public String wireName() {
        return wireName;
    }

    /** Whether a target with that status serves while others like it do. */
    public boolean serves() {
        return switch (this) {
            case HEALTHY, UNKNOWN -> true;
            case DEGRADED, UNHEALTHY, DRAINING -> false;
        };
    }

    /** The status of that wire name, or null when there is none. */
    public static @Nullable HealthStatus named(String wireName) {
        for (HealthStatus status : values()) {
            if (status.wireName.equals(wireName)) {
                return status;
            }
        }
        return null;
    }
}
