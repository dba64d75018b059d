package dev.windrose.decide.geo;

import java.util.Arrays;

/**
 * A read-only view of the known round trips from client places to regions, prepared for decisions. Immutable; reading
 * it neither waits nor allocates.
 *
 * <p>A row is one place. Its regions are sorted, the nearest first; a region keeps its rank until another is nearer by
 * more than the bonus for staying (hysteresis).
 */
public final class LatencyView {

    /** Nothing is known. */
    public static final LatencyView EMPTY = new LatencyView(0, new long[0], 0);

    /** No row has that place. */
    public static final int NONE = -1;

    private final int regions;
    private final long[] keys;
    private final int[] rows;
    private final int mask;
    private final int everywhere;
    private final float[] ms;
    private final float[] samples;
    private final byte[] order;
    private final long[] measured;
    private final boolean[] learned;

    /**
     * @param regions how many regions have numbers
     * @param places the key of each row
     * @param count rows that are used
     */
    LatencyView(int regions, long[] places, int count) {
        this.regions = regions;
        int size = Math.max(2, Integer.highestOneBit(Math.max(1, count)) * 4);
        this.keys = new long[size];
        this.rows = new int[size];
        this.mask = size - 1;
        for (int row = 0; row < count; row++) {
            int slot = slot(places[row]);
            keys[slot] = places[row];
            rows[slot] = row;
        }
        this.ms = new float[count * regions];
        this.samples = new float[count * regions];
        this.order = new byte[count * regions];
        this.measured = new long[count];
        this.learned = new boolean[count];
        Arrays.fill(ms, Float.NaN);
        this.everywhere = count == 0 ? NONE : row(PlaceKey.of(LatencyMap.EVERYWHERE));
    }

    private int slot(long place) {
        int slot = (int) ((place * 0x9E3779B97F4A7C15L) >>> 40) & mask;
        while (keys[slot] != PlaceKey.NONE && keys[slot] != place) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    void set(int row, int region, double estimateMs, double count) {
        ms[row * regions + region] = (float) estimateMs;
        samples[row * regions + region] = (float) count;
        if (count >= RoundTripAverages.LEAST_SAMPLES) {
            measured[row] |= 1L << region;
        }
    }

    void setOrder(int row, byte[] ordered, boolean fromClients) {
        System.arraycopy(ordered, 0, order, row * regions, regions);
        learned[row] = fromClients;
    }

    /** The row of all clients of this node together, or {@link #NONE}. */
    public int everywhere() {
        return everywhere;
    }

    /** The row of that place, or {@link #NONE}. */
    public int row(long place) {
        if (place == PlaceKey.NONE) {
            return NONE;
        }
        int slot = slot(place);
        return keys[slot] == place ? rows[slot] : NONE;
    }

    /** Number of rows. */
    public int size() {
        return measured.length;
    }

    /** Number of regions in each row: those with smaller numbers than this. */
    public int regions() {
        return regions;
    }

    /** The region at that position of the row's order, 0 for the nearest. */
    public int ordered(int row, int position) {
        return order[row * regions + position];
    }

    /** The expected round trip in ms; NaN when neither a measurement nor a distance is known. */
    public double ms(int row, int region) {
        return region < 0 || region >= regions ? Double.NaN : ms[row * regions + region];
    }

    /** The measured round trip in ms; NaN where it only follows from distance, or is unknown. */
    public double measuredMs(int row, int region) {
        return region >= 0 && region < regions && (measured[row] >>> region & 1) != 0
                ? ms[row * regions + region]
                : Double.NaN;
    }

    /** The number of samples behind the round trip; old ones count less. */
    public double samples(int row, int region) {
        return region < 0 || region >= regions ? 0 : samples[row * regions + region];
    }

    /** Whether clients there report measurements: only then is it worth exploring other regions. */
    public boolean learned(int row) {
        return learned[row];
    }
}
