package dev.windrose.live.geo;

import dev.windrose.decide.geo.AddressRanges;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** The search tree of a database, walked from the lowest address to the highest. */
final class MmdbTree {

    /*
     * A tree is traversed completely: each path ends after as many bits as an address has, or the tree is refused.
     * Several records may point to one node, so a small file can hold a tree too large to traverse; nodes are therefore
     * counted on the way.
     *
     * IPv4 addresses are below ::/96. Other references to that subtree (6to4, Teredo, IPv4-mapped) are skipped: they
     * would triple the table, and hardly any client comes from there.
     */

    /** Maximum number of nodes of a traversal: twice as many as the largest database that fits in. */
    private static final int MOST_NODES = 1 << 26;

    private static final int DEPTH = 128;
    private static final int IPV4_DEPTH = 96;
    private static final long IPV4_LOW = 0xFFFF_0000_0000L;

    /** Receives every address block, in order, IPv4 before IPv6; together they cover all addresses. */
    interface Blocks {

        /**
         * A block of addresses.
         *
         * @param high upper half of its first address, IPv4 in the place that IPv6 gives it
         * @param low lower half
         * @param data position of its record; {@link AddressRanges#NONE} when it has none
         */
        void block(long high, long low, int data);
    }

    private static final int NO_NODE = -1;

    private final MmdbFile file;
    private final long ipv4;

    /** The node that is skipped. */
    private long alias = NO_NODE;

    private int passed = 0;

    MmdbTree(MmdbFile file) {
        this.file = file;
        long node = 0;
        for (int i = 0; i < IPV4_DEPTH && file.hasIpv6() && node < file.nodes(); i++) {
            node = file.record((int) node, 0);
        }
        this.ipv4 = node;
    }

    static boolean isIpv4(long high, long low) {
        return high == 0 && low >>> 32 == 0xFFFF;
    }

    /**
     * Traverses all blocks.
     *
     * @throws IllegalArgumentException when the tree does not end or points outside the data
     */
    void walk(Blocks blocks) {
        passed = 0;
        alias = NO_NODE;
        walk(ipv4, IPV4_DEPTH, 0, IPV4_LOW, blocks);
        if (file.hasIpv6()) {
            alias = ipv4 < file.nodes() ? ipv4 : NO_NODE;
            walk(0, 0, 0, 0, blocks);
        }
    }

    private void record(long record, int depth, long high, long low, Blocks blocks) {
        if (record == alias || (depth == IPV4_DEPTH && isIpv4(high, low))) {
            blocks.block(high, low, AddressRanges.NONE);
        } else {
            walk(record, depth, high, low, blocks);
        }
    }

    private void walk(long record, int depth, long high, long low, Blocks blocks) {
        if (record >= file.nodes()) {
            blocks.block(high, low, file.data(record));
            return;
        }
        if (depth == DEPTH) {
            throw new IllegalArgumentException("search tree: does not end at " + text(high, low));
        }
        if (++passed > MOST_NODES) {
            throw new IllegalArgumentException("search tree: more than " + MOST_NODES + " nodes on its paths");
        }
        record(file.record((int) record, 0), depth + 1, high, low, blocks);
        int bit = DEPTH - 1 - depth;
        record(
                file.record((int) record, 1),
                depth + 1,
                bit >= 64 ? high | 1L << (bit - 64) : high,
                bit >= 64 ? low : low | 1L << bit,
                blocks);
    }

    /** An address in its usual notation. */
    static String text(long high, long low) {
        return address(high, low).getHostAddress();
    }

    /** An address; of IPv4, where it is one. */
    static InetAddress address(long high, long low) {
        byte[] bytes = new byte[16];
        for (int i = 0; i < 8; i++) {
            bytes[i] = (byte) (high >>> (56 - 8 * i));
            bytes[i + 8] = (byte) (low >>> (56 - 8 * i));
        }
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("16 bytes are an address", e);
        }
    }
}
