package dev.windrose.decide.health;

import dev.windrose.model.HealthStatus;
import java.util.Collection;

/** Combines the results of several monitors of one endpoint. */
public final class MonitorGroup {

    /*
     * One marked as "must be healthy" that is not takes the endpoint down alone. The others vote: the endpoint is down
     * when more than half of those with an opinion say so. Source: monitor groups of Cloudflare Load Balancing.
     */

    /**
     * The status of one monitor.
     *
     * @param mustBeHealthy whether it takes the endpoint down alone; the others vote
     */
    public record Vote(HealthStatus status, boolean mustBeHealthy) {}

    /** The status of the group; {@link HealthStatus#UNKNOWN} when no monitor has one. */
    public static HealthStatus of(Collection<Vote> votes) {
        int voting = 0;
        int down = 0;
        int degraded = 0;
        boolean known = false;
        boolean veto = false;
        boolean vetoDegraded = false;
        for (Vote vote : votes) {
            known |= vote.status() != HealthStatus.UNKNOWN;
            boolean bad = vote.status() == HealthStatus.UNHEALTHY;
            boolean slow = vote.status() == HealthStatus.DEGRADED;
            if (vote.mustBeHealthy()) {
                veto |= bad;
                vetoDegraded |= slow;
            } else if (vote.status() != HealthStatus.UNKNOWN) {
                voting++;
                down += bad ? 1 : 0;
                degraded += slow ? 1 : 0;
            }
        }
        if (!known) {
            return HealthStatus.UNKNOWN;
        }
        if (veto || 2 * down > voting) {
            return HealthStatus.UNHEALTHY;
        }
        return vetoDegraded || 2 * (down + degraded) > voting ? HealthStatus.DEGRADED : HealthStatus.HEALTHY;
    }

    private MonitorGroup() {}
}
