package dev.windrose.live.reach;

import dev.windrose.live.net.OutgoingConnection;
import dev.windrose.live.net.SelectLoop;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.security.cert.Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * All outgoing connections to hosts that outsiders name: one thread waits for all sockets, and each exchange has one
 * deadline, which closes its socket in any state.
 */
public final class OutboundLoop implements AutoCloseable {

    /** Continues with the resolved addresses; on the loop's thread. */
    interface Next<T> {
        void with(List<InetAddress> addresses, CompletableFuture<T> answered);
    }

    /**
     * The destination of an exchange.
     *
     * @param addresses resolved and checked, best first; the first that accepts is used
     * @param trail records which of them it is
     * @param deadlineNanos by {@link System#nanoTime}; by then the exchange is over
     */
    public record Way(List<InetAddress> addresses, int port, DialAttempts trail, long deadlineNanos) {
        public Way {
            addresses = List.copyOf(addresses);
        }
    }

    private final SelectLoop loop;
    private final Executor handshakes;
    private final Outbound outbound;

    /** @param handshakes runs the computations of TLS handshakes, which never block */
    public OutboundLoop(String name, Executor handshakes, Outbound outbound) {
        this.loop = new SelectLoop(name);
        this.handshakes = handshakes;
        this.outbound = outbound;
    }

    SelectLoop loop() {
        return loop;
    }

    /** The name of its thread. */
    public String name() {
        return loop.name();
    }

    /** How long its thread has been blocked, in ns; see {@link SelectLoop#stillNanos}. */
    public long stillNanos() {
        return loop.stillNanos();
    }

    /** Number of open sockets. */
    public int open() {
        return loop.size();
    }

    OutgoingConnection dial(InetSocketAddress to, @Nullable SSLEngine engine, OutgoingConnection.Speaker speaker)
            throws IOException {
        return OutgoingConnection.dial(loop, handshakes, to, engine, speaker);
    }

    /** The addresses of a host, as {@link Outbound#look} returns them. */
    public CompletableFuture<List<InetAddress>> addresses(String host) {
        return outbound.look(host);
    }

    <T> CompletableFuture<T> looked(String host, long deadlineNanos, Next<T> next) {
        CompletableFuture<T> answered = new CompletableFuture<>();
        CompletableFuture<List<InetAddress>> looking = outbound.look(host);
        if (!looking.isDone()) {
            loop.execute(() -> loop.at(deadlineNanos, () -> {
                if (!looking.isDone()) {
                    answered.completeExceptionally(new Exchange.Late());
                }
            }));
        }
        CompletionStage<?> unused = looking.whenComplete((addresses, failure) -> {
            if (addresses == null) {
                answered.completeExceptionally(failure);
            } else {
                run(answered, () -> next.with(addresses, answered));
            }
        });
        return answered;
    }

    /** Runs the task on the loop's thread, unless the caller has cancelled. */
    <T> void run(CompletableFuture<T> answered, Runnable work) {
        loop.execute(() -> {
            if (answered.isDone()) {
                return;
            }
            try {
                work.run();
            } catch (RuntimeException e) {
                answered.completeExceptionally(e);
            }
        });
    }

    /** Connects and closes the connection; returns the address that accepted. */
    public CompletableFuture<InetAddress> connect(Way way) {
        return opening(way, () -> null, line -> {
            InetAddress at = way.trail().at();
            if (at == null) {
                throw new IllegalStateException("connection: without an address");
            }
            return at;
        });
    }

    /**
     * Sends one length-prefixed message, and returns the answer in the same form.
     *
     * @param message of at most 65,535 bytes
     */
    public CompletableFuture<byte[]> message(Way way, byte[] message) {
        CompletableFuture<byte[]> answered = new CompletableFuture<>();
        run(answered, () -> {
            LengthPrefixed framed = new LengthPrefixed(loop, answered, way.deadlineNanos(), message);
            framed.by(new HappyEyeballs(
                    this, way.addresses(), way.port(), () -> null, framed, way.trail(), way.deadlineNanos()));
        });
        return answered;
    }

    /**
     * Performs a TLS handshake and closes the connection; returns the server's certificates, its own first.
     *
     * @param name that the certificate must have
     */
    public CompletableFuture<List<Certificate>> handshake(Way way, String name, SSLContext trusts) {
        return opening(way, () -> engine(trusts, name, way.port()), line -> {
            SSLSession session = line.session();
            if (session == null) {
                throw new IllegalStateException("connection: not encrypted");
            }
            List<Certificate> shown = List.of(session.getPeerCertificates());
            // The next handshake is a full one again, or an expired certificate would go unnoticed.
            session.invalidate();
            return shown;
        });
    }

    private <T> CompletableFuture<T> opening(Way way, Supplier<@Nullable SSLEngine> engines, Shown<T> shown) {
        CompletableFuture<T> answered = new CompletableFuture<>();
        run(answered, () -> {
            Opening<T> opening = new Opening<>(loop, answered, way.deadlineNanos(), shown);
            opening.by(new HappyEyeballs(
                    this, way.addresses(), way.port(), engines, opening, way.trail(), way.deadlineNanos()));
        });
        return answered;
    }

    /** A client's TLS engine that requires a certificate of that name. */
    public static SSLEngine engine(SSLContext trusts, String host, int port) {
        String inner = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
        // A resolved name may end with a dot; the name in a certificate does not.
        String bare = inner.endsWith(".") ? inner.substring(0, inner.length() - 1) : inner;
        SSLEngine engine = trusts.createSSLEngine(bare, port);
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        // Addresses are no server names.
        if (bare.chars().anyMatch(Character::isLetter) && bare.indexOf(':') < 0) {
            try {
                parameters.setServerNames(List.of(new SNIHostName(bare)));
            } catch (IllegalArgumentException e) {
                // Names that resolve but are invalid in SNI, such as with an underscore, are sent without it.
            }
        }
        // A server chooses the group of these, of any size, and this node would have to compute it.
        parameters.setCipherSuites(Arrays.stream(parameters.getCipherSuites())
                .filter(suite -> !suite.contains("_DHE_"))
                .toArray(String[]::new));
        engine.setSSLParameters(parameters);
        return engine;
    }

    /** What is inspected once a connection is open. */
    private interface Shown<T> {
        T of(OutgoingConnection line) throws IOException;
    }

    /** An exchange without any data. */
    private static final class Opening<T> extends Exchange<T> {

        private final Shown<T> shown;

        Opening(SelectLoop loop, CompletableFuture<T> answered, long deadlineNanos, Shown<T> shown) {
            super(loop, answered, deadlineNanos);
            this.shown = shown;
            CompletionStage<?> unused = answered.whenComplete((answer, failure) -> {
                if (failure != null) {
                    givenUp();
                }
            });
        }

        @Override
        public void opened() throws IOException {
            done(shown.of(line()));
        }

        @Override
        void take(ByteBuffer part) {
            part.position(part.limit());
        }
    }

    @Override
    public void close() {
        loop.close();
    }
}
