package dev.windrose.model;

/**
 * How a rule chooses by round trips.
 *
 * @param windowMs candidates whose round trip is at most this much longer than the shortest share the clients by weight, 0 to
 *     10,000; 0 for the nearest alone, NaN for as the algorithm does by itself
 * @param explore share of the clients that are sent to another candidate than the nearest, so that what is known of it
 *     stays fresh, 0 to 0.5; NaN for as the node is set
 */
public record LatencyPolicy(double windowMs, double explore) {

    public static final double MAX_WINDOW_MS = 10_000;
    public static final double MAX_EXPLORE = 0.5;

    public static final LatencyPolicy DEFAULT = new LatencyPolicy(Double.NaN, Double.NaN);
}
