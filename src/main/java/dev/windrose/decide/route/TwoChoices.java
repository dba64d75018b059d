package dev.windrose.decide.route;

import dev.windrose.decide.geo.LatencyView;
import dev.windrose.model.Client;

/** Draws two candidates and takes the one with the lower cost. */
final class TwoChoices implements Selector {

    /*
     * The power of two choices: at load 0.9 the mean time in the system is 2.6 instead of the 10.0 of one random
     * choice, while always taking the least loaded makes all clients of an interval go to the same target when numbers
     * are shared and late. The numbers here are this node's own and count the decision before it is answered. Source:
     * Mitzenmacher, The Power of Two Choices in Randomized Load Balancing, 2001.
     */

    /** The cost of sending one more request to a candidate. Lower is better. */
    interface Cost {

        /**
         * The cost, at least 0.
         *
         * @param expectedMs expected duration of a request of this client to the candidate; NaN when unknown
         */
        double of(TargetLoad load, double weight, double expectedMs);
    }

    /** Requests in flight, this one included, per unit of weight. */
    static final Cost LEAST_CONNECTIONS = (load, weight, expectedMs) -> (load.inFlight() + 1) / weight;

    /** Expected time: latency times the queue ahead, per unit of weight (peak-EWMA as in Finagle). */
    static final Cost PERFORMANCE_BASED = (load, weight, expectedMs) -> {
        // An unmeasured target is tried as if it were fast: that is how it gets measured.
        double latencyMs = expectedMs >= 0 ? expectedMs : 1;
        return Math.max(latencyMs, 0.01) * (load.inFlight() + 1) / weight;
    };

    private static final double LEAST_WEIGHT = 1e-6;

    private final Choice[] choices;
    private final double[] weights;
    private final double[] measuredMs;
    private final Cost cost;
    private final Nearness nearness;
    private final double windowMs;
    private final long all;

    /**
     * All arrays are of one length, and the nearness knows the regions in the same order.
     *
     * @param measuredMs latency by our own checks in ms, NaN when never measured
     * @param windowMs only candidates whose round trip is at most this much longer than the shortest are drawn; NaN for all
     */
    TwoChoices(Choice[] choices, double[] weights, double[] measuredMs, Cost cost, Nearness nearness, double windowMs) {
        this.choices = choices;
        this.weights = weights;
        this.measuredMs = measuredMs;
        this.cost = cost;
        this.nearness = nearness;
        this.windowMs = windowMs;
        this.all = choices.length == Long.SIZE ? -1 : (1L << choices.length) - 1;
    }

    @Override
    public Choice select(Client client, long sequence) {
        if (choices.length == 1) {
            return choices[0];
        }
        LatencyView view = nearness.view();
        int row = Nearness.row(view, client);
        long drawn = windowMs >= 0 ? nearness.within(view, row, client, nearness.place(client), all, windowMs) : all;
        int count = Long.bitCount(drawn);
        if (count == 1) {
            return choices[Long.numberOfTrailingZeros(drawn)];
        }
        long mixed = BitMixer.mix(sequence);
        int first = BitMixer.below(mixed, count);
        int second = BitMixer.below(BitMixer.mix(mixed), count - 1);
        if (second >= first) {
            second++;
        }
        int one = drawn == all ? first : nthSetBit(drawn, first);
        int other = drawn == all ? second : nthSetBit(drawn, second);
        return costOf(view, row, one) <= costOf(view, row, other) ? choices[one] : choices[other];
    }

    private static int nthSetBit(long mask, int n) {
        long left = mask;
        for (int i = 0; i < n; i++) {
            left &= left - 1;
        }
        return Long.numberOfTrailingZeros(left);
    }

    /*
     * Clients' reports to this node are fresh but cover all clients together; how much farther this client is than the
     * usual one is learned more slowly. Their sum reacts at once to a slow target, and still reflects distance.
     */
    private double expectedMs(LatencyView view, int row, int candidate) {
        double reported = choices[candidate].load().latencyMs();
        if (reported >= 0) {
            return Math.max(0, reported + nearness.offsetMs(view, row, candidate));
        }
        double learned = row == LatencyView.NONE
                ? Double.NaN
                : nearness.measuredMs(view, row, PlaceDistances.UNKNOWN, candidate);
        return learned >= 0 ? learned : measuredMs[candidate];
    }

    double costOf(LatencyView view, int row, int candidate) {
        return cost.of(
                choices[candidate].load(),
                Math.max(weights[candidate], LEAST_WEIGHT),
                cost == LEAST_CONNECTIONS ? Double.NaN : expectedMs(view, row, candidate));
    }
}
