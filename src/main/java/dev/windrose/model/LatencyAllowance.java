package dev.windrose.model;

/**
 * How slow a target may answer a check and be healthy all the same.
 *
 * @param healthyMs what its rule allows beside it, in ms; NaN when nothing checks it
 * @param distanceMs what the way there takes by itself, in ms, at least 0: distance is not sickness
 */
public record LatencyAllowance(double healthyMs, double distanceMs) {

    /** Of a target that nothing checks. */
    public static final LatencyAllowance NONE = new LatencyAllowance(Double.NaN, 0);

    /** Both together, in ms; NaN when nothing checks the target. */
    public double totalMs() {
        return healthyMs + distanceMs;
    }

    /** In words; empty when nothing checks the target. */
    public String because() {
        if (Double.isNaN(healthyMs)) {
            return "";
        }
        String own = "healthy_latency_ms " + Math.round(healthyMs);
        return distanceMs <= 0
                ? own
                : own + ", and " + Math.round(distanceMs) + " ms for the distance from this region";
    }
}
