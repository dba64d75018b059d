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
     * @param status the combined result
     * @param reach whose clients it affects
     * @param allowed latency up to which it is healthy, as seen from this node's region
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
     * One node's observation.
     *
     * @param node of the observer; empty for this node while it has no control plane
     * @param own whether it is this node
     * @param live whether it was heard from recently, so that its observations count
     * @param heardAgoMs since the observer's last heartbeat, by this node's clock; for this node 0
     * @param sinceEpochMs the observer's wall clock at the last change of status; 0 when unknown
     * @param cause why the last reading was not healthy, or an anomaly of a healthy one; empty otherwise
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
