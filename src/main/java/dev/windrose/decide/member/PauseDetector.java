package dev.windrose.decide.member;

import java.time.Duration;

/**
 * Whether this process was paused for so long that the others may have removed it. It stays suspect until a caller has
 * verified its membership. Safe for all threads; time is any monotonic clock.
 */
public final class PauseDetector {

    private final long atMostNanos;
    private long lastNanos;
    private long longestNanos;
    private long times;
    private long settled;

    /** @param atMost a gap between two beats that is longer makes this process suspect */
    public PauseDetector(Duration atMost, long nowNanos) {
        this.atMostNanos = atMost.toNanos();
        this.lastNanos = nowNanos;
    }

    /** The process runs. To be called much more often than the longest gap that is no standstill. */
    public synchronized void beat(long nowNanos) {
        long gap = nowNanos - lastNanos;
        if (gap > atMostNanos) {
            longestNanos = settled == times ? gap : Math.max(gap, longestNanos);
            times++;
        }
        lastNanos = nowNanos;
    }

    /** Whether it stood still since this was last settled. Whoever asks runs, so this counts as a beat. */
    public synchronized boolean suspect(long nowNanos) {
        beat(nowNanos);
        return times > settled;
    }

    /** How often it has stood still, for {@link #settle}. */
    public synchronized long times() {
        return times;
    }

    /** The longest standstill that is not settled. */
    public synchronized Duration longest() {
        return Duration.ofNanos(longestNanos);
    }

    /** It was found out that nobody went on without this process by its n-th standstill. */
    public synchronized void settle(long n) {
        settled = Math.max(settled, n);
    }
}
