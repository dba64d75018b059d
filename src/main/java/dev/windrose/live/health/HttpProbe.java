package dev.windrose.live.health;

import dev.windrose.decide.health.CheckPlan;
import dev.windrose.decide.health.Reading;
import dev.windrose.live.reach.HttpAnswer;
import dev.windrose.live.reach.HttpClient;
import dev.windrose.model.HealthCheck;
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
    public CompletableFuture<Reading> ask(CheckPlan.Check target, long began, long deadlineNanos) {
        URI address = Probe.request(target).address();
        return client.get(new HttpClient.Question(address, BODY_AT_MOST, "windrose-health", true), deadlineNanos)
                .thenApply(answer -> judged(target, answer, began));
    }

    private static Reading judged(CheckPlan.Check target, HttpAnswer answer, long began) {
        HealthCheck.Question question = target.check().question();
        double latencyMs = Probe.sinceMs(began);
        if (answer.status() < question.statusFrom() || answer.status() > question.statusTo()) {
            return Reading.failed(
                    latencyMs,
                    "status: " + answer.status() + " (expected: " + question.statusFrom() + " to " + question.statusTo()
                            + ")");
        }
        String wanted = question.bodyContains();
        if (wanted != null && !new String(answer.body(), StandardCharsets.UTF_8).contains(wanted)) {
            return Reading.failed(
                    latencyMs,
                    answer.cut()
                            ? "body: without the expected text in its first " + BODY_AT_MOST
                                    + " bytes, which are all that is read"
                            : "body: without the expected text");
        }
        return Reading.answered(target.check(), latencyMs, target.allowanceMs());
    }
}
