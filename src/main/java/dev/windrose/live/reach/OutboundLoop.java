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

    /** Goes on with the addresses that were looked at; by the thread of the loop. */
    interface Next<T> {
        void with(List<InetAddress> addresses, CompletableFuture<T> answered);
    }

    /**
     * Where an exchange goes.
     *
     * @param addresses that were looked at, best first; the first that accepts is asked
     * @param trail is told which of them it is
     * @param deadlineNanos by {@link System#nanoTime}; everything is over by then
     */
    public record Way(List<InetAddress> addresses, int port, DialAttempts trail, long deadlineNanos) {
        public Way {
            addresses = List.copyOf(addresses);
        }
    }

    private final SelectLoop loop;
    private final Executor handshakes;
    private final Outbound outbound;

    /** @param handshakes runs what handshakes of TLS have to compute; it waits for nobody */
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

    /** For how long its thread has not turned, in ns; see {@link SelectLoop#stillNanos}. */
    public long stillNanos() {
        return loop.stillNanos();
    }

    /** Sockets that are open. */
    public int open() {
        return loop.size();
    }

    OutgoingConnection dial(InetSocketAddress to, @Nullable SSLEngine engine, OutgoingConnection.Speaker speaker)
            throws IOException {
        return OutgoingConnection.dial(loop, handshakes, to, engine, speaker);
    }

    /** The addresses of a host, as {@link Outbound#look} has them. */
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

    /** Runs that on the thread of the loop, unless nobody waits for the answer any more. */
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

    /** Connects and hangs up; gives the address that accepted. */
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
     * Sends one message behind its length in two bytes, and gives the one that comes back in the same form.
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
     * Shakes hands by TLS and hangs up; gives the certificates that the server has shown, its own first.
     *
     * @param name that the certificate must be of
     */
    public CompletableFuture<List<Certificate>> handshake(Way way, String name, SSLContext trusts) {
        return opening(way, () -> engine(trusts, name, way.port()), line -> {
            SSLSession session = line.session();
            if (session == null) {
                throw new IllegalStateException("connection: not encrypted");
            }
            List<Certificate> shown = List.of(session.getPeerCertificates());
            // The next one is a whole one again, or nobody would see a certificate that has expired since.
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

    /** A client's side of TLS, which wants a certificate of that name. */
    public static SSLEngine engine(SSLContext trusts, String host, int port) {
        String inner = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
        // What is looked up may end with a dot; what a certificate is of does not.
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
                // Names that some resolve and that are none to TLS, such as with an underscore, are asked without.
            }
        }
        // A server chooses the group of these, as large as it likes, and this node would compute it.
        parameters.setCipherSuites(Arrays.stream(parameters.getCipherSuites())
                .filter(suite -> !suite.contains("_DHE_"))
                .toArray(String[]::new));
        engine.setSSLParameters(parameters);
        return engine;
    }

    /** What is looked at once a connection is there. */
    private interface Shown<T> {
        T of(OutgoingConnection line) throws IOException;
    }

    /** An exchange in which nothing is said. */
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
