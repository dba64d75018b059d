package dev.windrose.live.reach;

import dev.windrose.live.net.Line;
import dev.windrose.live.net.SelectLoop;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Asks for documents by HTTP and HTTPS at the very address that was looked at. Connections are kept, each for its scheme, name and address. Follows
 * no redirects. One that was kept and is closed by the server before it answers is replaced by a new one, once; nothing else is
 * tried twice.
 */
public final class HttpClient {

    /**
     * What is asked for.
     *
     * @param uri with a host, http or https
     * @param bodyAtMost bytes of the body that are read
     * @param agent what the server is told of who asks
     * @param keep whether the connection is kept for the next question
     */
    public record Question(URI uri, int bodyAtMost, String agent, boolean keep) {

        boolean encrypted() {
            return "https".equals(uri.getScheme());
        }

        int port() {
            return uri.getPort() > 0 ? uri.getPort() : encrypted() ? 443 : 80;
        }
    }

    private record Place(boolean encrypted, String host, InetSocketAddress address) {}

    private record Kept(Line line, SelectLoop.Timer until) {}

    private static final Duration KEPT = Duration.ofMinutes(2);
    private static final int KEPT_OF_A_PLACE = 4;
    private static final int KEPT_AT_MOST = 8192;

    private final Wires wires;
    private final Supplier<SSLContext> trusts;
    private final Map<Place, Deque<Kept>> idle = new HashMap<>();
    private int idleLines = 0;

    /** @param trusts says whose certificates are believed */
    public HttpClient(Wires wires, Supplier<SSLContext> trusts) {
        this.wires = wires;
        this.trusts = trusts;
    }

    /**
     * Asks.
     *
     * @param deadlineNanos by {@link System#nanoTime}; the look-up of the name, connecting, and reading are over by then
     */
    public CompletableFuture<HttpAnswer> get(Question question, long deadlineNanos) {
        URI uri = question.uri();
        if (uri.getHost() == null || (!question.encrypted() && !"http".equals(uri.getScheme()))) {
            return CompletableFuture.failedFuture(
                    new IOException("address: " + uri + " (expected: http or https and a host)"));
        }
        return wires.looked(uri.getHost(), deadlineNanos, (address, answered) -> {
            Place place =
                    new Place(question.encrypted(), uri.getHost(), new InetSocketAddress(address, question.port()));
            Asking asking = new Asking(question, place, answered, deadlineNanos);
            CompletionStage<?> unused =
                    answered.whenComplete((answer, failure) -> asking.givenUpUnless(answer != null));
            asking.begin();
        });
    }

    /** The bytes of the question. */
    static ByteBuffer bytes(Question question) {
        URI uri = question.uri();
        String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        // The zone of an address means nothing to the server.
        String host = uri.getHost().replaceFirst("%[^]]*]$", "]") + (uri.getPort() > 0 ? ":" + uri.getPort() : "");
        return ByteBuffer.wrap(("GET " + path + query + " HTTP/1.1\r\nHost: " + host + "\r\nUser-Agent: "
                        + question.agent() + "\r\nAccept: */*\r\n" + (question.keep() ? "" : "Connection: close\r\n")
                        + "\r\n")
                .getBytes(StandardCharsets.ISO_8859_1));
    }

    /** One question, on a kept line first if there is one. */
    private final class Asking extends Exchange<HttpAnswer> {

        private final Question question;
        private final Place place;
        private final HttpParser parser;
        private boolean reused = false;
        private boolean surplus = false;

        Asking(Question question, Place place, CompletableFuture<HttpAnswer> answered, long deadlineNanos) {
            super(wires.loop(), answered, deadlineNanos);
            this.question = question;
            this.place = place;
            this.parser = new HttpParser(question.bodyAtMost());
        }

        void begin() {
            Line kept = question.keep() ? kept(place) : null;
            try {
                if (kept == null) {
                    dial();
                } else {
                    reused = true;
                    on(kept);
                    opened();
                }
            } catch (IOException e) {
                failed(e);
            }
        }

        private void dial() throws IOException {
            on(wires.dial(
                    place.address(),
                    place.encrypted()
                            ? Wires.engine(
                                    trusts.get(), place.host(), place.address().getPort())
                            : null,
                    this));
        }

        @Override
        public void opened() throws IOException {
            line().send(bytes(question));
        }

        @Override
        void take(ByteBuffer part) throws IOException {
            parser.take(part);
            if (parser.done()) {
                // Whatever follows an answer that nobody asked for is no answer to the next question.
                surplus |= part.hasRemaining();
                done(parser.answer());
            }
        }

        @Override
        public void ended() throws IOException {
            if (again()) {
                return;
            }
            parser.end();
            surplus = true;
            done(parser.answer());
        }

        @Override
        public void failed(IOException cause) {
            if (!(cause instanceof Late) && again()) {
                return;
            }
            super.failed(cause);
        }

        /** A server that closes what it was idle on does nothing wrong: asks on a connection of its own, once. */
        private boolean again() {
            if (!reused || heard() || over()) {
                return false;
            }
            reused = false;
            end();
            try {
                dial();
            } catch (IOException e) {
                super.failed(e);
            }
            return true;
        }

        @Override
        void leave() {
            if (question.keep() && parser.keep() && !surplus) {
                keep(place, line());
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

    private @Nullable Line kept(Place place) {
        Deque<Kept> lines = idle.get(place);
        while (lines != null && !lines.isEmpty()) {
            Kept newest = lines.removeLast();
            idleLines--;
            newest.until().cancel();
            if (newest.line().free()) {
                forget(place, lines);
                return newest.line();
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

    private void keep(Place place, Line line) {
        Deque<Kept> lines = idle.computeIfAbsent(place, made -> new ArrayDeque<>());
        if (lines.size() >= KEPT_OF_A_PLACE || idleLines >= KEPT_AT_MOST) {
            line.close();
            forget(place, lines);
            return;
        }
        SelectLoop.Timer until = wires.loop().at(System.nanoTime() + KEPT.toNanos(), () -> drop(place, line));
        lines.add(new Kept(line, until));
        idleLines++;
        line.speaker(new Line.Speaker() {
            @Override
            public void opened() {
                // It was before.
            }

            @Override
            public void received(ByteBuffer bytes) throws IOException {
                throw new IOException("answer: to no question");
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

    private void drop(Place place, Line line) {
        line.close();
        Deque<Kept> lines = idle.get(place);
        if (lines != null && lines.removeIf(kept -> kept.line() == line)) {
            idleLines--;
            forget(place, lines);
        }
    }
}
