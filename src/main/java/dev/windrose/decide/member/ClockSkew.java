package dev.windrose.decide.member;

import java.util.Arrays;
import java.util.Collection;

/** The offset of a node's clock from those of the other nodes: the majority is taken as correct. */
public final class ClockSkew {

    /**
     * By how much the node's clock is ahead of the median of all clocks, its own included, in ms; negative when it is behind.
     *
     * <p>Of an even number the earlier of the two in the middle is the median: of two nodes that differ the one ahead is taken
     * to be off, for its stamps would win over all that the other writes. A node alone is right.
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
     * The clock of another node, as one exchange tells it: its offset to a clock of this node that only goes forward, right
     * to half the time that the exchange took.
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
