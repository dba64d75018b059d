package dev.windrose.decide.health;

import dev.windrose.model.HealthStatus;
import dev.windrose.model.RegionId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The combined result of all observers for one check.
 *
 * @param latencyMs as seen from this region; NaN when never measured
 * @param successRate as seen from this region, 0 to 1; NaN when never measured
 */
record CheckVerdict(Verdict.Ruling ruling, double latencyMs, double successRate) {

    /**
     * The verdict: this node's own view is that of its region, and where it has none, that of the region's other nodes.
     *
     * @param self the region of this node
     * @param before the last unhealthy status that a majority saw
     */
    static CheckVerdict of(HealthFacts.Observations seen, RegionId self, HealthStatus before) {
        HealthFacts.Observation peer = seen.byRegion().get(self.value());
        HealthFacts.Observation own = seen.own() != null ? seen.own() : peer;
        Map<String, HealthFacts.Observation> others = new HashMap<>(seen.byRegion());
        others.remove(self.value());
        List<HealthStatus> said =
                others.values().stream().map(HealthFacts.Observation::status).toList();
        return new CheckVerdict(
                Verdict.of(own == null ? HealthStatus.UNKNOWN : own.status(), said, before),
                own == null ? Double.NaN : own.latencyMs(),
                own == null ? Double.NaN : own.successRate());
    }
}
