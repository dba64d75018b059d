package dev.windrose.live.reach;

import dev.windrose.live.net.Line;
import dev.windrose.live.net.SelectLoop;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * Everything that goes out to hosts that somebody else names: one thread waits for all the sockets, and each exchange has one
 * deadline, which closes its socket whatever it is doing then.
 */
public final class Wires implements AutoCloseable {

    /** Goes on with the address that was looked at; by the thread of the loop. */
    interface Next<T> {
        void with(InetAddress address, CompletableFuture<T> answered);
    }

    private final SelectLoop loop;
    private final Executor handshakes;
    private final Outbound outbound;

    /** @param handshakes runs what handshakes of TLS have to compute; it waits for nobody */
    public Wires(String name, Executor handshakes, Outbound outbound) {
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

    Line dial(InetSocketAddress to, @Nullable SSLEngine engine, Line.Speaker speaker) throws IOException {
        return Line.dial(loop, handshakes, to, engine, speaker);
    }

    /** The address of a host, for what is no exchange of these. */
    public CompletableFuture<InetAddress> address(String host) {
        return outbound.look(host);
    }

    <T> CompletableFuture<T> looked(String host, long deadlineNanos, Next<T> next) {
        CompletableFuture<T> answered = new CompletableFuture<>();
        CompletableFuture<InetAddress> looking = outbound.look(host);
        if (!looking.isDone()) {
            loop.execute(() -> loop.at(deadlineNanos, () -> {
                if (!looking.isDone()) {
                    answered.completeExceptionally(new Exchange.Late());
                }
            }));
        }
        CompletionStage<?> unused = looking.whenComplete((address, failure) -> loop.execute(() -> {
            if (answered.isDone()) {
                return;
            }
            if (address == null) {
                answered.completeExceptionally(failure);
                return;
            }
            try {
                next.with(address, answered);
            } catch (RuntimeException e) {
                answered.completeExceptionally(e);
            }
        }));
        return answered;
    }

    /** Connects and hangs up. */
    public CompletableFuture<Boolean> connect(String host, int port, long deadlineNanos) {
        return looked(host, deadlineNanos, (address, answered) -> {
            Opening<Boolean> opening = new Opening<>(loop, answered, deadlineNanos) {
                @Override
                public void opened() {
                    done(true);
                }
            };
            opening.dial(this, new InetSocketAddress(address, port), null);
        });
    }

    /** What is looked at once a connection is encrypted. */
    public interface Shown<T> {
        T of(SSLSession session) throws IOException;
    }

    /**
     * Shakes hands by TLS, looks at what the server has shown, and hangs up.
     *
     * @param name that the certificate must be of
     */
    public <T> CompletableFuture<T> handshake(
            String host, int port, String name, SSLContext trusts, long deadlineNanos, Shown<T> shown) {
        return looked(host, deadlineNanos, (address, answered) -> {
            SSLEngine engine = engine(trusts, name, port);
            Opening<T> opening = new Opening<>(loop, answered, deadlineNanos) {
                @Override
                public void opened() throws IOException {
                    T seen = shown.of(engine.getSession());
                    // The next one is a whole one again, or nobody would see a certificate that has expired since.
                    engine.getSession().invalidate();
                    done(seen);
                }
            };
            opening.dial(this, new InetSocketAddress(address, port), engine);
        });
    }

    /** A client's side of TLS, which wants a certificate of that name. */
    static SSLEngine engine(SSLContext trusts, String host, int port) {
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

    /** An exchange in which nothing is said. */
    private abstract static class Opening<T> extends Exchange<T> {

        Opening(SelectLoop loop, CompletableFuture<T> answered, long deadlineNanos) {
            super(loop, answered, deadlineNanos);
            CompletionStage<?> unused = answered.whenComplete((answer, failure) -> {
                if (failure != null) {
                    givenUp();
                }
            });
        }

        void dial(Wires wires, InetSocketAddress to, @Nullable SSLEngine engine) {
            try {
                on(wires.dial(to, engine, this));
            } catch (IOException e) {
                failed(e);
            }
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
