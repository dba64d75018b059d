package dev.windrose.live.table;

import java.time.Duration;

/** Coarse time that the decision path reads at the cost of one field. Advanced by the keeper of the table. */
final class CoarseClock {

    /** Length of a period: the resolution of an open decision's age. */
    static final Duration LENGTH = Duration.ofSeconds(2);

    /** Periods after which an open decision expires: 30 s, the longest a client is expected to take. */
    static final int KEPT = 16;

    private volatile int current = 0;
    private volatile int ticks = 0;

    int current() {
        return current;
    }

    /** Time since the start in units of 10 ms, as of the last tick; wraps after 248 days. */
    int ticks() {
        return ticks;
    }

    void moveTo(long sinceStartMs) {
        current = (int) (sinceStartMs / LENGTH.toMillis());
        ticks = (int) (sinceStartMs / 10);
    }
}
