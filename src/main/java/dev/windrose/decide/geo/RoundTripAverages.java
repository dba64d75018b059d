package dev.windrose.decide.geo;

import java.util.Arrays;

/** Moving averages of the round trips from one place, indexed by the number of the region. */
final class RoundTripAverages {

    /*
     * Over at most the last 32 samples, with the mean deviation from the average; older samples count less. An outlier
     * (more than four times the mean deviation) is clamped to the edge of that range, so that one retransmission moves
     * little, while a lasting change widens the range and gets through.
     */

    /** Fewer samples are not a measurement. */
    static final double LEAST_SAMPLES = 0.5;

    private static final double MOST_SAMPLES = 32;
    private static final double OUTLIER = 4;
    private static final double LEAST_SPREAD_MS = 1;
    private static final double CLIP_FROM = 5;

    private float[] mean = {};
    private float[] spread = {};
    private float[] samples = {};
    private int[] at = {};

    private void grow(int regions) {
        if (mean.length < regions) {
            mean = Arrays.copyOf(mean, regions);
            spread = Arrays.copyOf(spread, regions);
            samples = Arrays.copyOf(samples, regions);
            at = Arrays.copyOf(at, regions);
        }
    }

    /** Adds one sample; invalid round trips, and those to a region without a number, are ignored. */
    void take(int region, double ms, long now, ExponentialDecay fading) {
        if (region == RegionNumbers.NONE || !(ms > 0)) {
            return;
        }
        grow(region + 1);
        double known = samples(region, now, fading);
        double average = mean[region];
        double distance = spread[region];
        if (known < LEAST_SAMPLES) {
            put(region, ms, ms / 4, known + 1, now);
            return;
        }
        double taken = ms;
        if (known >= CLIP_FROM) {
            double range = OUTLIER * Math.max(distance, LEAST_SPREAD_MS);
            taken = Math.max(average - range, Math.min(average + range, ms));
        }
        double total = Math.min(MOST_SAMPLES, known + 1);
        put(
                region,
                average + (taken - average) / total,
                distance + (Math.abs(taken - average) - distance) / total,
                total,
                now);
    }

    /** Replaces what is known of that region by another node's data. */
    void put(int region, double meanMs, double spreadMs, double count, long second) {
        if (region == RegionNumbers.NONE) {
            return;
        }
        grow(region + 1);
        mean[region] = (float) meanMs;
        spread[region] = (float) spreadMs;
        samples[region] = (float) Math.min(MOST_SAMPLES, count);
        at[region] = (int) second;
    }

    /** Number of regions that may have data: those with smaller numbers than this. */
    int regions() {
        return mean.length;
    }

    double meanMs(int region) {
        return mean[region];
    }

    double spreadMs(int region) {
        return spread[region];
    }

    /** When the last sample came; 0 when none did. */
    int at(int region) {
        return at[region];
    }

    /** Number of samples at the time of the last one. */
    double samples(int region) {
        return samples[region];
    }

    /** The current weight of the samples; 0 for a region without data. */
    double samples(int region, long now, ExponentialDecay fading) {
        return region >= samples.length || samples[region] == 0 ? 0 : samples[region] * fading.after(now - at[region]);
    }
}
