package dev.windrose.decide.member;

import java.util.Arrays;
import java.util.Collection;

/** The offset of a node's clock from those of the other nodes: the majority is taken as correct. */
public final class ClockSkew {

    /**
     * The lead of the node's clock over the median of all clocks, its own included, in ms; negative when it is behind.
     *
     * <p>Of an even number the earlier of the two middle ones is the median: of two nodes that differ, the one ahead
     * counts as wrong, because its stamps would win over everything the other writes. A single node is right.
     *
     * @param offsetsMs clocks of the others minus the node's own
     */
    public static long ofOwn(Collection<Long> offsetsMs) {
        long[] clocks = new long[offsetsMs.size() + 1];
        int i = 1;
        for (long offset : offsetsMs) {
            clocks[i++] = offset;
        }
        Arrays.sort(clocks);
        return -clocks[(clocks.length - 1) / 2];
    }

    /**
     * The clock of another node, measured in one exchange: its offset from a monotonic clock of this node, accurate to
     * half the duration of the exchange.
     *
     * @param theirMs its wall clock when it answered
     * @param sentNanos this node's clock when it asked
     * @param receivedNanos the same when the answer came
     */
    public static long baseMs(long theirMs, long sentNanos, long receivedNanos) {
        return theirMs - (sentNanos + (receivedNanos - sentNanos) / 2) / 1_000_000;
    }

    private ClockSkew() {}
}
