package dev.windrose.live.listen;

import dev.windrose.live.net.SelectLoop;
import dev.windrose.watch.ListenMeters;
import dev.windrose.watch.ListenMeters.Refusal;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A proxy in front of the cluster port that forwards only what a node can have sent. Akka accepts any bytes there: a
 * few of them flood the log, and a peer can keep connections open indefinitely.
 */
public final class ClusterGuard implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ClusterGuard.class);

    private static final int BACKLOG = 256;
    private static final int ACCEPTED_AT_ONCE = 64;
    private static final Duration ACCEPTS_AGAIN_AFTER = Duration.ofMillis(100);
    private static final Duration LOOK_EVERY = Duration.ofMillis(250);
    private static final long TELL_EVERY_NANOS = Duration.ofMinutes(1).toNanos();

    /** The last logged refusal of one kind. */
    private static final class Told {
        private long atNanos = System.nanoTime() - TELL_EVERY_NANOS;
        private long since = 0;
    }

    private final SelectLoop loop = new SelectLoop("windrose-cluster-port");
    private final ServerSocketChannel server;
    private final InetSocketAddress inner;
    private final Supplier<PreambleCheck> bytes;
    private final GuardLimits limits;
    private final ListenMeters meters;
    private final Set<GuardedPair> pairs = new LinkedHashSet<>();
    private final Map<Refusal, Told> told = new EnumMap<>(Refusal.class);
    private volatile int open = 0;

    /** Listens for nodes without TLS. */
    public static ClusterGuard plain(
            InetSocketAddress outer,
            InetSocketAddress inner,
            int frameAtMost,
            int largeFrameAtMost,
            GuardLimits limits,
            ListenMeters meters)
            throws IOException {
        return new ClusterGuard(outer, inner, () -> new ArteryFrames(frameAtMost, largeFrameAtMost), limits, meters);
    }

    /** Listens for nodes that speak TLS, which Akka ends. */
    public static ClusterGuard encrypted(
            InetSocketAddress outer, InetSocketAddress inner, GuardLimits limits, ListenMeters meters)
            throws IOException {
        return new ClusterGuard(outer, inner, TlsRecords::new, limits, meters);
    }

    /**
     * @param outer the address for other nodes
     * @param inner Akka's address, on loopback
     */
    private ClusterGuard(
            InetSocketAddress outer,
            InetSocketAddress inner,
            Supplier<PreambleCheck> bytes,
            GuardLimits limits,
            ListenMeters meters)
            throws IOException {
        this.inner = inner;
        this.bytes = bytes;
        this.limits = limits;
        this.meters = meters;
        server = ServerSocketChannel.open();
        try {
            server.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            server.bind(outer, BACKLOG);
            server.configureBlocking(false);
        } catch (IOException | RuntimeException e) {
            server.close();
            loop.close();
            throw e;
        }
        meters.connections(() -> open);
        loop.execute(this::begin);
    }

    /** Its address. */
    public InetSocketAddress address() throws IOException {
        return (InetSocketAddress) server.getLocalAddress();
    }

    private void begin() {
        try {
            loop.register(server, SelectionKey.OP_ACCEPT, new SelectLoop.Ready() {
                @Override
                public void ready(SelectionKey key) {
                    accept(key);
                }

                @Override
                public void broken(IOException cause) {
                    LOG.error("cluster port stopped listening, cause [{}]", cause.toString());
                }
            });
        } catch (IOException e) {
            LOG.error("cluster port cannot listen, cause [{}]", e.toString());
        }
        lookAgain();
    }

    private void lookAgain() {
        loop.at(System.nanoTime() + LOOK_EVERY.toNanos(), () -> {
            try {
                long now = System.nanoTime();
                for (GuardedPair pair : Set.copyOf(pairs)) {
                    pair.look(now);
                }
            } finally {
                lookAgain();
            }
        });
    }

    private void accept(SelectionKey key) {
        for (int i = 0; i < ACCEPTED_AT_ONCE; i++) {
            SocketChannel client;
            try {
                client = server.accept();
            } catch (IOException e) {
                // Without free descriptors the port stays ready: it is retried after a pause instead of continuously.
                refused(Refusal.CONNECTIONS, "no connection can be accepted, " + e.getMessage(), null);
                if (key.isValid()) {
                    key.interestOps(0);
                    loop.at(System.nanoTime() + ACCEPTS_AGAIN_AFTER.toNanos(), () -> {
                        if (key.isValid()) {
                            key.interestOps(SelectionKey.OP_ACCEPT);
                        }
                    });
                }
                return;
            }
            if (client == null) {
                return;
            }
            admit(client);
        }
    }

    private void admit(SocketChannel client) {
        try {
            InetAddress address = ((InetSocketAddress) client.getRemoteAddress()).getAddress();
            long ofAddress = pairs.stream()
                    .filter(pair -> pair.address().equals(address))
                    .count();
            if (ofAddress >= limits.connectionsPerAddress()
                    && !madeRoom(Refusal.CONNECTIONS_OF_ADDRESS, address, address)) {
                client.close();
                refused(Refusal.CONNECTIONS_OF_ADDRESS, "the address has reached its connection limit", address);
                return;
            }
            if (pairs.size() >= limits.connections() && !madeRoom(Refusal.CONNECTIONS, null, address)) {
                client.close();
                refused(Refusal.CONNECTIONS, "the connection limit is reached", address);
                return;
            }
            GuardedPair pair = new GuardedPair(this, client, address, bytes.get());
            pairs.add(pair);
            open = pairs.size();
            pair.begin();
        } catch (IOException e) {
            try {
                client.close();
            } catch (IOException closed) {
                // It is closed all the same.
            }
        }
    }

    /**
     * Ends the oldest connection that has not proved to be a node's, of one address or of any. Otherwise the connection
     * from the same address that was silent for longest: a crashed peer leaves its connections open.
     */
    private boolean madeRoom(Refusal why, @Nullable InetAddress unproven, InetAddress from) {
        GuardedPair silent = null;
        for (GuardedPair pair : pairs) {
            if (!pair.proven() && (unproven == null || pair.address().equals(unproven))) {
                pair.refuse(why, "closed to make room for another");
                return true;
            }
            if (pair.address().equals(from) && (silent == null || pair.heardNanos() - silent.heardNanos() < 0)) {
                silent = pair;
            }
        }
        if (silent == null
                || System.nanoTime() - silent.heardNanos()
                        <= limits.silentBeyond().toNanos()) {
            return false;
        }
        silent.refuse(why, "idle for long, closed to make room for another of its address");
        return true;
    }

    /** Counts it; each kind is logged once a minute. */
    void refused(Refusal why, String detail, @Nullable InetAddress address) {
        meters.refused(why);
        Told before = told.computeIfAbsent(why, kind -> new Told());
        before.since++;
        long now = System.nanoTime();
        if (now - before.atNanos >= TELL_EVERY_NANOS) {
            LOG.warn(
                    "connections to the cluster port refused or ended [{}], the last from [{}], cause [{}]",
                    before.since,
                    address == null ? "" : address.getHostAddress(),
                    detail);
            before.atNanos = now;
            before.since = 0;
        }
    }

    void closed(GuardedPair pair) {
        pairs.remove(pair);
        open = pairs.size();
    }

    SelectLoop loop() {
        return loop;
    }

    InetSocketAddress inner() {
        return inner;
    }

    GuardLimits limits() {
        return limits;
    }

    /** How long its thread has been blocked, in ns; see {@link SelectLoop#stillNanos}. */
    public long stillNanos() {
        return loop.stillNanos();
    }

    /** Connections that are open. */
    public int open() {
        return open;
    }

    /** Stops listening and ends all connections. */
    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            LOG.warn("cluster port could not be closed, cause [{}]", e.toString());
        }
        loop.close();
    }
}
