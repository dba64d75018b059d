package dev.windrose.decide.geo;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * Maps addresses to numbers by longest prefix match. Immutable.
 *
 * <p>A lookup does not allocate; with a million blocks it reads a handful of memory locations.
 */
public final class PrefixTable {

    /*
     * Nested blocks are cut into the ranges between their edges, in which one block is the smallest everywhere. A range is its
     * first address and its number; the last range that begins at or before an address is its own. Sorted arrays need 12
     * bytes a range for IPv4 and 20 for IPv6, where a tree of nodes needs several times that; an index by the upper
     * bits leaves a short search.
     */

    /** An entry. */
    public record Entry(Prefix prefix, int number) {}

    /** What {@link #find} gives for an address that no block holds. */
    public static final int NONE = AddressRanges.NONE;

    public static final PrefixTable EMPTY = of(List.of());

    private static final int INDEX_BITS = 16;

    /** IPv6: where each range begins, in order. */
    private final long[] highs;

    private final long[] lows;
    private final int[] numbers;
    private final int[] index;

    /** IPv4 apart: 32 bits, and most of what is asked. */
    private final int[] starts4;

    private final int[] numbers4;
    private final int[] index4;

    private final int entries;

    /**
     * A table of the entries; of two for the same block the later one counts.
     *
     * @throws IllegalArgumentException when a number is negative
     */
    public static PrefixTable of(Collection<Entry> entries) {
        List<Entry> sorted = entries.stream()
                .sorted(Comparator.comparing(Entry::prefix, PrefixTable::compare))
                .toList();
        PrefixFlattening nesting = new PrefixFlattening(2 * sorted.size() + 2);
        for (int i = 0; i < sorted.size(); i++) {
            Entry entry = sorted.get(i);
            if (entry.number() < 0) {
                throw new IllegalArgumentException("number: " + entry.number() + " (expected: 0 or more)");
            }
            boolean repeated =
                    i + 1 < sorted.size() && sorted.get(i + 1).prefix().equals(entry.prefix());
            if (!repeated) {
                nesting.open(entry.prefix(), entry.number());
            }
        }
        nesting.closeAll();
        return new PrefixTable(nesting.ranges(), sorted.size());
    }

    /**
     * A table of the ranges.
     *
     * @param blocks that they were made from
     */
    public static PrefixTable of(AddressRanges ranges, int blocks) {
        return new PrefixTable(ranges, blocks);
    }

    private PrefixTable(AddressRanges ranges, int blocks) {
        entries = blocks;
        starts4 = ranges.starts4();
        numbers4 = ranges.numbers4();
        index4 = index(starts4.length, i -> starts4[i] >>> (32 - INDEX_BITS));
        highs = ranges.highs();
        lows = ranges.lows();
        numbers = ranges.numbers();
        index = index(highs.length, i -> upper(highs[i]));
    }

    /** The upper bits by which IPv6 is indexed; those of 2000::/3, where the internet is, fill most of it. */
    private static int upper(long high) {
        return (int) (high >>> (64 - INDEX_BITS));
    }

    private interface Upper {
        int of(int range);
    }

    /** For each value of the upper bits, the first range that begins there or later. */
    private static int[] index(int ranges, Upper upper) {
        int[] index = new int[(1 << INDEX_BITS) + 1];
        int at = 0;
        for (int bits = 0; bits < index.length; bits++) {
            while (at < ranges && upper.of(at) < bits) {
                at++;
            }
            index[bits] = at;
        }
        return index;
    }

    /** Order of the beginnings, larger blocks before the smaller ones inside them. */
    private static int compare(Prefix a, Prefix b) {
        int order = compare(a.high(), a.low(), b.high(), b.low());
        return order != 0 ? order : Integer.compare(a.length(), b.length());
    }

    static int compare(long high, long low, long otherHigh, long otherLow) {
        int order = Long.compareUnsigned(high, otherHigh);
        return order != 0 ? order : Long.compareUnsigned(low, otherLow);
    }

    /** Blocks in the table. */
    public int size() {
        return entries;
    }

    /**
     * The number of the smallest block that holds the address.
     *
     * @param address 4 or 16 bytes
     * @return {@link #NONE} when no block holds it
     */
    public int find(byte[] address) {
        if (address.length == 4) {
            return find4((address[0] & 0xFF) << 24
                    | (address[1] & 0xFF) << 16
                    | (address[2] & 0xFF) << 8
                    | (address[3] & 0xFF));
        }
        long high = 0;
        long low = 0;
        for (int i = 0; i < 8; i++) {
            high = high << 8 | (address[i] & 0xFF);
            low = low << 8 | (address[i + 8] & 0xFF);
        }
        return high == 0 && low >>> 32 == 0xFFFF ? find4((int) low) : find6(high, low);
    }

    private int find4(int address) {
        int bits = address >>> (32 - INDEX_BITS);
        int from = index4[bits];
        int to = index4[bits + 1];
        while (from < to) {
            int middle = (from + to) >>> 1;
            if (Integer.compareUnsigned(starts4[middle], address) <= 0) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        return numbers4[from - 1];
    }

    private int find6(long high, long low) {
        int bits = upper(high);
        int from = index[bits];
        int to = index[bits + 1];
        while (from < to) {
            int middle = (from + to) >>> 1;
            if (compare(highs[middle], lows[middle], high, low) <= 0) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        return from == 0 ? NONE : numbers[from - 1];
    }

    /** Bytes that the table holds, for its meter. */
    public long bytes() {
        return 4L * (starts4.length + numbers4.length + index4.length + numbers.length + index.length)
                + 8L * (highs.length + lows.length);
    }

    @Override
    public String toString() {
        return "PrefixTable[" + entries + " blocks, " + (starts4.length + highs.length) + " ranges]";
    }
}
