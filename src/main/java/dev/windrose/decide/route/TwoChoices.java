package dev.windrose.decide.route;

import dev.windrose.model.Client;

/** Draws two candidates and takes the one with the lower cost. */
final class TwoChoices implements Selector {

    /*
     * The power of two choices: at load 0.9 the mean time in the system is 2.6 instead of the 10.0 of one random choice,
     * while asking everybody for the least loaded makes all clients of an interval run to the same target when numbers
     * are shared and late. The numbers here are this node's own and count the decision before it is answered.
     * Source: Mitzenmacher, The Power of Two Choices in Randomized Load Balancing, 2001.
     */

    /** What it costs to send one more request to a candidate. Lower is better. */
    interface Cost {

        /** The cost, at least 0. */
        double of(TargetLoad load, double weight, double measuredMs);
    }

    /** Requests in flight, this one included, per unit of weight. */
    static final Cost LEAST_CONNECTIONS = (load, weight, measuredMs) -> (load.inFlight() + 1) / weight;

    /** Expected time: latency times the queue ahead, per unit of weight (peak-EWMA as in Finagle). */
    static final Cost PERFORMANCE_BASED = (load, weight, measuredMs) -> {
        double reported = load.latencyMs();
        // A target that nobody has measured is tried as if it were fast: that is how it gets measured.
        double latencyMs = reported >= 0 ? reported : measuredMs >= 0 ? measuredMs : 1;
        return Math.max(latencyMs, 0.01) * (load.inFlight() + 1) / weight;
    };

    private static final double LEAST_WEIGHT = 1e-6;

    private final Choice[] choices;
    private final double[] weights;
    private final double[] measuredMs;
    private final Cost cost;

    /**
     * All arrays are of one length.
     *
     * @param measuredMs latency by our own checks in ms, NaN when never measured
     */
    TwoChoices(Choice[] choices, double[] weights, double[] measuredMs, Cost cost) {
        this.choices = choices;
        this.weights = weights;
        this.measuredMs = measuredMs;
        this.cost = cost;
    }

    @Override
    public Choice select(Client client, long sequence) {
        if (choices.length == 1) {
            return choices[0];
        }
        long mixed = Mixing.mix(sequence);
        int first = Mixing.below(mixed, choices.length);
        int second = Mixing.below(Mixing.mix(mixed), choices.length - 1);
        if (second >= first) {
            second++;
        }
        return costOf(first) <= costOf(second) ? choices[first] : choices[second];
    }

    double costOf(int candidate) {
        return cost.of(choices[candidate].load(), Math.max(weights[candidate], LEAST_WEIGHT), measuredMs[candidate]);
    }
}
