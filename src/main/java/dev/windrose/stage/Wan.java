package dev.windrose.stage;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * What lies between regions: a relay in front of each node, which delays, loses and cuts what one node sends another.
 *
 * <p>Nodes dial each other at the relay's ports. The relay knows who dials by the address it dials from, so each node needs
 * one of its own: {@link #addressOf}. Artery sends each direction over connections of its own, so a cut of one link is a
 * one-way cut. Nothing is lost for good on a TCP connection, so a lost segment shows as the wait for its repetition.
 */
public final class Wan implements AutoCloseable {

    private static final int BUFFER_BYTES = 64 * 1024;
    private static final int CHUNKS_AT_MOST = 1024;

    /** Time after which a lost segment is sent again, in ms: the least that Linux waits. */
    private static final int REPEATED_AFTER_MS = 200;

    /** What one node sends another. */
    public static final class Link {

        private final Random random = new Random(0);
        private boolean cut = false;
        private int delayMs = 0;
        private int jitterMs = 0;
        private double loss = 0;

        /** Nothing passes any more; connections stay open and stand still, as on a line that swallows everything. */
        public synchronized void cut() {
            cut = true;
        }

        /** Passes everything, what was held included, without delay or loss. */
        public synchronized void mend() {
            cut = false;
            delayMs = 0;
            jitterMs = 0;
            loss = 0;
            notifyAll();
        }

        /**
         * @param delay in ms, at least 0
         * @param jitter in ms, added or taken away at random, 0 to delay
         * @param lost share of segments that have to be repeated, 0 to 1
         */
        public synchronized void weather(int delay, int jitter, double lost) {
            delayMs = delay;
            jitterMs = jitter;
            loss = lost;
        }

        private synchronized long dueNanos() {
            long ms = delayMs;
            ms += jitterMs == 0 ? 0 : random.nextInt(2 * jitterMs + 1) - jitterMs;
            ms += random.nextDouble() < loss ? REPEATED_AFTER_MS : 0;
            return System.nanoTime() + ms * 1_000_000;
        }

        private synchronized void awaitOpen() throws InterruptedException {
            while (cut) {
                wait();
            }
        }
    }

    private record Chunk(ByteBuffer bytes, long dueNanos) {}

    /** Nothing more comes. */
    private static final Chunk LAST = new Chunk(ByteBuffer.allocate(0), 0);

    private final List<ServerSocket> listeners = new ArrayList<>();
    private final List<Socket> sockets = new ArrayList<>();
    private final List<List<Link>> links = new ArrayList<>();
    private volatile boolean closed;

    /**
     * Starts the relays.
     *
     * @param relays the ports that the nodes dial, by node
     * @param nodes the ports on which the nodes listen, by node
     */
    public static Wan between(List<Integer> relays, List<Integer> nodes) throws IOException {
        Wan wan = new Wan();
        for (int from = 0; from < nodes.size(); from++) {
            List<Link> row = new ArrayList<>();
            for (int to = 0; to < nodes.size(); to++) {
                row.add(new Link());
            }
            wan.links.add(row);
        }
        for (int to = 0; to < nodes.size(); to++) {
            ServerSocket listener = new ServerSocket();
            listener.setReuseAddress(true);
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), relays.get(to)));
            wan.listeners.add(listener);
            int node = to;
            int port = nodes.get(to);
            wan.runs("relay-" + to, () -> wan.accept(listener, node, port));
        }
        return wan;
    }

    private Wan() {}

    /** The loopback address from which a node dials. */
    public static String addressOf(int node) {
        return "127.0.0." + (11 + node);
    }

    /** What {@code from} sends {@code to}. */
    public Link link(int from, int to) {
        return links.get(from).get(to);
    }

    /** Cuts both directions between two nodes. */
    public void cut(int one, int other) {
        link(one, other).cut();
        link(other, one).cut();
    }

    /** Ends every connection between nodes; they dial again. */
    public synchronized void breakOff() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    /** Mends every link. */
    public void mend() {
        links.forEach(row -> row.forEach(Link::mend));
    }

    private void accept(ServerSocket listener, int to, int port) throws IOException {
        while (!closed) {
            Socket dialled = keep(listener.accept());
            int from = dialled.getInetAddress().getAddress()[3] - 11;
            if (from < 0 || from >= links.size()) {
                dialled.close();
                continue;
            }
            Link link = link(from, to);
            runs("relay-" + from + "-" + to, () -> relay(dialled, link, port));
        }
    }

    private void relay(Socket dialled, Link link, int port) throws IOException, InterruptedException {
        link.awaitOpen();
        Socket node = keep(new Socket());
        try (dialled;
                node) {
            node.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 2000);
            node.setTcpNoDelay(true);
            LinkedBlockingQueue<Chunk> queue = new LinkedBlockingQueue<>(CHUNKS_AT_MOST);
            runs("relay-out", () -> write(queue, link, node));
            runs("relay-back", () -> {
                try (dialled) {
                    node.getInputStream().transferTo(dialled.getOutputStream());
                }
            });
            InputStream in = dialled.getInputStream();
            byte[] buffer = new byte[BUFFER_BYTES];
            int length = in.read(buffer);
            while (length >= 0 && !closed) {
                queue.put(new Chunk(ByteBuffer.wrap(Arrays.copyOf(buffer, length)), link.dueNanos()));
                length = in.read(buffer);
            }
            queue.put(LAST);
        }
    }

    private void write(LinkedBlockingQueue<Chunk> queue, Link link, Socket node)
            throws IOException, InterruptedException {
        try (node) {
            OutputStream out = node.getOutputStream();
            Chunk chunk = queue.take();
            while (chunk.bytes().hasRemaining() && !closed) {
                TimeUnit.NANOSECONDS.sleep(chunk.dueNanos() - System.nanoTime());
                link.awaitOpen();
                out.write(chunk.bytes().array());
                chunk = queue.take();
            }
        }
    }

    private interface Work {
        void run() throws IOException, InterruptedException;
    }

    private void runs(String name, Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException e) {
                        // One of the two ends went away; the other one's socket is closed, and it dials again.
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
    }

    private synchronized Socket keep(Socket socket) {
        sockets.removeIf(Socket::isClosed);
        sockets.add(socket);
        return socket;
    }

    @Override
    public synchronized void close() throws IOException {
        closed = true;
        mend();
        for (ServerSocket listener : listeners) {
            listener.close();
        }
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
