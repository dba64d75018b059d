package dev.windrose.boot;

import java.time.Duration;

/**
 * The wait before the next attempt: doubles from {@code first} to {@code atMost}, minus a random share of up to {@code
 * jitter}.
 *
 * @param jitter 0 to 1
 * @param recoveredAfter a run this long counts as success
 */
public record Backoff(Duration first, Duration atMost, double jitter, Duration recoveredAfter) {

    /**
     * The wait after {@code failures} earlier failures in a row.
     *
     * @param entropy 0 (included) to 1 (not included)
     */
    public Duration after(int failures, double entropy) {
        long doubled = first.toMillis() << Math.min(failures, 30);
        long whole = Math.min(Math.max(doubled, first.toMillis()), atMost.toMillis());
        return Duration.ofMillis(Math.round(whole * (1 - jitter * entropy)));
    }
}
