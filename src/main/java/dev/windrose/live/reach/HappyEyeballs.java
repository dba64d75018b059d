package dev.windrose.live.reach;

import dev.windrose.live.net.OutgoingConnection;
import dev.windrose.live.net.SelectLoop;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/**
 * Connects one exchange to the first of several addresses that accepts. On the loop's thread.
 *
 * <p>The next address is tried when the previous one has failed, or has not answered for a while; attempts slower than
 * the first that succeeds are abandoned. Clients that follow RFC 8305, such as browsers, do the same.
 */
final class HappyEyeballs {

    /** The RFC's recommendation. Shorter for a check with little time, or a name with many addresses. */
    private static final long NEXT_AFTER_NANOS = Duration.ofMillis(250).toNanos();

    private static final long NEXT_AFTER_AT_LEAST_NANOS = Duration.ofMillis(10).toNanos();

    private static final boolean ONLY_IPV4 = Boolean.getBoolean("java.net.preferIPv4Stack");

    private final OutboundLoop wires;
    private final Deque<InetAddress> left;
    private final int port;
    private final Supplier<@Nullable SSLEngine> engines;
    private final Exchange<?> exchange;
    private final DialAttempts trail;
    private final long nextAfterNanos;
    private final long begunNanos = System.nanoTime();
    private final List<Attempt> running = new ArrayList<>();
    private SelectLoop.@Nullable Timer next = null;
    private boolean over = false;

    /**
     * @param to addresses, at least one, best first
     * @param engines creates TLS engines; null for none
     */
    HappyEyeballs(
            OutboundLoop wires,
            List<InetAddress> to,
            int port,
            Supplier<@Nullable SSLEngine> engines,
            Exchange<?> exchange,
            DialAttempts trail,
            long deadlineNanos) {
        this.wires = wires;
        this.left = new ArrayDeque<>(to);
        this.port = port;
        this.engines = engines;
        this.exchange = exchange;
        this.trail = trail;
        long share = (deadlineNanos - begunNanos) / (to.size() + 1);
        this.nextAfterNanos = Math.max(NEXT_AFTER_AT_LEAST_NANOS, Math.min(NEXT_AFTER_NANOS, share));
    }

    void begin() {
        tryNext(new IOException("host: has no address"));
    }

    /** @param before why the previous attempt failed */
    private void tryNext(IOException before) {
        if (next != null) {
            next.cancel();
            next = null;
        }
        IOException cause = before;
        while (!over && !left.isEmpty()) {
            InetAddress address = left.remove();
            trail.tries(address);
            Attempt attempt = new Attempt(address);
            try {
                attempt.dial();
                running.add(attempt);
                if (!left.isEmpty()) {
                    next = wires.loop().at(System.nanoTime() + nextAfterNanos, () -> tryNext(before));
                }
                return;
            } catch (IOException e) {
                trail.failed(address, e);
                cause = e;
            }
        }
        if (!over && running.isEmpty()) {
            close();
            exchange.failed(cause);
        }
    }

    /** Abandons every attempt that has not led to a connection. */
    void close() {
        over = true;
        if (next != null) {
            next.cancel();
            next = null;
        }
        running.forEach(Attempt::close);
        running.clear();
    }

    private final class Attempt implements OutgoingConnection.Speaker {

        private final InetAddress address;
        private final long atNanos = System.nanoTime();
        private @Nullable OutgoingConnection line = null;

        Attempt(InetAddress address) {
            this.address = address;
        }

        void dial() throws IOException {
            if (ONLY_IPV4 && address instanceof Inet6Address) {
                throw new IOException("IPv6: disabled in this process (expected: no -Djava.net.preferIPv4Stack=true)");
            }
            line = wires.dial(new InetSocketAddress(address, port), engines.get(), this);
        }

        void close() {
            OutgoingConnection dialled = line;
            if (dialled != null) {
                dialled.close();
            }
        }

        @Override
        public void connected() {
            OutgoingConnection dialled = line;
            if (over || dialled == null) {
                close();
                return;
            }
            running.remove(this);
            HappyEyeballs.this.close();
            trail.connected(address, atNanos - begunNanos);
            exchange.on(dialled);
        }

        @Override
        public void opened() {
            throw new IllegalStateException("an exchange speaks on a line from its connection on");
        }

        @Override
        public void received(ByteBuffer bytes) {
            throw new IllegalStateException("an exchange speaks on a line from its connection on");
        }

        @Override
        public void ended() {
            // Reported by failed, for it never opened.
        }

        @Override
        public void failed(IOException cause) {
            running.remove(this);
            if (!over) {
                trail.failed(address, cause);
                tryNext(cause);
            }
        }
    }
}
