package dev.windrose.decide.health;

import dev.windrose.model.HealthStatus;
import java.util.Collection;

/** Settles what a region believes of a target, from everybody who looked lately. */
public final class Verdict {

    /*
     * The own view moves the own clients: what this region cannot reach, its clients are not sent to, whatever others
     * see. For what it can reach, or has not looked at, only a majority of the live observers moves it: one region with
     * a broken link says that everything is down, and must not take anything away from the others. Reports from outside
     * are believed only where nobody looks.
     */

    /**
     * The verdict.
     *
     * @param own what this region's own checks say, {@link HealthStatus#UNKNOWN} when there are none
     * @param others what every other live region that checks the target says
     * @param reported what was reported from outside and is not too old, else {@link HealthStatus#UNKNOWN}
     */
    public static HealthStatus of(HealthStatus own, Collection<HealthStatus> others, HealthStatus reported) {
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
        boolean quorum = observers >= 2 && 2 * down > observers;
        if (own == HealthStatus.UNHEALTHY || quorum) {
            return HealthStatus.UNHEALTHY;
        }
        if (own != HealthStatus.UNKNOWN) {
            return own;
        }
        if (observers == 0) {
            return reported;
        }
        return 2 * (down + degraded) > observers ? HealthStatus.DEGRADED : HealthStatus.HEALTHY;
    }

    private Verdict() {}
}
