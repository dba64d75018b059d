package dev.windrose.live.health;

import dev.windrose.decide.health.CheckPlan;
import dev.windrose.decide.health.Reading;
import dev.windrose.live.reach.Trail;
import dev.windrose.live.reach.Wires;
import dev.windrose.live.tls.Trust;
import dev.windrose.model.HealthCheck;
import java.net.InetAddress;
import java.net.URI;
import java.util.List;

/**
 * One check under way.
 *
 * @param addresses that were looked up, at least one
 * @param trust whose certificates are believed
 * @param trail is told where it goes
 * @param began by {@link System#nanoTime}
 * @param deadlineNanos by the same; everything of it is over by then, and no socket is left
 */
record Asking(
        CheckPlan.Check target, List<InetAddress> addresses, Trust trust, Trail trail, long began, long deadlineNanos) {

    HealthCheck.Question question() {
        return target.check().question();
    }

    HealthCheck.Request request() {
        return question().request();
    }

    /** The way to the check's own port, to the endpoint's, or to the usual one. */
    Wires.Way way(int usual) {
        return new Wires.Way(addresses, port(usual), trail, deadlineNanos);
    }

    int port(int usual) {
        int asked = question().port();
        return asked > 0
                ? asked
                : target.endpoint().getPort() > 0 ? target.endpoint().getPort() : usual;
    }

    /** The name that a certificate must be of, where the check does not name another. */
    String serverName() {
        HealthCheck.Request request = request();
        if (!request.sni().isEmpty()) {
            return request.sni();
        }
        String host = request.host();
        if (host.isEmpty()) {
            return target.endpoint().getHost();
        }
        int port = host.lastIndexOf(':');
        return port > host.lastIndexOf(']') ? host.substring(0, port) : host;
    }

    /** Whether what is spoken to the endpoint is encrypted. */
    boolean encrypted() {
        return switch (scheme(target.endpoint())) {
            case "https", "grpcs", "tls" -> true;
            default -> false;
        };
    }

    static String scheme(URI endpoint) {
        return endpoint.getScheme() == null ? "" : endpoint.getScheme();
    }

    /** Time since it began, in ms, without that in which other addresses than the one that answers were tried. */
    double latencyMs() {
        return (System.nanoTime() - began - trail.waitedNanos()) / 1e6;
    }

    /** It was answered as expected. */
    Reading answered() {
        return Reading.answered(target.check(), latencyMs(), target.allowanceMs());
    }

    Reading failed(String cause) {
        return Reading.failed(latencyMs(), cause);
    }
}
