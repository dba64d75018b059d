package dev.windrose.front.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.windrose.front.web.Json;
import dev.windrose.live.metric.MetricSample;

/** Samples of metrics as JSON. */
final class MetricBodies {

    static ObjectNode shown(MetricSample sample) {
        ObjectNode json = Json.object();
        json.put("metrics_id", sample.id());
        json.put("balancer_id", sample.ruleId());
        json.put("timestamp", Json.time(sample.epochMs()));
        json.put("total_requests", sample.totalRequests());
        ObjectNode perRegion = json.putObject("requests_per_region");
        sample.requestsPerRegion().forEach(perRegion::put);
        json.put("average_response_time", sample.averageResponseTimeMs());
        json.put("error_rate", sample.errorRate());
        json.put("throughput", sample.throughput());
        return json;
    }

    private MetricBodies() {}
}
