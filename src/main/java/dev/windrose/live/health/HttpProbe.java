package dev.windrose.live.health;

import dev.windrose.decide.health.Reading;
import dev.windrose.live.reach.HttpAnswer;
import dev.windrose.live.reach.HttpClient;
import dev.windrose.model.HealthCheck;
import dev.windrose.model.StatusSet;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;

/** Requests a path by HTTP and checks status and body. Follows no redirects, reads at most 64 KiB of a body. */
final class HttpProbe implements Probe.Protocol {

    static final int BODY_AT_MOST = 64 * 1024;

    private final HttpClient client;

    HttpProbe(HttpClient client) {
        this.client = client;
    }

    @Override
    public CompletableFuture<Reading> ask(CheckInFlight asking) {
        HealthCheck.Request manner = asking.manner();
        HttpClient.Manner sent = new HttpClient.Manner(
                manner.method().name(),
                manner.host(),
                asking.request().serverName(),
                manner.headers(),
                asking.trust().context());
        HttpClient.Question question = new HttpClient.Question(
                asking.request().address(), BODY_AT_MOST, "windrose-health", !manner.freshConnection(), sent);
        return client.get(question, asking.way()).thenApply(answer -> judged(asking, answer));
    }

    private static Reading judged(CheckInFlight asking, HttpAnswer answer) {
        StatusSet good = asking.question().goodStatuses();
        if (!good.contains(answer.status())) {
            return asking.failed("status: " + answer.status() + " (expected: " + shown(good) + ")");
        }
        String wanted = asking.question().bodyContains();
        if (wanted != null && !new String(answer.body(), StandardCharsets.UTF_8).contains(wanted)) {
            return asking.failed(
                    answer.cut()
                            ? "body: without the expected text in its first " + BODY_AT_MOST
                                    + " bytes (no more is read)"
                            : "body: without the expected text");
        }
        return asking.answered();
    }

    private static String shown(StatusSet good) {
        String text = good.toString();
        return text.length() == 7 ? text.replace("-", " to ") : text;
    }
}
