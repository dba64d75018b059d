package dev.windrose.model;

import java.time.Duration;
import java.util.Locale;

/**
 * How the traffic of a rule comes back to a target that it left, and where it goes when a region is full.
 *
 * @param delay time for which the target must have been well without a break before anything comes back; unused where it
 *     comes back at once or only by hand
 * @param steps equal steps in which it comes back when ramped, 1 to 100
 * @param hold time between two steps; a target that gets worse in between starts again
 */
public record FailoverPolicy(Failback failback, Duration delay, int steps, Duration hold, WhenFull whenFull) {

    /** When traffic comes back. */
    public enum Failback {
        /** As soon as the target is well. */
        AUTOMATIC,
        /** All of it, after the delay. */
        DELAYED,
        /** In steps, after the delay. */
        RAMPED,
        /** When somebody says so. */
        MANUAL,
        /** Not at all, until the policy is changed. */
        NEVER;

        private final String wireName = name().toLowerCase(Locale.ROOT);

        public String wireName() {
            return wireName;
        }
    }

    /** Of a rule that says nothing. */
    public static final FailoverPolicy DEFAULT =
            new FailoverPolicy(Failback.AUTOMATIC, Duration.ofMinutes(1), 5, Duration.ofSeconds(30), WhenFull.SPILL);
}
