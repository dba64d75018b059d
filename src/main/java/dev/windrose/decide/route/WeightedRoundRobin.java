package dev.windrose.decide.route;

import dev.windrose.model.Client;

/** Distributes decisions over the candidates in proportion to weight, evenly over time. */
final class WeightedRoundRobin implements Selector {

    /*
     * Decision number k falls on the point frac(k·φ) of the unit interval, which is divided among the candidates in
     * proportion to their weights. The multiples of the golden ratio are the most evenly spread of all rotations: an
     * interval receives its share of any n decisions in a row with an error that grows as log n. Nothing is kept but the
     * counter, shares may be as small as 1e-9, and the candidates may change from one decision to the next.
     *
     * Not the smooth weighted round robin of nginx, because that keeps a credit per target that every decision has to
     * write. Source: Knuth, The Art of Computer Programming 6.4, on Fibonacci hashing; Niederreiter 1978 on the
     * discrepancy of Kronecker sequences.
     */

    private static final long GOLDEN_RATIO = 0x9E3779B97F4A7C15L;

    private final Choice[] choices;
    private final int[] ends;
    private final int lastWeighted;

    /**
     * Divides the interval.
     *
     * @param choices one for each candidate, at least one
     * @param weights at least 0; all 0 counts as all equal
     */
    WeightedRoundRobin(Choice[] choices, double[] weights) {
        this.choices = choices;
        this.ends = ends(weights);
        this.lastWeighted = lastWeighted(weights);
    }

    @Override
    public Choice select(Client client, long sequence) {
        return choices[candidate(sequence)];
    }

    int candidate(long sequence) {
        int point = (int) ((sequence * GOLDEN_RATIO) >>> 33);
        for (int i = 0; i < ends.length - 1; i++) {
            if (point < ends[i]) {
                return i;
            }
        }
        return lastWeighted;
    }

    /**
     * One of the candidates in the mask, in the same way; for masks that differ from client to client.
     *
     * @param mask bit i for candidate i, not 0
     */
    static int pick(double[] weights, long mask, long sequence) {
        double total = 0;
        for (long left = mask; left != 0; left &= left - 1) {
            total += weights[Long.numberOfTrailingZeros(left)];
        }
        boolean equal = !(total > 0);
        double point = (double) ((sequence * GOLDEN_RATIO) >>> 33) / (1L << 31) * (equal ? Long.bitCount(mask) : total);
        int last = 0;
        for (long left = mask; left != 0; left &= left - 1) {
            int candidate = Long.numberOfTrailingZeros(left);
            double weight = equal ? 1 : weights[candidate];
            point -= weight;
            last = weight > 0 ? candidate : last;
            if (point < 0 && weight > 0) {
                return candidate;
            }
        }
        return last;
    }

    private static int[] ends(double[] weights) {
        double total = 0;
        for (double weight : weights) {
            total += weight;
        }
        boolean equal = !(total > 0);
        double whole = equal ? weights.length : total;
        int[] ends = new int[weights.length];
        double sum = 0;
        for (int i = 0; i < weights.length; i++) {
            sum += equal ? 1 : weights[i];
            ends[i] = (int) (Math.min(1, sum / whole) * Integer.MAX_VALUE);
        }
        return ends;
    }

    /** Takes the rounding remainder at the very end of the interval, so that a weight of 0 never does. */
    private static int lastWeighted(double[] weights) {
        for (int i = weights.length - 1; i > 0; i--) {
            if (weights[i] > 0) {
                return i;
            }
        }
        return weights[0] > 0 ? 0 : weights.length - 1;
    }
}
