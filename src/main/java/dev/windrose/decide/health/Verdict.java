package dev.windrose.decide.health;

import dev.windrose.model.HealthStatus;
import java.util.Collection;

/** Settles what the checks of all observers say of one target together. */
public final class Verdict {

    /*
     * The own view moves the own clients: what this region cannot reach, its clients are not sent to, whatever others
     * see. For what it can reach, or has not looked at, only a majority of the live observers moves it: one region with
     * a broken link says that everything is down, and must not take anything away from the others.
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

    /**
     * The verdict.
     *
     * @param own what this region's own checks say, {@link HealthStatus#UNKNOWN} when there are none
     * @param others what every other live region that checks the target says
     */
    public static Ruling of(HealthStatus own, Collection<HealthStatus> others) {
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
        if (several && 2 * down > observers) {
            return new Ruling(HealthStatus.UNHEALTHY, Reach.EVERYBODY);
        }
        if (own != HealthStatus.UNKNOWN) {
            boolean shared = several && own == HealthStatus.HEALTHY && 2 * (down + degraded) < observers;
            return new Ruling(own, shared ? Reach.EVERYBODY : Reach.OWN_CLIENTS);
        }
        if (observers == 0) {
            return new Ruling(HealthStatus.UNKNOWN, Reach.NOBODY);
        }
        HealthStatus most = 2 * (down + degraded) > observers ? HealthStatus.DEGRADED : HealthStatus.HEALTHY;
        return new Ruling(most, several ? Reach.EVERYBODY : Reach.OWN_CLIENTS);
    }

    private Verdict() {}
}
