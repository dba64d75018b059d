package dev.windrose.decide.geo;

/** The current estimate of the round trip from one place to one region, weighted by samples. */
final class RoundTripEstimate {

    /** Weight of the expectation in samples: it is off by 30 ms and more, one sample by far less. */
    private static final double PRIOR_SAMPLES = 0.5;

    private double ms = 0;
    private double spreadMs = 0;
    private double samples = 0;
    private long newest = Long.MIN_VALUE;

    /**
     * Adds averages.
     *
     * @param atMost samples that they may count for
     * @param share of the samples that counts
     */
    void add(RoundTripAverages averages, int region, double atMost, double share, long now, ExponentialDecay fading) {
        double count = share * Math.min(atMost, averages.samples(region, now, fading));
        if (count > 0) {
            ms += averages.meanMs(region) * count;
            spreadMs += averages.spreadMs(region) * count;
            samples += count;
            newest = Math.max(newest, averages.at(region));
        }
    }

    double samples() {
        return samples;
    }

    double meanMs() {
        return samples > 0 ? ms / samples : Double.NaN;
    }

    double spreadMs() {
        return samples > 0 ? spreadMs / samples : Double.NaN;
    }

    /** Of the newest sample, in seconds. */
    long age(long now) {
        return Math.max(0, now - newest);
    }

    /** The estimated round trip: moves from the expectation towards the average as samples come. */
    double shrunk(double expected) {
        if (samples <= 0) {
            return expected;
        }
        return Double.isNaN(expected) ? ms / samples : (PRIOR_SAMPLES * expected + ms) / (PRIOR_SAMPLES + samples);
    }
}
