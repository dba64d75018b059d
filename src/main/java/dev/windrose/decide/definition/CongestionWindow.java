package dev.windrose.decide.definition;

/**
 * A limit on concurrent operations, adapted by additive increase and multiplicative decrease: it grows by one after
 * every round without lateness and halves after a late one. Operations that are late together share one cause, so the
 * window halves once. For one thread at a time.
 */
public final class CongestionWindow {

    private final int least;
    private final int most;
    private double size;
    private long halvedAtNanos = Long.MIN_VALUE;

    /** @throws IllegalArgumentException unless {@code 1 <= least <= first <= most} */
    public CongestionWindow(int least, int first, int most) {
        if (least < 1 || first < least || most < first) {
            throw new IllegalArgumentException(
                    "window: " + least + " to " + most + " from " + first + " (expected: 1 <= least <= first <= most)");
        }
        this.least = least;
        this.most = most;
        this.size = first;
    }

    /** The current limit on concurrent operations. */
    public int size() {
        return (int) size;
    }

    /** An operation completed in time. */
    public void done() {
        size = Math.min(most, size + 1 / size);
    }

    /** An operation was late. */
    public void late(long begunNanos, long nowNanos) {
        boolean sameRound = halvedAtNanos != Long.MIN_VALUE && begunNanos - halvedAtNanos <= 0;
        if (!sameRound) {
            size = Math.max(least, size / 2);
            halvedAtNanos = nowNanos;
        }
    }
}
