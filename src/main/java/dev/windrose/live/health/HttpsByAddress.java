package dev.windrose.live.health;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.apache.hc.client5.http.async.methods.AbstractBinResponseConsumer;
import org.apache.hc.client5.http.async.methods.SimpleHttpRequest;
import org.apache.hc.client5.http.async.methods.SimpleRequestBuilder;
import org.apache.hc.client5.http.async.methods.SimpleRequestProducer;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.config.TlsConfig;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClients;
import org.apache.hc.client5.http.impl.nio.PoolingAsyncClientConnectionManagerBuilder;
import org.apache.hc.client5.http.ssl.ClientTlsStrategyBuilder;
import org.apache.hc.client5.http.ssl.HostnameVerificationPolicy;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http2.HttpVersionPolicy;
import org.apache.hc.core5.net.URIAuthority;
import org.apache.hc.core5.reactor.IOReactorConfig;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * Asks by HTTPS at the very address that was looked at. The certificate must be of the host's name, and the host's name is what the
 * server is told. Connections are kept, each for its name and address. Follows no redirects, tries nothing twice.
 */
final class HttpsByAddress {

    /** What was answered; of the body no more than its beginning. */
    @SuppressWarnings("ArrayRecordComponent")
    record Answer(int status, byte[] body) {}

    private static final int CONNECTIONS_OF_A_HOST = 16;
    private static final int CONNECTIONS = 16_384;

    private static final TimeValue KEPT = TimeValue.ofMinutes(2);

    private final Supplier<SSLContext> trusts;
    private final int bodyAtMost;
    private @Nullable CloseableHttpAsyncClient client = null;

    /**
     * Makes nothing yet: a node without checks by HTTPS has no threads for them.
     *
     * @param trusts says whose certificates are believed
     */
    HttpsByAddress(Supplier<SSLContext> trusts, int bodyAtMost) {
        this.trusts = trusts;
        this.bodyAtMost = bodyAtMost;
    }

    private synchronized CloseableHttpAsyncClient client() {
        CloseableHttpAsyncClient made = client;
        if (made == null) {
            made = made();
            made.start();
            client = made;
        }
        return made;
    }

    private CloseableHttpAsyncClient made() {
        return HttpAsyncClients.custom()
                .setConnectionManager(PoolingAsyncClientConnectionManagerBuilder.create()
                        .setTlsStrategy(ClientTlsStrategyBuilder.create()
                                .setSslContext(trusts.get())
                                .setHostVerificationPolicy(HostnameVerificationPolicy.BUILTIN)
                                .buildAsync())
                        .setDefaultTlsConfig(TlsConfig.custom()
                                .setVersionPolicy(HttpVersionPolicy.FORCE_HTTP_1)
                                .build())
                        .setMaxConnTotal(CONNECTIONS)
                        .setMaxConnPerRoute(CONNECTIONS_OF_A_HOST)
                        .build())
                .setIOReactorConfig(IOReactorConfig.custom().setIoThreadCount(1).build())
                .setThreadFactory(HttpsByAddress::thread)
                .evictIdleConnections(KEPT)
                .disableRedirectHandling()
                .disableAutomaticRetries()
                .disableCookieManagement()
                .disableAuthCaching()
                .disableContentCompression()
                .build();
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "https-checks");
        thread.setDaemon(true);
        return thread;
    }

    /**
     * Asks for a document; ends the connection when there is no answer in that time.
     *
     * @param uri with a host
     * @param address of the host, which may be connected to
     */
    CompletableFuture<Answer> get(URI uri, InetAddress address, Duration timeout) {
        String host = uri.getHost();
        String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        int port = uri.getPort() > 0 ? uri.getPort() : 443;
        String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        SimpleHttpRequest request = SimpleRequestBuilder.get()
                .setScheme("https")
                .setAuthority(new URIAuthority(bare, uri.getPort()))
                .setPath(path + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery()))
                .addHeader("User-Agent", "windrose-health")
                .setRequestConfig(inTime(Timeout.of(timeout)))
                .build();
        CompletableFuture<Answer> answered = new CompletableFuture<>();
        Future<Answer> running = client().execute(
                        new HttpHost("https", address, bare, port),
                        SimpleRequestProducer.create(request),
                        new Head(answered),
                        null,
                        null,
                        new Told(answered));
        CompletableFuture<Answer> inTime = answered.orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
        return inTime.whenComplete((answer, failure) -> {
            // One that has ended well would have its connection ended too.
            if (!running.isDone()) {
                running.cancel(true);
            }
        });
    }

    /** What nobody waits for any more ends as well: connecting and the handshake are not ended by hanging up. */
    @SuppressWarnings("deprecation") // The new place of this time is the same for all requests to a host.
    private static RequestConfig inTime(Timeout timeout) {
        return RequestConfig.custom()
                .setConnectTimeout(timeout)
                .setConnectionRequestTimeout(timeout)
                .setResponseTimeout(timeout)
                .build();
    }

    /** Keeps the beginning of a body; whoever has asked hangs up then. */
    private final class Head extends AbstractBinResponseConsumer<Answer> {

        private final CompletableFuture<Answer> answered;
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private int status = 0;

        private Head(CompletableFuture<Answer> answered) {
            this.answered = answered;
        }

        @Override
        protected void start(HttpResponse response, @Nullable ContentType type) {
            status = response.getCode();
        }

        @Override
        protected int capacityIncrement() {
            return bodyAtMost;
        }

        @Override
        protected void data(ByteBuffer part, boolean last) {
            byte[] kept = new byte[Math.min(part.remaining(), bodyAtMost - bytes.size())];
            part.get(kept);
            part.position(part.limit());
            bytes.write(kept, 0, kept.length);
            if (bytes.size() >= bodyAtMost) {
                answered.complete(buildResult());
            }
        }

        @Override
        protected Answer buildResult() {
            return new Answer(status, bytes.toByteArray());
        }

        @Override
        public void releaseResources() {
            bytes.reset();
        }
    }

    private record Told(CompletableFuture<Answer> answered) implements FutureCallback<Answer> {

        @Override
        public void completed(Answer answer) {
            answered.complete(answer);
        }

        @Override
        public void failed(Exception failure) {
            answered.completeExceptionally(failure);
        }

        @Override
        public void cancelled() {
            answered.cancel(true);
        }
    }
}
