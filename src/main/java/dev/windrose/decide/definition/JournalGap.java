package dev.windrose.decide.definition;

import java.time.Duration;

/**
 * Decides how long readers of a journal wait for a missing position. A database takes a position before its transaction
 * commits, so a gap may still be filled; after a while nobody will, and waiting longer would stop replication. For one thread
 * at a time.
 */
public final class JournalGap {

    private final long timeoutNanos;
    private long first = 0;
    private long sinceNanos = 0;

    /** @param timeout longer than any transaction that writes to the journal takes */
    public JournalGap(Duration timeout) {
        this.timeoutNanos = timeout.toNanos();
    }

    /**
     * Notes that a gap is still there.
     *
     * @param missing the first position of the gap; another one than last time is another gap, and its time starts now
     * @return whether the gap has been there for longer than the timeout
     */
    public boolean isGivenUp(long missing, long nowNanos) {
        if (first != missing) {
            first = missing;
            sinceNanos = nowNanos;
        }
        return nowNanos - sinceNanos > timeoutNanos;
    }
}
