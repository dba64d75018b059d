package dev.windrose.live.health;

import dev.windrose.decide.health.CheckPlan;
import dev.windrose.decide.health.Reading;
import dev.windrose.model.HealthCheck;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** Asks for a path by HTTP and looks at status and body. Follows no redirects, reads at most 64 KiB of a body. */
final class HttpProbe implements Probe.Protocol {

    private static final int BODY_AT_MOST = 64 * 1024;

    private final HttpClient client;

    HttpProbe(Executor waiting) {
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .executor(waiting)
                .build();
    }

    @Override
    public CompletableFuture<Reading> ask(CheckPlan.Check target, long began) {
        HttpRequest request = HttpRequest.newBuilder(address(target))
                .timeout(target.check().timeout())
                .header("User-Agent", "windrose-health")
                .GET()
                .build();
        return client.sendAsync(request, info -> new Head()).thenApply(response -> judged(target, response, began));
    }

    private static Reading judged(CheckPlan.Check target, HttpResponse<byte[]> response, long began) {
        HealthCheck.Question question = target.check().question();
        double latencyMs = Probe.sinceMs(began);
        if (response.statusCode() < question.statusFrom() || response.statusCode() > question.statusTo()) {
            return Reading.failed(
                    latencyMs,
                    "status: " + response.statusCode() + " (expected: " + question.statusFrom() + " to "
                            + question.statusTo() + ")");
        }
        String wanted = question.bodyContains();
        if (wanted != null && !new String(response.body(), StandardCharsets.UTF_8).contains(wanted)) {
            return Reading.failed(latencyMs, "body: without the expected text");
        }
        return Reading.answered(target.check(), latencyMs, target.allowanceMs());
    }

    private static URI address(CheckPlan.Check target) {
        URI endpoint = target.endpoint();
        HealthCheck.Question question = target.check().question();
        String base = endpoint.toString();
        if (question.port() > 0) {
            base = endpoint.getScheme() + "://" + endpoint.getHost() + ":" + question.port() + endpoint.getRawPath();
        }
        return URI.create((base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + question.path());
    }

    /** Keeps the beginning of a body and then hangs up. */
    private static final class Head implements HttpResponse.BodySubscriber<byte[]> {

        private final CompletableFuture<byte[]> body = new CompletableFuture<>();
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private Flow.@Nullable Subscription subscription;

        @Override
        public CompletionStage<byte[]> getBody() {
            return body;
        }

        @Override
        public void onSubscribe(Flow.Subscription given) {
            subscription = given;
            given.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(List<ByteBuffer> buffers) {
            for (ByteBuffer buffer : buffers) {
                byte[] part = new byte[Math.min(buffer.remaining(), BODY_AT_MOST - bytes.size())];
                buffer.get(part);
                bytes.write(part, 0, part.length);
            }
            if (bytes.size() >= BODY_AT_MOST && subscription != null) {
                subscription.cancel();
                body.complete(bytes.toByteArray());
            }
        }

        @Override
        public void onError(Throwable failure) {
            body.completeExceptionally(failure);
        }

        @Override
        public void onComplete() {
            body.complete(bytes.toByteArray());
        }
    }
}
