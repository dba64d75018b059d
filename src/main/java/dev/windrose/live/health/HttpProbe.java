package dev.windrose.live.health;

import dev.windrose.decide.health.Reading;
import dev.windrose.live.reach.HttpAnswer;
import dev.windrose.live.reach.HttpClient;
import dev.windrose.model.HealthCheck;
import dev.windrose.model.StatusSet;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;

/** Asks for a path by HTTP and looks at status and body. Follows no redirects, reads at most 64 KiB of a body. */
final class HttpProbe implements Probe.Protocol {

    static final int BODY_AT_MOST = 64 * 1024;

    private final HttpClient client;

    HttpProbe(HttpClient client) {
        this.client = client;
    }

    @Override
    public CompletableFuture<Reading> ask(Asking asking) {
        HealthCheck.Request request = asking.request();
        HttpClient.Manner manner = new HttpClient.Manner(
                request.method().name(),
                request.host(),
                asking.serverName(),
                request.headers(),
                asking.trust().context());
        HttpClient.Question question = new HttpClient.Question(
                address(asking), BODY_AT_MOST, "windrose-health", !request.freshConnection(), manner);
        return client.get(question, asking.way(asking.encrypted() ? 443 : 80))
                .thenApply(answer -> judged(asking, answer));
    }

    private static Reading judged(Asking asking, HttpAnswer answer) {
        StatusSet good = asking.question().goodStatuses();
        if (!good.contains(answer.status())) {
            return asking.failed("status: " + answer.status() + " (expected: " + shown(good) + ")");
        }
        String wanted = asking.question().bodyContains();
        if (wanted != null && !new String(answer.body(), StandardCharsets.UTF_8).contains(wanted)) {
            return asking.failed(
                    answer.cut()
                            ? "body: without the expected text in its first " + BODY_AT_MOST
                                    + " bytes, which are all that is read"
                            : "body: without the expected text");
        }
        return asking.answered();
    }

    private static String shown(StatusSet good) {
        String text = good.toString();
        return text.length() == 7 ? text.replace("-", " to ") : text;
    }

    /** The endpoint with the path of the check after its own; what else it has is no part of where it is. */
    private static URI address(Asking asking) {
        URI endpoint = asking.target().endpoint();
        String path = endpoint.getRawPath() == null ? "" : endpoint.getRawPath();
        int port = asking.port(-1);
        return URI.create(endpoint.getScheme() + "://" + endpoint.getHost() + (port > 0 ? ":" + port : "")
                + (path.endsWith("/") ? path.substring(0, path.length() - 1) : path)
                + asking.question().path());
    }
}
