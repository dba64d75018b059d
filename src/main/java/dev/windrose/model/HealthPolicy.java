package dev.windrose.model;

import java.time.Duration;

/**
 * What a rule makes of the health of its targets.
 *
 * @param failoverBelow share of a target's endpoints that must serve, 0 to 1; with fewer the target is down. At 0 one that
 *     serves is enough
 * @param degradedShare share of its weight that a degraded target keeps while healthier ones serve, 0 to 1
 * @param slowStart time in which a target that comes back goes from a tenth of its share to all of it; zero for at once
 * @param panicBelow share of the targets that must serve, 0 to 1; with fewer, health is not believed and all are used. At
 *     0 never
 * @param outlierDistance a target whose clients succeed less often than those of its peers by more than this is ejected,
 *     0 to 1; at 1 none
 * @param outlierRequests outcomes in the window below which a target is not judged, at least 1
 * @param outlierCap largest share of the targets that may be ejected at once, 0 to 1
 */
public record HealthPolicy(
        double failoverBelow,
        double degradedShare,
        Duration slowStart,
        double panicBelow,
        double outlierDistance,
        int outlierRequests,
        double outlierCap) {

    /** Of a rule that says nothing. */
    public static final HealthPolicy DEFAULT = new HealthPolicy(0, 0, Duration.ZERO, 0, 0.3, 50, 0.34);
}
