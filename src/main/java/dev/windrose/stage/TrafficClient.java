package dev.windrose.stage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One client of the traffic, with a connection of its own to each node and endpoint; for one thread. */
final class TrafficClient implements AutoCloseable {

    private static final Duration NODE_TIMEOUT = Duration.ofSeconds(1);
    private static final Duration ENDPOINT_TIMEOUT = Duration.ofSeconds(2);
    private static final int ENDPOINTS_AT_MOST = 64;
    private static final int BATCH = 50;
    private static final long BATCH_AGE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Traffic.NodeWatch watch;
    private final Tally tally;
    private final List<Node> nodes = new ArrayList<>();
    private final Map<String, HttpLink> endpoints = new HashMap<>();

    /** The connection to one node, and the outcomes it has not heard of yet. */
    private static final class Node {
        private final HttpLink link;
        private ArrayNode outcomes = Traffic.JSON.createArrayNode();
        private long since;

        private Node(URI address) {
            this.link = HttpLink.to(address, NODE_TIMEOUT);
        }
    }

    TrafficClient(List<URI> addresses, Traffic.NodeWatch watch, Tally tally) {
        this.watch = watch;
        this.tally = tally;
        addresses.forEach(address -> nodes.add(new Node(address)));
    }

    /** Asks for one decision, follows it, and keeps how it went for the node that decided. */
    void ask(int turn, String area, String rule, long due) {
        String path = "/api/v1/route/" + area + "?rule_id=" + rule + "&affinity_key=client-" + turn % 1000;
        int first = watch.choose(turn, null);
        JsonNode answer = decision(first, path);
        int decided = first;
        if (answer == null && nodes.size() > 1) {
            decided = watch.choose(turn + 1, first);
            tally.askedAgain();
            answer = decision(decided, path);
        }
        if (answer == null) {
            tally.undecided();
            return;
        }
        tally.decided(answer.path("region").asText(answer.path("optimal_region").asText("?")), System.nanoTime() - due);
        follow(nodes.get(decided), answer);
        for (int i = 0; i < nodes.size(); i++) {
            report(i, false);
        }
    }

    private @Nullable JsonNode decision(int index, String path) {
        HttpLink link = nodes.get(index).link;
        try {
            int status = link.exchange(link.request("GET", path, null));
            if (status == 200) {
                return Traffic.JSON.readTree(link.body());
            }
            tally.refused(status);
            return null;
        } catch (JsonProcessingException e) {
            tally.refused(200);
            return null;
        } catch (IOException e) {
            watch.failed(index);
            return null;
        }
    }

    private void follow(Node node, JsonNode answer) {
        String endpoint = answer.path("endpoint").asText("");
        String decision = answer.path("decision_id").asText("");
        ObjectNode outcome = Traffic.JSON.createObjectNode().put("decision_id", decision);
        if (endpoint.startsWith("http://")) {
            long start = System.nanoTime();
            boolean served = call(endpoint);
            double tookMs = (System.nanoTime() - start) / 1e6;
            tally.followed(served);
            outcome.put("latency_ms", Math.round(tookMs * 1000) / 1000.0).put("success", served);
        } else {
            // Nothing to call: only the end of the decision is reported.
            outcome.put("success", true);
        }
        if (!decision.isEmpty()) {
            if (node.outcomes.isEmpty()) {
                node.since = System.nanoTime();
            }
            node.outcomes.add(outcome);
        }
    }

    private boolean call(String endpoint) {
        try {
            HttpLink link = endpoints.get(endpoint);
            URI address = URI.create(endpoint);
            if (link == null) {
                if (endpoints.size() >= ENDPOINTS_AT_MOST) {
                    endpoints.values().forEach(HttpLink::close);
                    endpoints.clear();
                }
                link = HttpLink.to(address, ENDPOINT_TIMEOUT);
                endpoints.put(endpoint, link);
            }
            String path = address.getRawPath();
            int status = link.exchange(link.request("GET", path == null || path.isEmpty() ? "/" : path, null));
            return status >= 200 && status < 500;
        } catch (IOException | IllegalArgumentException e) {
            return false;
        }
    }

    private void report(int index, boolean last) {
        Node node = nodes.get(index);
        boolean due = node.outcomes.size() >= BATCH || System.nanoTime() - node.since >= BATCH_AGE_NANOS;
        if (node.outcomes.isEmpty() || !(due || last)) {
            return;
        }
        ObjectNode body = Traffic.JSON.createObjectNode();
        body.set("outcomes", node.outcomes);
        node.outcomes = Traffic.JSON.createArrayNode();
        try {
            int status = node.link.exchange(node.link.request("POST", "/api/v1/outcomes", body.toString()));
            if (status >= 300) {
                tally.unreported();
            }
        } catch (IOException e) {
            // A dead node has forgotten its decisions; their outcomes are of use to nobody else.
            tally.unreported();
            watch.failed(index);
        }
    }

    /** Reports what is left, and closes the connections. */
    @Override
    public void close() {
        for (int i = 0; i < nodes.size(); i++) {
            report(i, true);
            nodes.get(i).link.close();
        }
        endpoints.values().forEach(HttpLink::close);
    }
}
