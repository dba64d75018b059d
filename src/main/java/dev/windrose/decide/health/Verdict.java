package dev.windrose.decide.health;

import dev.windrose.model.HealthStatus;
import java.util.Collection;

/** Combines the checks of all observers of one target into a verdict. */
public final class Verdict {

    /*
     * A region's own view affects its own clients: they are not sent to what this region cannot reach, whatever others
     * see. For what it can reach, or has not checked, only a majority of the live observers counts: a region with a
     * broken link reports everything down, and must not affect the clients of others.
     *
     * A majority that depends on a single vote would make everyone's traffic oscillate. So once found, it stands until
     * fewer than half remain: with an even number of observers a single vote does not end what it did not create. With
     * an odd number it does; each vote is steady by itself (Belief).
     */

    /** The verdict of the checks, and whose clients it affects. */
    public record Ruling(HealthStatus status, Reach reach) {}

    /** Whose clients a verdict affects. */
    public enum Reach {
        /** No observer has checked it. */
        NOBODY,
        /** The clients of this region: it is this region's own view. */
        OWN_CLIENTS,
        /** The clients of every region: a majority of at least two live observers sees it. */
        EVERYBODY
    }

    /**
     * The verdict.
     *
     * @param own status by this region's own checks, {@link HealthStatus#UNKNOWN} when there are none
     * @param others status by every other live region that checks the target
     * @param before the last unhealthy status that a majority saw, {@link HealthStatus#UNKNOWN} for none
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
