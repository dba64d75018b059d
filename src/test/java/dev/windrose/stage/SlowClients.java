package dev.windrose.stage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Clients that keep a node on loopback waiting in several ways, as {@code slowhttptest} does, and come back as soon as they are closed.
 * Costs one thread that waits for what happens, so that what is measured beside it is the node. Ends by itself.
 */
public final class SlowClients implements AutoCloseable {

    /** One way of keeping the node waiting: what is sent at once, and what is sent every second then. */
    public enum Way {
        DRIPS_HEADERS("GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ", "a", true),
        SAYS_NOTHING("", "", true),
        STOPS_IN_THE_FIRST_LINE("GET /api", "", true),
        DRIPS_A_BODY(
                "POST /api/v1/outcomes HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                        + "Content-Length: 100000\r\n\r\n",
                " ",
                true),
        DRIPS_A_BODY_TO_NOBODY(
                "POST /nowhere HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                        + "Content-Length: 100000\r\n\r\n",
                " ",
                true),
        DRIPS_AFTER_A_GOOD_REQUEST(
                "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\nGET / HTTP/1.1\r\nX-Slow: ", "a", true),
        /** Asks for more than the system keeps for it; that it was closed is seen when it sends the next byte. */
        READS_NOTHING("GET /api/v1/openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(1), "G", false);

        private final byte[] first;
        private final byte[] then;
        private final boolean reads;

        Way(String first, String then, boolean reads) {
            this.first = first.getBytes(StandardCharsets.US_ASCII);
            this.then = then.getBytes(StandardCharsets.US_ASCII);
            this.reads = reads;
        }
    }

    /**
     * What came of them.
     *
     * @param opened connections
     * @param closed connections that the node has closed
     * @param longestMs longest time for which the node kept one, or has kept one that is still open, by way
     */
    public record Seen(long opened, long closed, Map<Way, Long> longestMs) {

        public Seen {
            longestMs = Collections.unmodifiableMap(new EnumMap<>(longestMs));
        }

        public long longest() {
            return longestMs.values().stream().mapToLong(Long::longValue).max().orElse(0);
        }
    }

    private static final long SECOND = 1_000_000_000L;
    private static final int SMALL_WINDOW = 4096;
    private static final int SOCKETS_AT_MOST = 20_000;
    private static final int ADDRESSES = 250;

    private final int port;
    private final int sockets;
    private final int perSecond;
    private final long began = System.nanoTime();
    private final long until;
    private final Thread thread = new Thread(this::run, "slow-clients");
    private final Map<Way, Long> longest = new EnumMap<>(Way.class);
    private final Set<Slow> open = new HashSet<>();
    private final Deque<Slow> drips = new ArrayDeque<>();
    private final ByteBuffer rubbish = ByteBuffer.allocateDirect(16 * 1024);
    private int wanted;
    private long opened;
    private long closed;
    private volatile boolean ends;

    private SlowClients(int port, int sockets, int perSecond, Duration time) {
        if (sockets < 1 || sockets > SOCKETS_AT_MOST) {
            throw new IllegalArgumentException("sockets: " + sockets + " (expected: 1 to " + SOCKETS_AT_MOST + ")");
        }
        this.port = port;
        this.sockets = sockets;
        this.perSecond = perSecond;
        this.until = began + time.toNanos();
        thread.setDaemon(true);
    }

    /**
     * Starts them, from 250 addresses of loopback.
     *
     * @param sockets open at once, 1 to 20,000
     * @param perSecond opened at first; one that was closed is opened again at once
     */
    public static SlowClients start(int port, int sockets, int perSecond, Duration time) {
        SlowClients clients = new SlowClients(port, sockets, perSecond, time);
        clients.thread.start();
        return clients;
    }

    private final class Slow {

        private final int index;
        private final Way way;
        private final SocketChannel channel;
        private final long openedAt = System.nanoTime();
        private long dripAt = openedAt + SECOND;

        private Slow(int index, Selector selector) throws IOException {
            this.index = index;
            this.way = Way.values()[index % Way.values().length];
            channel = SocketChannel.open();
            if (!way.reads) {
                channel.setOption(StandardSocketOptions.SO_RCVBUF, SMALL_WINDOW);
            }
            channel.bind(new InetSocketAddress(InetAddress.getByName("127.0.1." + (2 + index % ADDRESSES)), 0));
            channel.configureBlocking(false);
            channel.connect(new InetSocketAddress("127.0.0.1", port));
            channel.register(selector, SelectionKey.OP_CONNECT, this);
            opened++;
            open.add(this);
        }

        /** Something happened; false when the node has closed it. */
        private boolean goesOn(SelectionKey key) {
            try {
                if (key.isConnectable()) {
                    channel.finishConnect();
                    key.interestOps(way.reads ? SelectionKey.OP_READ : 0);
                    channel.write(ByteBuffer.wrap(way.first));
                    drips.add(this);
                    return true;
                }
                for (int read = 1; read > 0; ) {
                    rubbish.clear();
                    read = channel.read(rubbish);
                    if (read < 0) {
                        return false;
                    }
                }
                return true;
            } catch (IOException e) {
                return false;
            }
        }

        /** Sends a byte; false when the node has closed it. */
        private boolean drips() {
            dripAt += SECOND;
            try {
                channel.write(ByteBuffer.wrap(way.then));
                return true;
            } catch (IOException e) {
                return false;
            }
        }

        private void note() {
            longest.merge(way, (System.nanoTime() - openedAt) / 1_000_000, Math::max);
        }
    }

    private void run() {
        try (Selector selector = Selector.open()) {
            while (!ends && System.nanoTime() - until < 0) {
                long due = (System.nanoTime() - began) * perSecond / SECOND + 1;
                for (; wanted < Math.min(sockets, due); wanted++) {
                    new Slow(wanted, selector);
                }
                selector.select(10);
                for (SelectionKey key : selector.selectedKeys()) {
                    Slow slow = (Slow) key.attachment();
                    if (!slow.goesOn(key)) {
                        again(slow, selector);
                    }
                }
                selector.selectedKeys().clear();
                while (!drips.isEmpty() && System.nanoTime() - drips.peek().dripAt >= 0) {
                    Slow slow = drips.remove();
                    if (!open.contains(slow)) {
                        continue;
                    }
                    if (slow.drips()) {
                        drips.add(slow);
                    } else {
                        again(slow, selector);
                    }
                }
            }
            for (Slow slow : open) {
                slow.note();
                slow.channel.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void again(Slow slow, Selector selector) throws IOException {
        slow.note();
        closed++;
        open.remove(slow);
        slow.channel.close();
        new Slow(slow.index, selector);
    }

    /** Waits for their end. */
    public Seen seen() throws InterruptedException {
        thread.join();
        return new Seen(opened, closed, longest);
    }

    @Override
    public void close() {
        ends = true;
    }
}
