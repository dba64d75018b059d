package dev.windrose.decide.geo;

/** Flattens sorted, nested blocks into ranges, each with the number of the smallest block around it. */
final class PrefixFlattening {

    private static final int DEPTH = 129;

    private final long[] highs;
    private final long[] lows;
    private final int[] numbers;
    private int count = 0;

    /** The blocks around the current position, the largest first: their last addresses and their numbers. */
    private final long[] lastHigh = new long[DEPTH];

    private final long[] lastLow = new long[DEPTH];
    private final int[] open = new int[DEPTH];
    private int depth = 0;

    PrefixFlattening(int most) {
        highs = new long[most];
        lows = new long[most];
        numbers = new int[most];
    }

    void open(Prefix prefix, int number) {
        close(prefix.high(), prefix.low());
        begin(prefix.high(), prefix.low(), number);
        lastHigh[depth] = prefix.high() | ~Prefix.mask(Math.min(64, prefix.length()));
        lastLow[depth] = prefix.low() | ~Prefix.mask(Math.max(0, prefix.length() - 64));
        open[depth++] = number;
    }

    /** Closes the blocks that end before an address. */
    private void close(long high, long low) {
        while (depth > 0 && PrefixTable.compare(lastHigh[depth - 1], lastLow[depth - 1], high, low) < 0) {
            depth--;
            end();
        }
    }

    void closeAll() {
        while (depth > 0) {
            depth--;
            end();
        }
    }

    /** After a block comes what is around it. */
    private void end() {
        long low = lastLow[depth] + 1;
        long high = low == 0 ? lastHigh[depth] + 1 : lastHigh[depth];
        if (high != 0 || low != 0) {
            begin(high, low, depth == 0 ? AddressRanges.NONE : open[depth - 1]);
        }
    }

    private void begin(long high, long low, int number) {
        if (count > 0 && highs[count - 1] == high && lows[count - 1] == low) {
            // Nothing lies between the end of one block and the beginning of the next, or of one inside it.
            count--;
        }
        if (count == 0 || numbers[count - 1] != number) {
            highs[count] = high;
            lows[count] = low;
            numbers[count++] = number;
        }
    }

    /** The ranges, those of IPv4 apart. */
    AddressRanges ranges() {
        long end4 = Prefix.parse("255.255.255.255").low() + 1;
        int first4 = first(0, Prefix.parse("0.0.0.0").low());
        int after4 = first(0, end4);
        AddressRanges ranges = new AddressRanges(after4 - first4, count - (after4 - first4) + 1);
        ranges.begin4(0, before(first4));
        for (int i = first4; i < after4; i++) {
            ranges.begin4((int) lows[i], numbers[i]);
        }
        for (int i = 0; i < first4; i++) {
            ranges.begin6(highs[i], lows[i], numbers[i]);
        }
        if (after4 == count || highs[after4] != 0 || lows[after4] != end4) {
            ranges.begin6(0, end4, before(after4));
        }
        for (int i = after4; i < count; i++) {
            ranges.begin6(highs[i], lows[i], numbers[i]);
        }
        return ranges;
    }

    private int before(int range) {
        return range == 0 ? AddressRanges.NONE : numbers[range - 1];
    }

    /** The first range that begins at or after an address. */
    private int first(long high, long low) {
        int from = 0;
        int to = count;
        while (from < to) {
            int middle = (from + to) >>> 1;
            if (PrefixTable.compare(highs[middle], lows[middle], high, low) < 0) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        return from;
    }
}
