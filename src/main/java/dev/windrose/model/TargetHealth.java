package dev.windrose.model;

/**
 * What is believed of one target of one rule.
 *
 * @param authority who is believed
 * @param latencyMs of its endpoint as this region's own checks see it; NaN when never measured
 * @param servingShare share of its endpoints that serve, 0 to 1; 1 when nothing is known of any
 * @param endpoint index of the endpoint to send clients to: the first one that serves
 * @param share of its weight that its health lets it have now, 0 to 1
 * @param drain what an operator who empties it has left it
 * @param wellOtherwise whether it would serve but for what an operator says of it
 * @param allowed how slow it may be and be healthy, as seen from this region
 */
public record TargetHealth(
        HealthStatus status,
        Authority authority,
        double latencyMs,
        double servingShare,
        int endpoint,
        double share,
        Drain drain,
        boolean wellOtherwise,
        LatencyAllowance allowed) {

    /** Nobody has looked. */
    public static final TargetHealth UNKNOWN = of(HealthStatus.UNKNOWN, Authority.NONE, Double.NaN);

    /** A target with one endpoint and its full share. */
    public static TargetHealth of(HealthStatus status, Authority authority, double latencyMs) {
        return new TargetHealth(
                status,
                authority,
                latencyMs,
                status.serves() ? 1 : 0,
                0,
                1,
                Drain.NONE,
                status.serves(),
                LatencyAllowance.NONE);
    }

    public TargetHealth is(HealthStatus other, Authority by) {
        return new TargetHealth(other, by, latencyMs, servingShare, endpoint, share, drain, wellOtherwise, allowed);
    }

    public TargetHealth withShare(double other) {
        return new TargetHealth(
                status, authority, latencyMs, servingShare, endpoint, other, drain, wellOtherwise, allowed);
    }

    public TargetHealth withDrain(Drain other) {
        return new TargetHealth(
                status, authority, latencyMs, servingShare, endpoint, share, other, wellOtherwise, allowed);
    }

    public TargetHealth allowing(LatencyAllowance other) {
        return new TargetHealth(
                status, authority, latencyMs, servingShare, endpoint, share, drain, wellOtherwise, other);
    }

    /** Share of its weight that it may have now of clients without an affinity key, 0 to 1. */
    public double kept() {
        return Math.min(share, drain.share());
    }

    /** Share of its weight that it may have now of clients with an affinity key, 0 to 1. */
    public double keptSessions() {
        return Math.min(share, drain.sessionShare());
    }

    /** Whether an operator has taken it out. */
    public boolean takenOut() {
        return status == HealthStatus.DRAINING || (authority == Authority.OVERRIDE && status == HealthStatus.UNHEALTHY);
    }
}
