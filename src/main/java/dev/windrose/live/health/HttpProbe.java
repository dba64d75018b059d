package dev.windrose.live.health;

import dev.windrose.decide.geo.Prefix;
import dev.windrose.decide.health.CheckPlan;
import dev.windrose.decide.health.Reading;
import dev.windrose.live.reach.Outbound;
import dev.windrose.model.HealthCheck;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Asks for a path by HTTP and looks at status and body. Follows no redirects, reads at most 64 KiB of a body. */
final class HttpProbe implements Probe.Protocol {

    private static final int BODY_AT_MOST = 64 * 1024;

    /** The client lets nobody name the host themselves unless it is told so before its first use. */
    private static final String RESTRICTED = "jdk.httpclient.allowRestrictedHeaders";

    static {
        if (System.getProperty(RESTRICTED) == null) {
            System.setProperty(RESTRICTED, "host");
        }
    }

    private final Executor waiting;
    private final Outbound outbound;
    private final HttpClient client;
    private final HttpsByAddress encrypted;

    HttpProbe(Executor waiting, Outbound outbound) {
        this(waiting, outbound, HttpProbe::trustedByTheSystem);
    }

    /** @param trusts says whose certificates are believed */
    HttpProbe(Executor waiting, Outbound outbound, Supplier<SSLContext> trusts) {
        this.encrypted = new HttpsByAddress(trusts, BODY_AT_MOST);
        this.waiting = waiting;
        this.outbound = outbound;
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .executor(waiting)
                .build();
    }

    private static SSLContext trustedByTheSystem() {
        try {
            return SSLContext.getDefault();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("certificates: none to believe in", e);
        }
    }

    @Override
    public CompletableFuture<Reading> ask(CheckPlan.Check target, long began) {
        URI address = address(target);
        if (address.getHost() == null) {
            throw new IllegalArgumentException(
                    "endpoint: '" + target.endpoint() + "' (expected: an address with a host)");
        }
        if ("https".equals(address.getScheme())) {
            return CompletableFuture.supplyAsync(() -> looked(address.getHost()), waiting)
                    .thenCompose(looked ->
                            encrypted.get(address, looked, target.check().timeout()))
                    .thenApply(answer -> judged(target, answer.status(), answer.body(), began));
        }
        // The address of a number is known without asking anybody.
        Executor where = isNumber(address.getHost()) ? Runnable::run : waiting;
        return CompletableFuture.supplyAsync(() -> request(target, address), where)
                .thenCompose(request -> client.sendAsync(request, info -> new Head()))
                .thenApply(response -> judged(target, response.statusCode(), response.body(), began));
    }

    private InetAddress looked(String host) {
        try {
            return outbound.address(host);
        } catch (IOException e) {
            throw new CompletionException(e);
        }
    }

    /*
     * The client of the platform asks for the address of a name by itself, a moment after it was looked at here. It is therefore given
     * the very address in place of the name. That cannot be done with encryption, where the certificate is to be the name's: so
     * another client asks there.
     */
    private HttpRequest request(CheckPlan.Check target, URI address) {
        InetAddress looked = looked(address.getHost());
        HttpRequest.Builder request = HttpRequest.newBuilder()
                .timeout(target.check().timeout())
                .header("User-Agent", "windrose-health")
                .GET();
        if (isNumber(address.getHost())) {
            return request.uri(address).build();
        }
        String host = looked instanceof Inet6Address ? "[" + looked.getHostAddress() + "]" : looked.getHostAddress();
        String rest = address.getRawPath() + (address.getRawQuery() == null ? "" : "?" + address.getRawQuery());
        int port = address.getPort();
        return request.uri(URI.create("http://" + host + (port > 0 ? ":" + port : "") + rest))
                .header("Host", address.getRawAuthority())
                .build();
    }

    private static boolean isNumber(String host) {
        return host.startsWith("[") || Prefix.address(host) != null;
    }

    private static Reading judged(CheckPlan.Check target, int status, byte[] body, long began) {
        HealthCheck.Question question = target.check().question();
        double latencyMs = Probe.sinceMs(began);
        if (status < question.statusFrom() || status > question.statusTo()) {
            return Reading.failed(
                    latencyMs,
                    "status: " + status + " (expected: " + question.statusFrom() + " to " + question.statusTo() + ")");
        }
        String wanted = question.bodyContains();
        if (wanted != null && !new String(body, StandardCharsets.UTF_8).contains(wanted)) {
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
