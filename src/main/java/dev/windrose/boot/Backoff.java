package dev.windrose.boot;

import java.time.Duration;

/**
 * How long to wait before the next try: doubling from {@code first} to {@code atMost}, of which a random share up to
 * {@code jitter} is taken off.
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
