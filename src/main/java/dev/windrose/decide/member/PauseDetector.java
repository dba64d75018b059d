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

    /** @param atMost a longer gap between two ticks makes this process suspect */
    public PauseDetector(Duration atMost, long nowNanos) {
        this.atMostNanos = atMost.toNanos();
        this.lastNanos = nowNanos;
    }

    /** Reports that the process runs. Must be called much more often than the allowed gap. */
    public synchronized void beat(long nowNanos) {
        long gap = nowNanos - lastNanos;
        if (gap > atMostNanos) {
            longestNanos = settled == times ? gap : Math.max(gap, longestNanos);
            times++;
        }
        lastNanos = nowNanos;
    }

    /** Whether it was paused since this was last settled. The caller runs, so this counts as a tick. */
    public synchronized boolean suspect(long nowNanos) {
        beat(nowNanos);
        return times > settled;
    }

    /** The number of pauses so far, for {@link #settle}. */
    public synchronized long times() {
        return times;
    }

    /** The longest unsettled pause. */
    public synchronized Duration longest() {
        return Duration.ofNanos(longestNanos);
    }

    /** Records that up to the n-th pause no other node went on without this process. */
    public synchronized void settle(long n) {
        settled = Math.max(settled, n);
    }
}
