package dev.windrose.stage;

/**
 * A histogram of times with two significant digits, from a microsecond to half an hour; adding costs a few nanoseconds
 * and nothing is allocated. For one thread; {@link #add(Latencies)} joins those of several.
 */
public final class LatencyHistogram {

    /* Each power of two is cut into 64 equal parts, so a bucket is at most 1.6 % wide. */
    private static final int PARTS_BITS = 6;
    private static final int PARTS = 1 << PARTS_BITS;
    private static final int BUCKETS = (32 - PARTS_BITS) * PARTS;

    private final long[] counts = new long[BUCKETS];
    private long count;
    private long maxMicros;

    public void addNanos(long nanos) {
        long micros = Math.max(0, nanos / 1000);
        counts[bucket(micros)]++;
        count++;
        maxMicros = Math.max(maxMicros, micros);
    }

    public void add(LatencyHistogram other) {
        for (int i = 0; i < BUCKETS; i++) {
            counts[i] += other.counts[i];
        }
        count += other.count;
        maxMicros = Math.max(maxMicros, other.maxMicros);
    }

    public long count() {
        return count;
    }

    /**
     * The time that a share of all were not above, in milliseconds; 0 when there are none.
     *
     * @param share 0 to 1, such as 0.99
     */
    public double ms(double share) {
        long wanted = (long) Math.ceil(share * count);
        long seen = 0;
        for (int i = 0; i < BUCKETS; i++) {
            seen += counts[i];
            if (seen >= wanted && seen > 0) {
                return Math.min(upper(i), maxMicros) / 1000.0;
            }
        }
        return 0;
    }

    public double maxMs() {
        return maxMicros / 1000.0;
    }

    private static int bucket(long micros) {
        if (micros < PARTS) {
            return (int) micros;
        }
        int power = 63 - Long.numberOfLeadingZeros(micros) - PARTS_BITS;
        int index = (power + 1) * PARTS + (int) (micros >>> power) - PARTS;
        return Math.min(index, BUCKETS - 1);
    }

    private static long upper(int bucket) {
        if (bucket < PARTS) {
            return bucket;
        }
        int power = bucket / PARTS - 1;
        return ((long) (bucket % PARTS + PARTS + 1) << power) - 1;
    }
}
