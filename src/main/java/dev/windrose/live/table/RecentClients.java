package dev.windrose.live.table;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The places of the clients of recent decisions, so that an outcome that names only its decision can be attributed to a
 * place. A fixed ring: entries older than 65,536 decisions are overwritten. Neither locks nor allocates.
 */
final class RecentClients {

    /*
     * A slot is three words: the place, the place around it, and the decision's id xor both, each multiplied by a
     * constant of its own, because otherwise similar places and ids would cancel out. Threads may write one slot at the
     * same time and readers may see words of both; then the xor does not match the requested id, and nothing is found.
     * Source: Hyatt and Mann, "A lock-less transposition table implementation for parallel search chess engines".
     */

    private static final int SLOT_BITS = 16;

    /** Four words apart, so that a slot lies within one cache line. */
    private static final int STRIDE = 4;

    private final AtomicLongArray words = new AtomicLongArray(STRIDE << SLOT_BITS);

    void put(long id, long place, long within) {
        int slot = slot(id);
        words.setPlain(slot + 1, place);
        words.setPlain(slot + 2, within);
        words.setOpaque(slot, id ^ mixed(place, within));
    }

    /**
     * Copies the two places of a decision.
     *
     * @param into of length two: the place and the one around it
     * @return false when the decision is not remembered any more
     */
    boolean get(long id, long[] into) {
        int slot = slot(id);
        into[0] = words.getOpaque(slot + 1);
        into[1] = words.getOpaque(slot + 2);
        return (words.getOpaque(slot) ^ mixed(into[0], into[1])) == id;
    }

    private static long mixed(long place, long within) {
        return (place * 0xBF58476D1CE4E5B9L) ^ Long.rotateLeft(within * 0x94D049BB133111EBL, 32);
    }

    private static int slot(long id) {
        return (int) ((id * 0x9E3779B97F4A7C15L) >>> (64 - SLOT_BITS)) * STRIDE;
    }
}
