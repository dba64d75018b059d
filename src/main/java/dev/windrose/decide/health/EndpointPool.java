package dev.windrose.decide.health;

import dev.windrose.model.HealthStatus;
import java.util.List;

/**
 * The combined health of the endpoints of one target.
 *
 * @param servingShare share of the endpoints that serve, 0 to 1
 * @param endpoint index of the one to send clients to: the first that serves, else the first that answers at all, else
 *     the first
 */
public record EndpointPool(HealthStatus status, double servingShare, int endpoint) {

    /**
     * The pool.
     *
     * @param endpoints status of each, best first, at least one
     * @param failoverBelow share that must serve, 0 to 1; at 0 one is enough
     */
    public static EndpointPool of(List<HealthStatus> endpoints, double failoverBelow) {
        int serving = 0;
        int firstServing = -1;
        int firstDegraded = -1;
        boolean healthy = false;
        for (int i = 0; i < endpoints.size(); i++) {
            HealthStatus status = endpoints.get(i);
            if (status.serves()) {
                serving++;
                firstServing = firstServing < 0 ? i : firstServing;
                healthy |= status == HealthStatus.HEALTHY;
            } else if (status == HealthStatus.DEGRADED) {
                firstDegraded = firstDegraded < 0 ? i : firstDegraded;
            }
        }
        double share = (double) serving / endpoints.size();
        int endpoint = Math.max(0, firstServing >= 0 ? firstServing : firstDegraded);
        if (serving == 0) {
            return new EndpointPool(
                    firstDegraded >= 0 ? HealthStatus.DEGRADED : HealthStatus.UNHEALTHY, share, endpoint);
        }
        if (share < failoverBelow) {
            return new EndpointPool(HealthStatus.UNHEALTHY, share, endpoint);
        }
        return new EndpointPool(healthy ? HealthStatus.HEALTHY : HealthStatus.UNKNOWN, share, endpoint);
    }
}
