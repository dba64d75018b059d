package dev.windrose.decide.health;

import dev.windrose.model.HealthCheck;
import dev.windrose.model.HealthStatus;
import java.time.Duration;

/**
 * A status with hysteresis: it changes only after a run of grades, each the result of one moment. Immutable.
 *
 * @param status {@link HealthStatus#UNKNOWN} before the first accepted grade
 * @param tenths of consecutive grades for another status, all for a better or all for a worse one
 * @param better whether they are for a better status
 * @param candidate the status they are for: of the run, the one nearest to the current status
 * @param damping how often the status recently got worse
 */
public record Belief(HealthStatus status, int tenths, boolean better, HealthStatus candidate, FlapDamping damping) {

    /*
     * Every change is treated alike, between any two statuses: `fall` consecutive grades for a worse one, `rise`
     * consecutive grades for a better one, and nothing improves while damping holds it. A good first grade determines
     * the status, because nothing contradicts it; a bad one does not.
     *
     * A grade that is good by less than the gap, such as a latency just below its threshold, counts a tenth: a target
     * that fluctuates within the gap does not return, and one that settled there does, ten times as slowly.
     *
     * A degraded status is held from the first time on, until it has been stable for three half-lives. Degradation is
     * mostly slowness, slowness mostly load, and it ends when the load leaves: returning the load at once makes a
     * target oscillate every few seconds. With the usual half-life of 20 s no latency, whatever it does, changes a
     * status more often than twice in any minute.
     */

    /** The initial state. */
    public static final Belief NONE =
            new Belief(HealthStatus.UNKNOWN, 0, false, HealthStatus.UNKNOWN, FlapDamping.NONE);

    private static final int WHOLE = 10;
    private static final int ENDLESS = 1_000_000;

    /**
     * The weight of one change to a worse status.
     *
     * @param degrading from healthy to degraded
     * @param other any other
     */
    private record Counting(double degrading, double other) {}

    /** Failed readings are counted individually, whether they change anything or not. */
    private static final Counting READINGS = new Counting(FlapDamping.HIGHEST, 0);

    private static final Counting MANY = new Counting(FlapDamping.HIGHEST, FlapDamping.HIGHEST);
    private static final Counting WORDS = new Counting(1, 1);

    /**
     * After one more check of a target.
     *
     * @param marginal whether it is good by less than the gap
     * @param failed whether the check failed, which its track counts itself
     * @param nowMs when, on any clock that only goes forward
     */
    Belief afterReading(HealthStatus grade, boolean marginal, boolean failed, HealthCheck.Turns turns, long nowMs) {
        Belief now = at(turns, nowMs);
        return (failed ? now : now.brokenOff(grade, turns, nowMs))
                .step(grade, marginal ? 1 : WHOLE, turns, READINGS, nowMs);
    }

    /**
     * After one more evaluation of many outcomes, most of which the previous one included. A target that is out gets no
     * more requests and hence no outcomes: it stays out while it is held, and then gets a chance.
     *
     * @param grade {@link HealthStatus#UNKNOWN} when there are too few outcomes
     */
    public Belief afterMany(HealthStatus grade, HealthCheck.Turns turns, long nowMs) {
        Belief now = at(turns, nowMs);
        if (grade == HealthStatus.UNKNOWN) {
            return rank(status) > 0 && now.damping.held() ? now : NONE.with(now.damping);
        }
        return now.brokenOff(grade, turns, nowMs).step(grade, WHOLE, turns, MANY, nowMs);
    }

    /** After a statement by a source that judges by itself: accepted at once, unless it alternates. */
    public Belief afterWord(HealthStatus grade, Duration dampingHalfLife, long nowMs) {
        HealthCheck.Turns once = new HealthCheck.Turns(1, 1, 1, dampingHalfLife);
        return at(once, nowMs).brokenOff(grade, once, nowMs).step(grade, WHOLE, once, WORDS, nowMs);
    }

    private Belief at(HealthCheck.Turns turns, long nowMs) {
        return with(damping.at(nowMs, turns.dampingHalfLife()));
    }

    /** A held status that had begun to look better is not stable yet when it looks bad again. */
    private Belief brokenOff(HealthStatus grade, HealthCheck.Turns turns, long nowMs) {
        boolean broken = damping.held() && tenths > 0 && better && rank(grade) >= rank(status);
        return broken ? with(damping.changed(nowMs, turns.dampingHalfLife())) : this;
    }

    private Belief step(HealthStatus grade, int weight, HealthCheck.Turns turns, Counting counting, long nowMs) {
        if (status == HealthStatus.UNKNOWN && grade == HealthStatus.HEALTHY) {
            return is(grade);
        }
        if (grade == status) {
            return speaking(0, false, status);
        }
        boolean up = rank(grade) < rank(status);
        boolean continues = tenths > 0 && up == better;
        HealthStatus nearest = !continues ? grade : up ? worse(grade, candidate) : milder(grade, candidate);
        int row = Math.min(ENDLESS, (continues ? tenths : 0) + (status == HealthStatus.DEGRADED ? weight : WHOLE));
        if (row < WHOLE * (up ? turns.rise() : turns.fall()) || (up && damping.held())) {
            return speaking(row, up, nearest);
        }
        boolean degrades = status == HealthStatus.HEALTHY && nearest == HealthStatus.DEGRADED;
        double changes = up ? 0 : degrades ? counting.degrading : counting.other;
        return changes == 0
                ? is(nearest)
                : with(damping.changed(nowMs, turns.dampingHalfLife(), changes)).is(nearest);
    }

    /** Takes that status at once. */
    Belief is(HealthStatus to) {
        return new Belief(to, 0, false, to, damping);
    }

    Belief with(FlapDamping other) {
        return new Belief(status, tenths, better, candidate, other);
    }

    private Belief speaking(int row, boolean up, HealthStatus nearest) {
        return new Belief(status, row, up, nearest, damping);
    }

    static HealthStatus worse(HealthStatus a, HealthStatus b) {
        return rank(a) >= rank(b) ? a : b;
    }

    private static HealthStatus milder(HealthStatus a, HealthStatus b) {
        return rank(a) <= rank(b) ? a : b;
    }

    static int rank(HealthStatus status) {
        return switch (status) {
            case HEALTHY, UNKNOWN -> 0;
            case DEGRADED -> 1;
            case UNHEALTHY, DRAINING -> 2;
        };
    }
}
