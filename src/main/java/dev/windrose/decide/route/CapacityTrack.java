package dev.windrose.decide.route;

/**
 * A region's capacity, learned from its clients' outcomes by additive increase and multiplicative decrease. Unlimited
 * until the region is overloaded for the first time.
 *
 * @param capacity requests per second that it can take; infinite while unknown
 * @param proven the highest load, in requests per second, recently served well
 * @param calmSeconds time since the capacity was last lowered
 * @param overrunSeconds time of uninterrupted overload for which the capacity has not been lowered yet
 */
public record CapacityTrack(double capacity, double proven, double calmSeconds, double overrunSeconds) {

    /*
     * Additive increase and multiplicative decrease, as in network congestion control (Chiu and Jain, 1989), applied to
     * the one number to learn. What makes it safe here:
     *
     * - Failures alone prove nothing: a region may fail for reasons of its own. It is overloaded when clients fail at a
     *   load above the one that it has proven to serve. The proof decays within seconds while clients fail, so that a
     *   region that lost machines is detected, and otherwise by half in a day.
     * - The capacity is lowered when overload has lasted for as long as measurements need to show the effect, and the
     *   result is then observed for as long again.
     * - The load that it served while overloaded is its capacity: never less than what it still proves.
     * - The capacity grows only while it is used, slowly after an overload and faster when that is long ago.
     */

    public static final CapacityTrack NEW = new CapacityTrack(Double.POSITIVE_INFINITY, 0, 0, 0);

    /** Below this load, in requests per second, nothing is learned. */
    public static final double LEAST = 10;

    /** Failure rates above which clients are failing, and below which they are fine. */
    private static final double BADLY = 0.05;

    private static final double WELL = 0.01;

    /** Measurements are averages over some seconds, and clients' reports are late. */
    private static final double SHOWS_AFTER_SECONDS = 8;

    /** Margin below the load at which it was overloaded. */
    private static final double MARGIN = 0.95;

    /** Nodes raise a bound again at about the same pace; within this they agree. */
    private static final double CLEARLY_LOWER = 0.9;

    private static final double FADES_BADLY_PER_SECOND = 0.98;
    private static final double FADES_PER_SECOND = Math.pow(0.5, 1.0 / 86_400);

    /** A capacity counts as used when the load is above this share of it. */
    private static final double USED = 0.8;

    private static final double GROWS_PER_MINUTE = 1.05;
    private static final double GROWS_PER_MINUTE_LATER = 1.5;
    private static final double LATER_SECONDS = 300;

    /** The state after another node has learned a clearly lower bound: all nodes converge. */
    public CapacityTrack heard(double other) {
        return other > 0 && other < CLEARLY_LOWER * capacity ? new CapacityTrack(other, proven, 0, 0) : this;
    }

    /**
     * The state after one measurement.
     *
     * @param load requests per second sent to it, by all nodes
     * @param failures share of them that failed, 0 to 1; NaN when too few were reported
     * @param seconds since the previous measurement, above 0
     */
    public CapacityTrack after(double load, double failures, double seconds) {
        double faded = proven * Math.pow(failures > BADLY ? FADES_BADLY_PER_SECOND : FADES_PER_SECOND, seconds);
        double calm = calmSeconds + seconds;
        if (Double.isNaN(failures) || load < LEAST) {
            return new CapacityTrack(capacity, faded, calm, 0);
        }
        if (failures > BADLY) {
            double overrun = load > faded ? overrunSeconds + seconds : 0;
            if (overrun < SHOWS_AFTER_SECONDS) {
                return new CapacityTrack(capacity, faded, calm, overrun);
            }
            double served = Math.max(Math.max(LEAST, faded), MARGIN * load * (1 - failures));
            return new CapacityTrack(Math.min(capacity, served), faded, 0, 0);
        }
        if (failures > WELL) {
            return new CapacityTrack(capacity, faded, calm, 0);
        }
        double grows = load < USED * capacity ? 1 : calm < LATER_SECONDS ? GROWS_PER_MINUTE : GROWS_PER_MINUTE_LATER;
        return new CapacityTrack(capacity * Math.pow(grows, seconds / 60), Math.max(faded, load), calm, 0);
    }
}
