package dev.windrose.live.health;

import dev.windrose.decide.health.CheckPlan;
import dev.windrose.decide.health.Reading;
import dev.windrose.model.HealthCheck;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Runs one check over the network. The stage always completes with a reading, within the timeout of the check.
 *
 * <p>Follows no redirects, reads at most 64 KiB of a body.
 */
public final class Probe {

    private static final int BODY_AT_MOST = 64 * 1024;

    private final HttpClient client;
    private final Executor waiting;

    /**
     * Probes of one node.
     *
     * @param waiting runs what waits for sockets
     */
    public Probe(Executor waiting) {
        this.waiting = waiting;
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .executor(waiting)
                .build();
    }

    public CompletionStage<Reading> run(CheckPlan.Check target) {
        long began = System.nanoTime();
        boolean tcp = target.check().type() == HealthCheck.Type.TCP
                || "tcp".equals(target.endpoint().getScheme());
        CompletableFuture<Reading> reading;
        try {
            reading = tcp ? tcp(target, began) : http(target, began);
        } catch (RuntimeException e) {
            reading = CompletableFuture.failedFuture(e);
        }
        CompletableFuture<Reading> running = reading;
        return running.copy()
                .orTimeout(target.check().timeout().toMillis(), TimeUnit.MILLISECONDS)
                .handle((good, failure) -> {
                    if (good != null) {
                        return good;
                    }
                    running.cancel(true);
                    return Reading.failed(
                            sinceMs(began), cause(failure, target.check().timeout()));
                });
    }

    private CompletableFuture<Reading> http(CheckPlan.Check target, long began) {
        HealthCheck check = target.check();
        HttpRequest request = HttpRequest.newBuilder(address(target.endpoint(), check.path()))
                .timeout(check.timeout())
                .header("User-Agent", "windrose-health")
                .GET()
                .build();
        return client.sendAsync(request, info -> new Head()).thenApply(response -> judged(target, response, began));
    }

    private static Reading judged(CheckPlan.Check target, HttpResponse<byte[]> response, long began) {
        HealthCheck check = target.check();
        double latencyMs = sinceMs(began);
        if (response.statusCode() < check.statusFrom() || response.statusCode() > check.statusTo()) {
            return Reading.failed(
                    latencyMs,
                    "status: " + response.statusCode() + " (expected: " + check.statusFrom() + " to " + check.statusTo()
                            + ")");
        }
        String wanted = check.bodyContains();
        if (wanted != null && !new String(response.body(), StandardCharsets.UTF_8).contains(wanted)) {
            return Reading.failed(latencyMs, "body: without the expected text");
        }
        return Reading.answered(check, latencyMs, target.allowanceMs());
    }

    private CompletableFuture<Reading> tcp(CheckPlan.Check target, long began) {
        URI endpoint = target.endpoint();
        int port = endpoint.getPort() > 0 ? endpoint.getPort() : "https".equals(endpoint.getScheme()) ? 443 : 80;
        int timeoutMs = (int) target.check().timeout().toMillis();
        return CompletableFuture.supplyAsync(
                () -> {
                    try (Socket socket = new Socket()) {
                        socket.connect(new InetSocketAddress(endpoint.getHost(), port), timeoutMs);
                        return Reading.answered(target.check(), sinceMs(began), target.allowanceMs());
                    } catch (IOException e) {
                        throw new CompletionException(e);
                    }
                },
                waiting);
    }

    private static URI address(URI endpoint, String path) {
        String base = endpoint.toString();
        return URI.create((base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + path);
    }

    private static double sinceMs(long began) {
        return (System.nanoTime() - began) / 1e6;
    }

    private static String cause(Throwable failure, Duration timeout) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof TimeoutException || cause instanceof HttpTimeoutException) {
            return "no answer within " + timeout.toMillis() + " ms";
        }
        String text = cause.getClass().getSimpleName() + (cause.getMessage() == null ? "" : ": " + cause.getMessage());
        return text.toLowerCase(Locale.ROOT).contains("connectexception") ? "connection refused" : text;
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
