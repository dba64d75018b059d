package dev.windrose.live.geo;

import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Limits the samples accepted per address block and minute. Neither waits nor grows: blocks that hash to the same of
 * 65,536 counters share their quota.
 */
public final class SampleQuota {

    private static final int COUNTER_BITS = 16;
    private static final int COUNT_BITS = 8;
    private static final int COUNT = (1 << COUNT_BITS) - 1;

    private final int perMinute;

    /** A counter holds the minute in 24 bits, and the amount used in it. */
    private final AtomicIntegerArray counters = new AtomicIntegerArray(1 << COUNTER_BITS);

    /** @param perMinute at most 255 */
    public SampleQuota(int perMinute) {
        if (perMinute < 0 || perMinute > COUNT) {
            throw new IllegalArgumentException("perMinute: " + perMinute + " (expected: 0 to " + COUNT + ")");
        }
        this.perMinute = perMinute;
    }

    /** Takes as much of {@code wanted} as the block's quota for that minute allows; returns the amount. */
    public int take(long block, int wanted, long minute) {
        int slot = (int) ((block * 0x9E3779B97F4A7C15L) >>> (64 - COUNTER_BITS));
        int now = (int) minute << COUNT_BITS;
        while (true) {
            int before = counters.get(slot);
            int taken = (before & ~COUNT) == now ? before & COUNT : 0;
            int more = Math.max(0, Math.min(wanted, perMinute - taken));
            if (more == 0 || counters.compareAndSet(slot, before, now | (taken + more))) {
                return more;
            }
        }
    }
}
