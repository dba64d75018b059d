package dev.windrose.live.metric;

import dev.windrose.live.wire.WireMessage;
import java.util.Map;

/**
 * A load balancer's measurements over an interval.
 *
 * @param id unique
 * @param ruleId the rule it balanced by
 * @param epochMs wall clock of the measurement
 * @param averageResponseTimeMs at least 0
 * @param errorRate 0 to 1
 * @param throughput requests per second
 */
public record MetricSample(
        String id,
        String ruleId,
        long epochMs,
        long totalRequests,
        Map<String, Long> requestsPerRegion,
        double averageResponseTimeMs,
        double errorRate,
        double throughput)
        implements WireMessage {

    public MetricSample {
        requestsPerRegion = Map.copyOf(requestsPerRegion);
    }
}
