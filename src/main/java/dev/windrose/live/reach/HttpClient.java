package dev.windrose.live.reach;

import dev.windrose.live.net.OutgoingConnection;
import dev.windrose.live.net.SelectLoop;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP and HTTPS client that connects only to addresses that were resolved and checked, to the first that accepts.
 * Connections are kept alive, each for its address, server name and trust. Follows no redirects. A kept connection that
 * the server closes before it answers is replaced by a new one, once; nothing else is retried.
 */
public final class HttpClient {

    /**
     * A request.
     *
     * @param uri with a host, http or https
     * @param bodyAtMost maximum bytes of the body to read
     * @param agent the {@code User-Agent}
     * @param keep whether to use a kept connection, and keep it for the next request
     */
    public record Question(URI uri, int bodyAtMost, String agent, boolean keep, Manner manner) {

        /** A plain GET. */
        public Question(URI uri, int bodyAtMost, String agent, boolean keep) {
            this(uri, bodyAtMost, agent, keep, Manner.PLAIN);
        }

        boolean encrypted() {
            return "https".equals(uri.getScheme());
        }

        int port() {
            return uri.getPort() > 0 ? uri.getPort() : encrypted() ? 443 : 80;
        }

        /** The name that the certificate must have. */
        String serverName() {
            return manner.serverName().isEmpty() ? uri.getHost() : manner.serverName();
        }
    }

    /**
     * The options of a request.
     *
     * @param host value of the header {@code Host}; empty for that of the URI
     * @param serverName for SNI and the certificate; empty for the host of the URI
     * @param headers in addition to or instead of the default ones, by name
     * @param trusts the trusted authorities; null for the client's default
     */
    public record Manner(
            String method,
            String host,
            String serverName,
            Map<String, String> headers,
            @Nullable SSLContext trusts) {

        static final Manner PLAIN = new Manner("GET", "", "", Map.of(), null);

        public Manner {
            headers = Map.copyOf(headers);
        }
    }

    /** Connections with equal keys are interchangeable. */
    private record Place(@Nullable SSLContext trusts, String serverName, InetSocketAddress address) {}

    private record Kept(OutgoingConnection line, long bornNanos, SelectLoop.Timer until) {}

    private static final Duration KEPT = Duration.ofMinutes(2);

    /** Maximum age: a connection kept indefinitely would hide failures of new ones, and an expired certificate. */
    private static final Duration OLD = Duration.ofMinutes(5);

    private static final int KEPT_OF_A_PLACE = 4;
    private static final int KEPT_AT_MOST = 8192;

    private static final AtomicInteger NEVER_USED = new AtomicInteger(1 << 16);

    /** The status (408) by which some servers say that they close a connection that was idle. */
    private static final int IDLE_TOO_LONG = 408;

    private final OutboundLoop wires;
    private final Supplier<SSLContext> trusts;
    private final Map<Place, Deque<Kept>> idle = new HashMap<>();
    private int idleLines = 0;

    /** @param trusts supplies the trusted authorities */
    public HttpClient(OutboundLoop wires, Supplier<SSLContext> trusts) {
        this.wires = wires;
        this.trusts = trusts;
    }

    /**
     * Sends a request.
     *
     * @param deadlineNanos by {@link System#nanoTime}; covers the name lookup, connecting, and reading
     */
    public CompletableFuture<HttpAnswer> get(Question question, long deadlineNanos) {
        URI uri = question.uri();
        if (uri.getHost() == null || (!question.encrypted() && !"http".equals(uri.getScheme()))) {
            return CompletableFuture.failedFuture(
                    new IOException("address: " + uri + " (expected: http or https and a host)"));
        }
        return wires.looked(
                uri.getHost(),
                deadlineNanos,
                (addresses, answered) -> begin(
                        question,
                        new OutboundLoop.Way(addresses, question.port(), new DialAttempts(), deadlineNanos),
                        answered));
    }

    /** Sends a request to addresses that were resolved and checked, whatever its host is. */
    public CompletableFuture<HttpAnswer> get(Question question, OutboundLoop.Way way) {
        CompletableFuture<HttpAnswer> answered = new CompletableFuture<>();
        wires.run(answered, () -> begin(question, way, answered));
        return answered;
    }

    private void begin(Question question, OutboundLoop.Way way, CompletableFuture<HttpAnswer> answered) {
        Asking asking = new Asking(question, way, answered);
        CompletionStage<?> unused = answered.whenComplete((answer, failure) -> asking.givenUpUnless(answer != null));
        asking.begin();
    }

    /** The bytes of the question. */
    static ByteBuffer bytes(Question question) {
        URI uri = question.uri();
        Manner manner = question.manner();
        String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        headers.put("User-Agent", question.agent());
        headers.put("Accept", "*/*");
        if (manner.method().equals("POST")) {
            headers.put("Content-Length", "0");
        }
        headers.putAll(manner.headers());
        if (!question.keep()) {
            headers.put("Connection", "close");
        }
        // The zone of an address means nothing to the server.
        String host = uri.getHost().replaceFirst("%[^]]*]$", "]") + (uri.getPort() > 0 ? ":" + uri.getPort() : "");
        StringBuilder text = new StringBuilder(manner.method())
                .append(' ')
                .append(path)
                .append(query)
                .append(" HTTP/1.1\r\nHost: ")
                .append(manner.host().isEmpty() ? host : manner.host())
                .append("\r\n");
        headers.forEach(
                (name, value) -> text.append(name).append(": ").append(value).append("\r\n"));
        return ByteBuffer.wrap(text.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
    }

    /** One question, on a kept line first if there is one. */
    private final class Asking extends Exchange<HttpAnswer> {

        private final Question question;
        private final OutboundLoop.Way way;
        private HttpParser parser;
        private boolean reused = false;
        private boolean surplus = false;
        private long bornNanos = System.nanoTime();

        Asking(Question question, OutboundLoop.Way way, CompletableFuture<HttpAnswer> answered) {
            super(wires.loop(), answered, way.deadlineNanos());
            this.question = question;
            this.way = way;
            this.parser = parser();
        }

        private HttpParser parser() {
            return new HttpParser(
                    question.bodyAtMost(), question.manner().method().equals("HEAD"));
        }

        void begin() {
            Kept kept = question.keep() ? kept() : null;
            if (kept == null) {
                dial();
                return;
            }
            reused = true;
            bornNanos = kept.bornNanos();
            on(kept.line());
            try {
                opened();
            } catch (IOException e) {
                failed(e);
            }
        }

        private @Nullable Kept kept() {
            for (InetAddress address : way.addresses()) {
                Kept kept = HttpClient.this.kept(place(address));
                if (kept != null) {
                    way.trail().connected(address, 0);
                    return kept;
                }
            }
            return null;
        }

        private Place place(InetAddress address) {
            return new Place(
                    trusted(),
                    question.encrypted() ? question.serverName() : "",
                    new InetSocketAddress(address, way.port()));
        }

        private @Nullable SSLContext trusted() {
            SSLContext own = question.manner().trusts();
            return !question.encrypted() ? null : own == null ? trusts.get() : own;
        }

        private void dial() {
            SSLContext trusted = trusted();
            by(new HappyEyeballs(
                    wires,
                    way.addresses(),
                    way.port(),
                    () -> trusted == null ? null : engine(trusted),
                    this,
                    way.trail(),
                    way.deadlineNanos()));
        }

        private SSLEngine engine(SSLContext trusted) {
            // TLS sessions are resumed by host and port: an unused name forces a full handshake.
            int port = question.keep() ? way.port() : NEVER_USED.incrementAndGet();
            return OutboundLoop.engine(trusted, question.serverName(), port);
        }

        @Override
        public void opened() throws IOException {
            line().send(bytes(question));
        }

        @Override
        void take(ByteBuffer part) throws IOException {
            parser.take(part);
            if (parser.done() && parser.answer().status() == IDLE_TOO_LONG && reused && again()) {
                return;
            }
            if (parser.done()) {
                // Data that follows a complete answer unrequested is not the answer to the next request.
                surplus |= part.hasRemaining();
                done(parser.answer());
            }
        }

        @Override
        public void ended() throws IOException {
            if (!heard() && again()) {
                return;
            }
            parser.end();
            surplus = true;
            done(parser.answer());
        }

        @Override
        public void failed(IOException cause) {
            if (!(cause instanceof Late) && !heard() && again()) {
                return;
            }
            super.failed(cause);
        }

        /** A server may close an idle connection: retries once on a new one. */
        private boolean again() {
            if (!reused || over()) {
                return false;
            }
            reused = false;
            end();
            parser = parser();
            bornNanos = System.nanoTime();
            dial();
            return true;
        }

        @Override
        void leave() {
            InetAddress at = way.trail().at();
            // A connection made while other addresses failed is not kept, so that each check reports them.
            boolean plain = way.trail().missed().isEmpty();
            if (at != null && plain && question.keep() && parser.keep() && !surplus) {
                keep(place(at), line(), bornNanos);
            } else {
                end();
            }
        }

        void givenUpUnless(boolean well) {
            if (!well) {
                givenUp();
            }
        }
    }

    private @Nullable Kept kept(Place place) {
        Deque<Kept> lines = idle.get(place);
        while (lines != null && !lines.isEmpty()) {
            Kept newest = lines.removeLast();
            idleLines--;
            newest.until().cancel();
            if (newest.line().free() && System.nanoTime() - newest.bornNanos() < OLD.toNanos()) {
                forget(place, lines);
                return newest;
            }
            newest.line().close();
        }
        forget(place, lines);
        return null;
    }

    private void forget(Place place, @Nullable Deque<Kept> lines) {
        if (lines != null && lines.isEmpty()) {
            idle.remove(place);
        }
    }

    private void keep(Place place, OutgoingConnection line, long bornNanos) {
        Deque<Kept> lines = idle.computeIfAbsent(place, made -> new ArrayDeque<>());
        if (lines.size() >= KEPT_OF_A_PLACE || idleLines >= KEPT_AT_MOST) {
            line.close();
            forget(place, lines);
            return;
        }
        SelectLoop.Timer until = wires.loop().at(System.nanoTime() + KEPT.toNanos(), () -> drop(place, line));
        lines.add(new Kept(line, bornNanos, until));
        idleLines++;
        line.speaker(new OutgoingConnection.Speaker() {
            @Override
            public void opened() {
                // It was before.
            }

            @Override
            public void received(ByteBuffer bytes) throws IOException {
                throw new IOException("answer: without a request");
            }

            @Override
            public void ended() throws IOException {
                throw new EOFException("closed");
            }

            @Override
            public void failed(IOException cause) {
                drop(place, line);
            }
        });
    }

    private void drop(Place place, OutgoingConnection line) {
        line.close();
        Deque<Kept> lines = idle.get(place);
        if (lines != null && lines.removeIf(kept -> kept.line() == line)) {
            idleLines--;
            forget(place, lines);
        }
    }
}
