package dev.windrose.live.health;

import dev.windrose.decide.health.Verdict;
import dev.windrose.model.HealthCheck;
import dev.windrose.model.HealthStatus;
import dev.windrose.model.LatencyAllowance;
import dev.windrose.model.RegionId;
import java.net.URI;
import java.util.List;

/** The observations of all observers: one row for each check. */
public record HealthMatrix(List<Row> rows) {

    /**
     * One check.
     *
     * @param status what all of them together say
     * @param reach whom that moves
     * @param allowed how slow it may be and be healthy, as seen from this node's region
     */
    public record Row(
            String checkId,
            RegionId region,
            URI endpoint,
            HealthCheck.Type type,
            HealthStatus status,
            Verdict.Reach reach,
            LatencyAllowance allowed,
            List<Sight> sights) {
        public Row {
            sights = List.copyOf(sights);
        }
    }

    /**
     * What one node says.
     *
     * @param node of the observer; empty for this node while it has no control plane
     * @param own whether it is this node
     * @param live whether it was heard of lately, so that its word counts
     * @param heardAgoMs since the last sign of life of the observer, by this node's clock; of this node 0
     * @param sinceEpochMs wall clock of the observer when it came to believe it; 0 when not told
     * @param cause why the last reading was no good one, or what was odd about a good one; empty otherwise
     */
    public record Sight(
            String node,
            String region,
            boolean own,
            boolean live,
            HealthStatus status,
            double latencyMs,
            double successRate,
            long heardAgoMs,
            long sinceEpochMs,
            String cause) {}

    public HealthMatrix {
        rows = List.copyOf(rows);
    }
}
