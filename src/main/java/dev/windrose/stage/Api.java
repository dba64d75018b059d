package dev.windrose.stage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Supplier;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/** Windrose's HTTP API as its clients see it; for one thread. */
public final class Api implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * @param body what was answered; a missing node when it was no JSON
     * @param retryAfter the header, or null
     */
    public record Answer(
            int status,
            JsonNode body,
            @Nullable String etag,
            @Nullable String retryAfter) {

        public boolean done() {
            return status >= 200 && status < 300;
        }
    }

    private final HttpLink link;
    private final int port;

    /**
     * @param timeout of the connect and of each read
     */
    public Api(int port, Duration timeout) {
        this(port, timeout, null);
    }

    /**
     * @param timeout of the connect and of each read
     * @param encryption makes the sockets of HTTPS; null for HTTP
     */
    public Api(int port, Duration timeout, @Nullable Supplier<SSLSocketFactory> encryption) {
        this.port = port;
        this.link = new HttpLink("127.0.0.1", port, timeout, encryption);
    }

    public int port() {
        return port;
    }

    /**
     * @throws IOException when there was no answer; a write may or may not have had an effect
     */
    public Answer call(String method, String path, @Nullable String body, String... headers) throws IOException {
        int status = link.exchange(link.request(method, path, body, headers));
        JsonNode answer;
        try {
            answer = JSON.readTree(link.body());
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            answer = MissingNode.getInstance();
        }
        return new Answer(status, answer == null ? MissingNode.getInstance() : answer, link.etag(), link.retryAfter());
    }

    public Answer get(String path) throws IOException {
        return call("GET", path, null);
    }

    public Answer put(String path, String body) throws IOException {
        return call("PUT", path, body);
    }

    /** Whether a call is answered with 2xx; no answer counts as no. */
    public boolean says(String path) {
        try {
            return get(path).done();
        } catch (IOException e) {
            return false;
        }
    }

    /** The region a client of an area is sent to by a rule, or null when none is answered. */
    public @Nullable String region(String area, String rule) throws IOException {
        Answer answer = get("/api/v1/route/" + area + "?rule_id=" + rule);
        return answer.done() ? answer.body().path("optimal_region").asText(null) : null;
    }

    /** Revision of a rule, or null when there is no such rule. */
    public @Nullable String revision(String rule) throws IOException {
        Answer answer = get("/api/v1/rules/" + rule);
        return answer.done() ? answer.etag() : null;
    }

    /**
     * The sum of a meter over all of its tags, from {@code /metrics}; 0 when there is none.
     *
     * @param name as Prometheus spells it
     * @param tag part of the tags that must be there, or empty for all
     */
    public double meter(String name, String tag) throws IOException {
        link.exchange(link.request("GET", "/metrics", null));
        double sum = 0;
        for (String line : link.text().split("\n", -1)) {
            boolean named = line.startsWith(name)
                    && line.length() > name.length()
                    && (line.charAt(name.length()) == '{' || line.charAt(name.length()) == ' ');
            if (named && line.contains(tag)) {
                sum += Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
            }
        }
        return sum;
    }

    /** A rule as a body of the API, with equal weights. */
    public static String rule(String id, String... regions) {
        StringBuilder targets = new StringBuilder();
        StringBuilder weights = new StringBuilder();
        for (String region : regions) {
            targets.append(targets.isEmpty() ? "" : ",")
                    .append('"')
                    .append(region)
                    .append('"');
            weights.append(weights.isEmpty() ? "" : ",")
                    .append(String.format(Locale.ROOT, "\"%s\":%.6f", region, 1.0 / regions.length));
        }
        return "{\"rule_id\":\"" + id + "\",\"name\":\"" + id + "\",\"algorithm\":\"weighted_round_robin\","
                + "\"target_regions\":[" + targets + "],\"weights\":{" + weights + "},"
                + "\"health_check_path\":\"/health\",\"failover_enabled\":true,\"session_affinity\":false,"
                + "\"health_check\":{\"interval_ms\":1000,\"timeout_ms\":500,\"rise\":2,\"fall\":2}}";
    }

    @Override
    public void close() {
        link.close();
    }
}
