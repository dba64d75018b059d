package dev.windrose.live.listen;

import dev.windrose.decide.geo.Prefix;
import dev.windrose.watch.ListenMeters;
import io.github.bucket4j.Bucket;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * All connections: admits them, and ends those that keep the node waiting. A sweep every few milliseconds replaces a
 * timer per request. It ends expired connections one after the other: their clients reconnect at once, and hundreds at
 * once would delay everyone else.
 */
public final class Connections {

    /*
     * Who writes, who reads, and what is ordered by what.
     *
     * A connection's own stages write what it waits for (Connection): DeadlineStage the traffic at the network, the
     * Listener requests and answers. The thread that has an answer ready reports it, and TLS runs in an actor of its
     * own; nothing here relies on which stages share a thread. Each field of a Connection is volatile and independent.
     * Values that depend on each other share one word: the state and its start, so that the sweep never judges one
     * state by the time of another. The one conditional step, from idle to reading headers, is a compare-and-set.
     *
     * The sweep, every BEAT, runs on the executor that the Listener is given, one at a time, and is the only one that
     * blocks: it spreads the ends over part of the tick. It judges by what it read once; what passes afterwards comes
     * too late, as with any deadline.
     *
     * The sweep and the drain end connections and touch none of their stages: kill and end send the stage an
     * asynchronous callback, and the stage ends itself in its turn. A request may have come by then: endIdle checks
     * again, within the stage. A stage that ended, for whatever reason, reports to closed in postStop, once; that is
     * the only way out of `open`, so the number of connections is never too small.
     *
     * `peers` and the contents of a Peer, except its bucket and its count of answers, are read and written under the
     * lock of `peers`: by the thread that accepts (admit), by the stages (closed, offended) and by the sweep (offended,
     * forgetting). Each holds it for a few reads and writes, and a request needs it only when it offends. The bucket is
     * a thread-safe counter of its own, and `open` a concurrent set that the sweep traverses while it changes.
     *
     * `beat` is written by the sweep alone. `closing` is written once; an answer that reads it too early was given
     * before the last answers began, and its connection is ended as an idle one (endIdle).
     */

    static final Duration BEAT = Duration.ofMillis(50);

    private static final int NETWORK_BYTES = 8;
    private static final int PEERS_AT_MOST = 100_000;

    /** Akka gives up a request after 20 s. */
    private static final Duration ANSWER_AT_MOST = Duration.ofSeconds(30);

    private static final Duration END_AT_MOST = Duration.ofSeconds(2);

    /** At this share of the maximum number of connections, the node waits for headers only this long. */
    private static final double CROWDED = 0.75;

    private static final Duration CROWDED_HEAD_AT_MOST = Duration.ofSeconds(1);

    /** Maximum number of ends in one sweep: this many, and this share of all. */
    private static final int ENDED_AT_ONCE = 10;

    private static final double ENDED_SHARE = 0.04;

    /** Time over which the ends of one sweep are spread. */
    private static final Duration SPREAD = Duration.ofMillis(40);

    /** An address, or the network of one IPv6 customer. */
    private record Origin(String bytes) {}

    private final HttpLimits limits;
    private final List<Prefix> proxies;
    private final ListenMeters meters;
    private final Set<Connection> open = ConcurrentHashMap.newKeySet();
    private final Map<Origin, Peer> peers = new HashMap<>();
    private final Peer others;
    private final long began = System.nanoTime();
    private volatile int beat = 0;
    private volatile boolean closing = false;
    private int peersLookedAt = 0;

    /** @param proxies whose connections carry many clients; only their total is limited */
    public Connections(HttpLimits limits, List<Prefix> proxies, ListenMeters meters) {
        this.limits = limits;
        this.proxies = List.copyOf(proxies);
        this.meters = meters;
        this.others = peer(true);
        meters.connections(open::size);
    }

    int beat() {
        return beat;
    }

    private Peer peer(boolean trusted) {
        Bucket bucket = Bucket.builder()
                .addLimit(limit -> limit.capacity(limits.requestsPerAddress())
                        .refillGreedy(limits.requestsPerAddress(), Duration.ofSeconds(1)))
                .build();
        return new Peer(bucket, trusted);
    }

    /** The connection, or null when it is not admitted. */
    @Nullable
    Connection admit(InetAddress address) {
        synchronized (peers) {
            if (open.size() >= limits.connections()) {
                meters.refused(ListenMeters.Refusal.CONNECTIONS);
                return null;
            }
            Peer peer = peerOf(address.getAddress());
            if (!peer.trusted() && peer.connections() >= limits.connectionsPerAddress()) {
                meters.refused(ListenMeters.Refusal.CONNECTIONS_OF_ADDRESS);
                return null;
            }
            peer.opened();
            boolean held = peer.held(beat);
            if (held) {
                meters.refused(ListenMeters.Refusal.HELD);
            }
            Connection connection = new Connection(this, peer, address, held);
            open.add(connection);
            return connection;
        }
    }

    private Peer peerOf(byte[] address) {
        byte[] origin = address.length > NETWORK_BYTES ? Arrays.copyOf(address, NETWORK_BYTES) : address;
        Origin key = new Origin(new String(origin, java.nio.charset.StandardCharsets.ISO_8859_1));
        Peer known = peers.get(key);
        if (known != null || peers.size() >= PEERS_AT_MOST) {
            return known == null ? others : known;
        }
        Peer made = peer(proxies.stream().anyMatch(prefix -> prefix.contains(address)));
        peers.put(key, made);
        return made;
    }

    void closed(Connection connection) {
        synchronized (peers) {
            if (open.remove(connection)) {
                connection.peer.closed(beat);
            }
        }
    }

    /** It kept the node waiting. */
    void offended(Connection connection) {
        synchronized (peers) {
            connection.peer.offended(beat, beats(limits.holdSlow()));
        }
    }

    /** One sweep; called every {@link #BEAT}. Blocks for part of it. */
    void look() {
        // By the clock and not by counting: on a busy machine sweeps are late.
        int now = (int) ((System.nanoTime() - began) / BEAT.toNanos());
        beat = now;
        int head = beats(limits.headerTimeout());
        if (open.size() > CROWDED * limits.connections()) {
            head = Math.min(head, beats(CROWDED_HEAD_AT_MOST));
        }
        int answer = beats(ANSWER_AT_MOST);
        int idle = beats(limits.idleTimeout());
        int end = beats(END_AT_MOST);
        int stalled = beats(limits.readTimeout());
        int room = ENDED_AT_ONCE + (int) (ENDED_SHARE * open.size());
        List<Connection> over = new ArrayList<>();
        for (Connection connection : open) {
            if (over.size() >= room) {
                break;
            }
            Connection.State late = connection.overdue(head, answer, idle, end);
            boolean readsNothing = connection.beatsStalled() > stalled;
            if ((late != null || readsNothing) && !connection.killed()) {
                if (!connection.held()) {
                    tooSlow(connection, late, readsNothing);
                }
                over.add(connection);
            }
        }
        for (Connection connection : over) {
            connection.kill();
            LockSupport.parkNanos(SPREAD.toNanos() / over.size());
        }
        if (now - peersLookedAt > Peer.WITHIN_BEATS) {
            peersLookedAt = now;
            synchronized (peers) {
                peers.values().removeIf(peer -> peer.forgettable(now));
            }
        }
    }

    private void tooSlow(Connection connection, Connection.@Nullable State late, boolean readsNothing) {
        boolean head = (late == null ? connection.state() : late) == Connection.State.HEAD;
        meters.refused(head ? ListenMeters.Refusal.SLOW_HEADERS : ListenMeters.Refusal.SLOW);
        if (readsNothing || (head && connection.spoke())) {
            offended(connection);
        }
    }

    static int beats(Duration time) {
        return (int) (time.toMillis() / BEAT.toMillis());
    }

    /** Connections that wait for an answer. */
    long answering() {
        return open.stream()
                .filter(connection -> connection.state() == Connection.State.ANSWER)
                .count();
    }

    /** From now on every answer is the last one of its connection, and says so. */
    public void lastAnswers() {
        closing = true;
    }

    boolean closing() {
        return closing;
    }

    /** Ends those that owe no answer, with a regular end of stream and not as a failure. */
    void endIdle() {
        open.stream().filter(Connection::isIdle).forEach(Connection::end);
    }

    void killAll() {
        open.forEach(Connection::kill);
    }
}
