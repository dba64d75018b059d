package dev.windrose.decide.health;

import dev.windrose.model.HealthStatus;
import java.util.Collection;

/** Combines the checks of all observers of one target into a verdict. */
public final class Verdict {

    /*
     * The own view moves the own clients: what this region cannot reach, its clients are not sent to, whatever others
     * see. For what it can reach, or has not looked at, only a majority of the live observers moves it: one region with
     * a broken link says that everything is down, and must not take anything away from the others.
     *
     * A majority that comes and goes with one voice would move everybody to and fro. So one that has been found stands until
     * fewer than half are left of it: with an even number of observers one voice alone does not end what it did not make.
     * With an odd number one does; each voice is steady for itself (Belief).
     */

    /** What the checks say, and whom it moves. */
    public record Ruling(HealthStatus status, Reach reach) {}

    /** Whom a verdict moves. */
    public enum Reach {
        /** Nobody has looked. */
        NOBODY,
        /** The clients of this region: it is this region's own view. */
        OWN_CLIENTS,
        /** The clients of every region: a majority of at least two live observers sees it. */
        EVERYBODY
    }

    /** The first verdict on a target. */
    public static Ruling of(HealthStatus own, Collection<HealthStatus> others) {
        return of(own, others, HealthStatus.UNKNOWN);
    }

    /**
     * The verdict.
     *
     * @param own what this region's own checks say, {@link HealthStatus#UNKNOWN} when there are none
     * @param others what every other live region that checks the target says
     * @param before what a majority saw last, {@link HealthStatus#UNKNOWN} when there was none
     */
    public static Ruling of(HealthStatus own, Collection<HealthStatus> others, HealthStatus before) {
        int observers = own == HealthStatus.UNKNOWN ? 0 : 1;
        int down = own == HealthStatus.UNHEALTHY ? 1 : 0;
        int degraded = own == HealthStatus.DEGRADED ? 1 : 0;
        for (HealthStatus other : others) {
            if (other != HealthStatus.UNKNOWN) {
                observers++;
                down += other == HealthStatus.UNHEALTHY ? 1 : 0;
                degraded += other == HealthStatus.DEGRADED ? 1 : 0;
            }
        }
        boolean several = observers >= 2;
        boolean stands = before == HealthStatus.UNHEALTHY && down >= 2 && 2 * down == observers;
        if (several && (2 * down > observers || stands)) {
            return new Ruling(HealthStatus.UNHEALTHY, Reach.EVERYBODY);
        }
        int worse = down + degraded;
        if (own != HealthStatus.UNKNOWN) {
            boolean shared = several
                    && switch (own) {
                        case HEALTHY -> 2 * worse < observers;
                        case DEGRADED -> 2 * worse > observers;
                        case UNHEALTHY, UNKNOWN, DRAINING -> false;
                    };
            return new Ruling(own, shared ? Reach.EVERYBODY : Reach.OWN_CLIENTS);
        }
        if (observers == 0) {
            return new Ruling(HealthStatus.UNKNOWN, Reach.NOBODY);
        }
        boolean slow =
                2 * worse > observers || (before == HealthStatus.DEGRADED && worse >= 2 && 2 * worse == observers);
        HealthStatus most = slow ? HealthStatus.DEGRADED : HealthStatus.HEALTHY;
        return new Ruling(most, several ? Reach.EVERYBODY : Reach.OWN_CLIENTS);
    }

    private Verdict() {}
}
