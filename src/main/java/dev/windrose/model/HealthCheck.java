package dev.windrose.model;

import java.time.Duration;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How a target is checked and how readings are judged.
 *
 * @param interval between two checks of one target, 100 ms to 10 min
 * @param timeout after which a check has failed, 50 ms to 60 s and at most the interval
 */
public record HealthCheck(Question question, Duration interval, Duration timeout, Turns turns, Levels levels) {

    /** What is spoken to the target. */
    public enum Type {
        /** A request; good when status and body are as expected. */
        HTTP,
        /** A connection; good when it is accepted. */
        TCP,
        /** A TLS handshake; good when the certificate is trusted, names the host and is not about to expire. */
        TLS,
        /** {@code grpc.health.v1.Health/Check}; good when it says SERVING. */
        GRPC,
        /** An A or AAAA query to the target; good when it is answered with an address. */
        DNS;

        private final String wireName = name().toLowerCase(Locale.ROOT);

        public String wireName() {
            return wireName;
        }
    }

    /**
     * What is asked, and which answer is a good one.
     *
     * @param path asked for by HTTP checks, with a leading slash; unused by the others
     * @param port asked instead of the endpoint's, 1 to 65,535; 0 for the endpoint's own
     * @param subject the service of a gRPC check, the name of a DNS check, the server name of a TLS check; empty for the
     *     server as a whole, or the endpoint's own host
     * @param statusFrom lowest HTTP status that counts as success
     * @param statusTo highest HTTP status that counts as success
     * @param bodyContains text that the first 64 KiB of the answer must contain, or null when the body is not looked at
     * @param certificateDays a TLS check is degraded when the certificate expires within this many days, 0 to 365
     * @param request how and where it is asked for
     */
    public record Question(
            Type type,
            String path,
            int port,
            String subject,
            int statusFrom,
            int statusTo,
            @Nullable String bodyContains,
            int certificateDays,
            Request request) {

        /** One that is asked for as the endpoint says. */
        public Question(
                Type type,
                String path,
                int port,
                String subject,
                int statusFrom,
                int statusTo,
                @Nullable String bodyContains,
                int certificateDays) {
            this(type, path, port, subject, statusFrom, statusTo, bodyContains, certificateDays, Request.PLAIN);
        }

        /** Without the request where that is plain: ids of checks are made of it, and are those of nodes that know of none. */
        @Override
        public String toString() {
            return "Question[type=" + type + ", path=" + path + ", port=" + port + ", subject=" + subject
                    + ", statusFrom=" + statusFrom + ", statusTo=" + statusTo + ", bodyContains=" + bodyContains
                    + ", certificateDays=" + certificateDays
                    + (request.equals(Request.PLAIN) ? "]" : ", request=" + request + "]");
        }

        /** The same for another path. */
        public Question withPath(String other) {
            return new Question(
                    type, other, port, subject, statusFrom, statusTo, bodyContains, certificateDays, request);
        }

        /** HTTP statuses that count as success. */
        public StatusSet goodStatuses() {
            return request.goodStatuses().isEmpty() ? StatusSet.of(statusFrom, statusTo) : request.goodStatuses();
        }
    }

    /** Methods of HTTP checks. */
    public enum Method {
        GET,
        /** No body comes back. */
        HEAD,
        OPTIONS,
        /** With an empty body. */
        POST
    }

    /**
     * How and where a check asks, as far as that is not what the endpoint says.
     *
     * @param method of HTTP checks
     * @param host the header {@code Host} of HTTP checks and the authority of gRPC checks; empty for the endpoint's
     * @param sni the server name of TLS, which the certificate must be of; empty for {@code host} without its port, else the endpoint's host
     * @param headers of HTTP checks, by name, at most {@link #HEADERS_AT_MOST}
     * @param goodStatuses in place of {@code statusFrom} to {@code statusTo}; empty for these
     * @param address a name or an address to connect to in place of the endpoint's host; empty for that
     * @param ca the name of the authorities that the certificate must be of; empty for those that the node believes
     * @param freshConnection whether each check makes a connection of its own
     * @param eachAddress whether every address of the name is checked, not the first that accepts
     * @param goodAddresses share of the addresses that must be good where each is checked, 0 to 1; at 0 one is enough
     */
    public record Request(
            Method method,
            String host,
            String sni,
            Map<String, String> headers,
            StatusSet goodStatuses,
            String address,
            String ca,
            boolean freshConnection,
            boolean eachAddress,
            double goodAddresses) {

        public static final int HEADERS_AT_MOST = 8;

        /** As the endpoint says. */
        public static final Request PLAIN =
                new Request(Method.GET, "", "", Map.of(), StatusSet.NONE, "", "", false, false, 1);

        public Request {
            headers = Collections.unmodifiableMap(new TreeMap<>(headers));
        }
    }

    /**
     * How many readings change a belief.
     *
     * @param rise good readings in a row that bring a target back, 1 to 100
     * @param settle good readings in a row after which earlier bad ones are forgotten, 1 to 100
     * @param fall bad readings, not parted by {@code settle} good ones, that take a target out, 1 to 100
     * @param dampingHalfLife time in which a change from good to bad comes to count half, 0 (off) to 1 h
     */
    public record Turns(int rise, int settle, int fall, Duration dampingHalfLife) {}

    /**
     * What one reading, and the share of successes among many, is worth.
     *
     * @param healthyLatencyMs a success faster than this is a healthy reading, a slower one degraded
     * @param degradedLatencyMs a success slower than this is called very slow; it is a degraded reading all the same
     * @param healthySuccessRate a success rate above this is healthy, 0 to 1
     * @param degradedSuccessRate a success rate above this is degraded, one below it is unhealthy, 0 to 1
     */
    public record Levels(
            double healthyLatencyMs, double degradedLatencyMs, double healthySuccessRate, double degradedSuccessRate) {}

    /** The same check of another question. */
    public HealthCheck asking(Question other) {
        return new HealthCheck(other, interval, timeout, turns, levels);
    }
}
