package dev.windrose.decide.failover;

import java.time.Duration;

/** The share of its traffic that a target gets while it warms up after an outage (slow start). */
public final class SlowStart {

    /*
     * Linear in time, from one tenth, in tenths: each step is a new table, and ten are smooth enough. Otherwise the
     * full load of a region takes a target with cold caches and empty pools down again.
     */

    private static final int STEPS = 10;

    /**
     * The share, one of 0.1, 0.2, ... 1.
     *
     * @param sinceMs time since the target is healthy again, at least 0
     * @param window until it has its full share; zero turns slow start off
     */
    public static double share(long sinceMs, Duration window) {
        long whole = window.toMillis();
        if (whole <= 0 || sinceMs >= whole) {
            return 1;
        }
        return (1 + Math.max(0, sinceMs) * (STEPS - 1) / whole) / (double) STEPS;
    }

    private SlowStart() {}
}
