package dev.windrose.decide.health;

import dev.windrose.model.HealthCheck;
import dev.windrose.model.HealthStatus;

/** Whether a failure rate is statistically significant. */
public final class RateSignificance {

    /*
     * A rate of few readings is a guess: one failure of 25 is 96 %, and says nothing about a threshold of 99 %. So what
     * counts is not the point but the interval around it: the shares that would give such a result, or a worse one, in
     * at least one of twenty windows. Its upper end is Chernoff's bound, n * KL(seen || threshold) = ln(1 / chance). It
     * holds for every number of readings and close to 100 %, where Wilson's interval, made for shares near one half, calls
     * 2 failures of 25 significantly worse than 99 %. It costs two logarithms, however many readings there are.
     *
     * To be called bad a rate must be bad with little doubt. What was called bad stays so until the result is an
     * ordinary one for the threshold, one window in five: that is the gap that keeps a rate at its threshold from moving
     * the verdict to and fro.
     */

    private static final double LEAVING = Math.log(20);
    private static final double RETURNING = Math.log(5);

    /**
     * Whether the rate is below the threshold beyond chance.
     *
     * @param failures 0 to {@code readings}
     * @param readings at least 0; with none nothing is below anything
     * @param threshold share of successes, 0 to 1
     * @param already whether it was called below before: then less is enough to stay so
     */
    public static boolean below(long failures, long readings, double threshold, boolean already) {
        double expected = 1 - threshold;
        if (readings <= 0 || failures <= expected * readings) {
            return false;
        }
        double seen = (double) failures / readings;
        double distance = part(seen, expected) + part(1 - seen, threshold);
        return readings * distance > (already ? RETURNING : LEAVING);
    }

    /**
     * What a rate says of a target.
     *
     * @param before what is believed of it
     */
    public static HealthStatus grade(long failures, long readings, HealthCheck.Levels levels, HealthStatus before) {
        if (below(failures, readings, levels.degradedSuccessRate(), before == HealthStatus.UNHEALTHY)) {
            return HealthStatus.UNHEALTHY;
        }
        boolean already = before == HealthStatus.UNHEALTHY || before == HealthStatus.DEGRADED;
        return below(failures, readings, levels.healthySuccessRate(), already)
                ? HealthStatus.DEGRADED
                : HealthStatus.HEALTHY;
    }

    private static double part(double seen, double expected) {
        return seen <= 0 ? 0 : expected <= 0 ? Double.POSITIVE_INFINITY : seen * Math.log(seen / expected);
    }

    private RateSignificance() {}
}
