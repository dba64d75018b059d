package dev.windrose.decide.health;

import java.time.Duration;

/**
 * Flap damping: how often a target recently went from good to bad, and whether it is held out for that. Immutable.
 *
 * @param penalty changes at {@code atMs}, weighted by age, 0 to {@link #HIGHEST}
 * @param atMs when the penalty was last updated, on any monotonic clock
 * @param held whether the status may not improve, whatever the readings are
 */
public record FlapDamping(double penalty, long atMs, boolean held) {

    /*
     * Route flap damping: each change for the worse adds 1, and the penalty halves with every half-life. From 2 on the
     * target is held, until the penalty has fallen to 0.75: a target that failed once is back as soon as it is healthy,
     * one that failed twice in a short time waits until it has been stable for about one and a half half-lives. The
     * highest penalty limits the wait after the last change to three. Only improvements are held: nothing ever delays
     * getting worse. Source: RFC 2439, with readings instead of route withdrawals.
     */

    public static final double HIGHEST = 6;
    private static final double HOLD = 1.75;
    private static final double RELEASE = 0.75;

    public static final FlapDamping NONE = new FlapDamping(0, 0, false);

    /**
     * The state now, if nothing more has happened.
     *
     * @param halfLife time in which a penalty halves; zero turns damping off
     */
    public FlapDamping at(long nowMs, Duration halfLife) {
        if (halfLife.isZero()) {
            return NONE;
        }
        double left = penalty * Math.pow(0.5, Math.max(0, nowMs - atMs) / (double) halfLife.toMillis());
        return new FlapDamping(left, nowMs, held && left > RELEASE);
    }

    /** After one more change from good to bad. */
    public FlapDamping changed(long nowMs, Duration halfLife) {
        return changed(nowMs, halfLife, 1);
    }

    /**
     * After one more change from good to bad.
     *
     * @param changes weight of the change; two hold at once
     */
    FlapDamping changed(long nowMs, Duration halfLife, double changes) {
        if (halfLife.isZero()) {
            return NONE;
        }
        FlapDamping now = at(nowMs, halfLife);
        double more = Math.min(HIGHEST, now.penalty + changes);
        return new FlapDamping(more, nowMs, now.held || more >= HOLD);
    }
}
