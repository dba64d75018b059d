package dev.windrose.decide.health;

import dev.windrose.model.HealthCheck;
import dev.windrose.model.HealthStatus;

/**
 * What one observer believes of one target after a run of readings. Immutable.
 *
 * @param status {@link HealthStatus#UNKNOWN} before the first reading
 * @param latencyMs moving average of successful readings, in ms; NaN before the first
 * @param readings of the window, at most {@link #WINDOW}
 * @param failures bit i is set when the reading i places ago failed
 * @param streak readings in a row that speak for another status, all for a better or all for a worse one
 * @param better whether the streak speaks for a better status
 * @param candidate the status that the streak speaks for: of those in it, the one nearest to what is believed now
 */
public record HealthTrack(
        HealthStatus status,
        double latencyMs,
        int readings,
        long failures,
        int streak,
        boolean better,
        HealthStatus candidate) {

    /*
     * The first reading settles the status; after that `fall` readings in a row that are worse take it down and `rise`
     * in a row that are better bring it up. A target that fails now and then never fails `fall` times in a row, so the
     * share of successes among the last 64 readings is judged as well, as soon as two of them failed. The window is
     * emptied when a target comes up, or its old failures would take it down again.
     */

    /** Readings that the success rate is taken from. */
    public static final int WINDOW = 64;

    private static final double LATENCY_WEIGHT = 0.3;

    public static final HealthTrack NEW =
            new HealthTrack(HealthStatus.UNKNOWN, Double.NaN, 0, 0, 0, false, HealthStatus.UNKNOWN);

    /** Share of successes among the readings of the window, 0 to 1; 1 when there is none. */
    public double successRate() {
        return readings == 0 ? 1 : 1 - (double) Long.bitCount(failures) / readings;
    }

    /** This track after one more reading. */
    public HealthTrack after(Reading reading, HealthCheck check) {
        double latency = !reading.success()
                ? latencyMs
                : Double.isNaN(latencyMs)
                        ? reading.latencyMs()
                        : latencyMs + LATENCY_WEIGHT * (reading.latencyMs() - latencyMs);
        int count = Math.min(WINDOW, readings + 1);
        long failed = (failures << 1) | (reading.success() ? 0 : 1);
        HealthTrack next = new HealthTrack(status, latency, count, failed, streak, better, candidate);
        return next.judged(worse(reading.status(), next.byRate(check)), check);
    }

    private HealthStatus byRate(HealthCheck check) {
        if (Long.bitCount(failures) < 2 || successRate() > check.healthySuccessRate()) {
            return HealthStatus.HEALTHY;
        }
        return successRate() > check.degradedSuccessRate() ? HealthStatus.DEGRADED : HealthStatus.UNHEALTHY;
    }

    private HealthTrack judged(HealthStatus grade, HealthCheck check) {
        if (status == HealthStatus.UNKNOWN) {
            return moved(grade);
        }
        if (grade == status) {
            return with(0, false, status);
        }
        boolean up = rank(grade) < rank(status);
        boolean continues = streak > 0 && up == better;
        HealthStatus nearest = !continues ? grade : up ? worse(grade, candidate) : milder(grade, candidate);
        int length = continues ? streak + 1 : 1;
        if (length < (up ? check.rise() : check.fall())) {
            return with(length, up, nearest);
        }
        HealthTrack moved = moved(nearest);
        return up ? new HealthTrack(nearest, latencyMs, 0, 0, 0, false, nearest) : moved;
    }

    private HealthTrack moved(HealthStatus to) {
        return new HealthTrack(to, latencyMs, readings, failures, 0, false, to);
    }

    private HealthTrack with(int length, boolean up, HealthStatus nearest) {
        return new HealthTrack(status, latencyMs, readings, failures, length, up, nearest);
    }

    private static HealthStatus worse(HealthStatus a, HealthStatus b) {
        return rank(a) >= rank(b) ? a : b;
    }

    private static HealthStatus milder(HealthStatus a, HealthStatus b) {
        return rank(a) <= rank(b) ? a : b;
    }

    private static int rank(HealthStatus status) {
        return switch (status) {
            case HEALTHY, UNKNOWN -> 0;
            case DEGRADED -> 1;
            case UNHEALTHY, DRAINING -> 2;
        };
    }
}
