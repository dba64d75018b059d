package dev.windrose.decide.health;

import dev.windrose.model.HealthCheck;
import dev.windrose.model.HealthStatus;

/** Whether a failure rate is statistically significant. */
public final class RateSignificance {

    /*
     * A rate over few readings is uncertain: one failure of 25 is 96 %, and says nothing about a threshold of 99 %. So
     * what counts is not the point estimate but the interval around it: the rates that would give such a result, or a
     * worse one, in at least one of twenty windows. Its upper end is Chernoff's bound, n * KL(seen || threshold) = ln(1
     * / chance). It holds for every number of readings and close to 100 %, where Wilson's interval, made for rates near
     * one half, calls 2 failures of 25 significantly worse than 99 %. It costs two logarithms, however many readings
     * there are.
     *
     * A rate is called bad only when there is little doubt. Once bad, it stays so until the result is ordinary for the
     * threshold, one window in five: that gap (hysteresis) keeps a rate at its threshold from making the verdict
     * oscillate.
     */

    private static final double LEAVING = Math.log(20);
    private static final double RETURNING = Math.log(5);

    /**
     * Whether the rate is significantly below the threshold.
     *
     * @param failures 0 to {@code readings}
     * @param readings at least 0; with none the result is false
     * @param threshold share of successes, 0 to 1
     * @param already whether it was below before: then less evidence is enough to stay so
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
     * The status of a target by a rate.
     *
     * @param before its current status
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
