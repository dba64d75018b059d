package dev.windrose.decide.geo;

import java.util.Arrays;

/**
 * Contiguous address ranges with a number each: the input of a {@link PrefixTable}. A range ends where the next one
 * begins. Ranges are given in address order, IPv4 and IPv6 separately; neighbours with the same number are merged.
 */
public final class AddressRanges {

    /** The number of an unknown range. */
    public static final int NONE = -1;

    private final int[] starts4;
    private final int[] numbers4;
    private int count4 = 1;

    private final long[] highs;
    private final long[] lows;
    private final int[] numbers;
    private int count = 0;

    /**
     * Starts with no known range.
     *
     * @param most4 maximum number of IPv4 ranges
     * @param most6 maximum number of IPv6 ranges
     */
    public AddressRanges(int most4, int most6) {
        starts4 = new int[most4 + 1];
        numbers4 = new int[most4 + 1];
        numbers4[0] = NONE;
        highs = new long[most6];
        lows = new long[most6];
        numbers = new int[most6];
    }

    /** Starts a range with that number at an IPv4 address. */
    public void begin4(int start, int number) {
        if (start == 0) {
            numbers4[0] = number;
        } else if (numbers4[count4 - 1] != number) {
            starts4[count4] = start;
            numbers4[count4++] = number;
        }
    }

    /** Starts a range with that number at an IPv6 address. */
    public void begin6(long high, long low, int number) {
        if (count == 0 ? number != NONE : numbers[count - 1] != number) {
            highs[count] = high;
            lows[count] = low;
            numbers[count++] = number;
        }
    }

    int[] starts4() {
        return trimmed(starts4, count4);
    }

    int[] numbers4() {
        return trimmed(numbers4, count4);
    }

    long[] highs() {
        return trimmed(highs, count);
    }

    long[] lows() {
        return trimmed(lows, count);
    }

    int[] numbers() {
        return trimmed(numbers, count);
    }

    private static int[] trimmed(int[] given, int length) {
        return given.length == length ? given : Arrays.copyOf(given, length);
    }

    private static long[] trimmed(long[] given, int length) {
        return given.length == length ? given : Arrays.copyOf(given, length);
    }
}
