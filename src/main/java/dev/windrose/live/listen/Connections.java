package dev.windrose.live.listen;

import dev.windrose.decide.geo.Prefix;
import dev.windrose.watch.ListenMeters;
import io.github.bucket4j.Bucket;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * All connections: admits them, and ends those that keep the node waiting. Two looks a second over all of them take the place of a
 * timer for each request.
 */
public final class Connections {

    static final Duration BEAT = Duration.ofMillis(500);

    private static final int NETWORK_BYTES = 8;
    private static final int PEERS_AT_MOST = 100_000;
    private static final int PEER_KEPT_BEATS = 20;

    /** Akka gives up a request after 20 s. */
    private static final Duration ANSWER_AT_MOST = Duration.ofSeconds(30);

    private static final Duration END_AT_MOST = Duration.ofSeconds(2);

    /** With so many connections, as a share of all there may be, the node waits for headers no longer than two looks. */
    private static final double CROWDED = 0.75;

    private static final int CROWDED_BEATS = 2;

    /** An address, or the network that one IPv6 customer has. */
    private record Origin(String bytes) {}

    private final HttpLimits limits;
    private final List<Prefix> proxies;
    private final ListenMeters meters;
    private final Set<Connection> open = ConcurrentHashMap.newKeySet();
    private final Map<Origin, Connection.Peer> peers = new HashMap<>();
    private final Connection.Peer others;
    private final long began = System.nanoTime();
    private volatile int beat = 0;

    /** @param proxies whose connections are those of many clients, and are bounded together only */
    public Connections(HttpLimits limits, List<Prefix> proxies, ListenMeters meters) {
        this.limits = limits;
        this.proxies = List.copyOf(proxies);
        this.meters = meters;
        this.others = peer();
        meters.connections(open::size);
    }

    int beat() {
        return beat;
    }

    private Connection.Peer peer() {
        return new Connection.Peer(Bucket.builder()
                .addLimit(limit -> limit.capacity(limits.requestsPerAddress())
                        .refillGreedy(limits.requestsPerAddress(), Duration.ofSeconds(1)))
                .build());
    }

    /** The connection, or null when there is no room for it. */
    @Nullable
    Connection admit(InetAddress address) {
        byte[] bytes = address.getAddress();
        boolean proxy = proxies.stream().anyMatch(prefix -> prefix.contains(bytes));
        synchronized (peers) {
            if (open.size() >= limits.connections()) {
                meters.refused(ListenMeters.Refusal.CONNECTIONS);
                return null;
            }
            Connection.Peer peer = peerOf(bytes);
            if (!proxy && peer.connections >= limits.connectionsPerAddress()) {
                meters.refused(ListenMeters.Refusal.CONNECTIONS_OF_ADDRESS);
                return null;
            }
            peer.connections++;
            Connection connection = new Connection(this, peer);
            open.add(connection);
            return connection;
        }
    }

    private Connection.Peer peerOf(byte[] address) {
        byte[] origin = address.length > NETWORK_BYTES ? Arrays.copyOf(address, NETWORK_BYTES) : address;
        Origin key = new Origin(new String(origin, java.nio.charset.StandardCharsets.ISO_8859_1));
        Connection.Peer known = peers.get(key);
        if (known != null || peers.size() >= PEERS_AT_MOST) {
            return known == null ? others : known;
        }
        Connection.Peer made = peer();
        peers.put(key, made);
        return made;
    }

    void closed(Connection connection) {
        synchronized (peers) {
            if (open.remove(connection)) {
                connection.peer.connections--;
                connection.peer.unusedSince = beat;
            }
        }
    }

    /** One look; called every {@link #BEAT}. */
    void look() {
        // By the clock and not by counting: on a busy machine looks come late.
        int now = (int) ((System.nanoTime() - began) / BEAT.toNanos());
        beat = now;
        int head = beats(limits.headerTimeout());
        if (open.size() > CROWDED * limits.connections()) {
            head = Math.min(head, CROWDED_BEATS);
        }
        for (Connection connection : open) {
            int waited = connection.beatsInState();
            boolean late = switch (connection.state()) {
                case HEAD -> waited > head;
                case ANSWER -> waited > beats(ANSWER_AT_MOST);
                case IDLE -> waited > beats(limits.idleTimeout());
                case END -> waited > beats(END_AT_MOST);
            };
            if (late || connection.beatsStalled() > beats(limits.readTimeout())) {
                meters.refused(
                        connection.state() == Connection.State.HEAD
                                ? ListenMeters.Refusal.SLOW_HEADERS
                                : ListenMeters.Refusal.SLOW);
                connection.kill();
            }
        }
        synchronized (peers) {
            peers.values().removeIf(peer -> peer.connections == 0 && now - peer.unusedSince > PEER_KEPT_BEATS);
        }
    }

    private static int beats(Duration time) {
        return (int) (time.toMillis() / BEAT.toMillis());
    }

    /** Connections that wait for an answer. */
    long answering() {
        return open.stream()
                .filter(connection -> connection.state() == Connection.State.ANSWER)
                .count();
    }

    /** Ends those that wait for no answer. */
    void killIdle() {
        open.stream()
                .filter(connection -> connection.state() == Connection.State.IDLE)
                .forEach(Connection::kill);
    }

    void killAll() {
        open.forEach(Connection::kill);
    }

    int size() {
        return open.size();
    }
}
