package dev.windrose.live.reach;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Fetches one document over HTTP or HTTPS, complete or not at all. Follows no redirects. */
public final class HttpGet {

    private final HttpClient client;
    private final Duration timeout;
    private final int bytesAtMost;

    public HttpGet(HttpClient client, Duration timeout, int bytesAtMost) {
        this.client = client;
        this.timeout = timeout;
        this.bytesAtMost = bytesAtMost;
    }

    /** The body of an answer with status 200; whatever else comes is an error. */
    public CompletableFuture<byte[]> get(URI uri) {
        HttpClient.Question question = new HttpClient.Question(uri, bytesAtMost, "windrose", false);
        return client.get(question, System.nanoTime() + timeout.toNanos()).thenApply(answer -> {
            if (answer.status() != 200) {
                throw new CompletionException(
                        new IOException("status: " + answer.status() + " (expected: 200; redirects are not followed)"));
            }
            if (answer.cut()) {
                throw new CompletionException(
                        new IOException("answer: too large (expected: at most " + bytesAtMost + " bytes)"));
            }
            return answer.body();
        });
    }
}
