package dev.windrose.multijvm;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Lies between a command and the node that it speaks to, passes everything on as it comes, and counts: what is asked with
 * certain words, and what is answered. So a story can end one of them at a known point of their talk.
 */
final class Tap implements AutoCloseable {

    private static final int BUFFER_BYTES = 16 * 1024;
    private static final byte[] ANSWER = bytes("HTTP/1.1 ");

    private final ServerSocket server;
    private final int node;
    private final byte[] asks;
    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicInteger answered = new AtomicInteger();
    private final AtomicInteger connected = new AtomicInteger();
    private final CountDownLatch held;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    /**
     * @param node the port to which it passes on
     * @param asks the words with which a request begins that is counted, such as {@code POST /api/v1/apply}
     */
    static Tap to(int node, String asks) throws IOException {
        return new Tap(node, bytes(asks), new CountDownLatch(0)).started();
    }

    /** As above, and passes nothing on until {@link #release()}. */
    static Tap holding(int node, String asks) throws IOException {
        return new Tap(node, bytes(asks), new CountDownLatch(1)).started();
    }

    private Tap started() {
        daemon("tap", this::accept);
        return this;
    }

    private Tap(int node, byte[] asks, CountDownLatch held) throws IOException {
        this.held = held;
        this.node = node;
        this.asks = asks;
        this.server = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static void daemon(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    int port() {
        return server.getLocalPort();
    }

    /** Requests of the kind that is counted; one counts before it is passed on. */
    int asked() {
        return asked.get();
    }

    /** All answers; one counts before it is passed on. */
    int answered() {
        return answered.get();
    }

    /** Connections that were made to it. */
    int connected() {
        return connected.get();
    }

    void release() {
        held.countDown();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                open.add(client);
                connected.incrementAndGet();
                daemon("tap-up", () -> pass(client));
            } catch (IOException e) {
                // Closed, or a client that went at once.
            }
        }
    }

    /** Passes both directions on until either end is closed, and then closes the other. */
    private void pass(Socket client) {
        try {
            held.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        try (client;
                Socket upstream = new Socket(InetAddress.getLoopbackAddress(), node)) {
            open.add(upstream);
            client.setTcpNoDelay(true);
            upstream.setTcpNoDelay(true);
            daemon("tap-down", () -> {
                copy(upstream, client, ANSWER, answered);
                close(client);
            });
            copy(client, upstream, asks, asked);
        } catch (IOException e) {
            // The node is not there: the client sees its connection closed.
        }
        open.remove(client);
    }

    private static void copy(Socket from, Socket to, byte[] words, AtomicInteger count) {
        byte[] buffer = new byte[BUFFER_BYTES];
        int matched = 0;
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                for (int i = 0; i < length; i++) {
                    // The first letter of the words is in them once, so that a mismatch never hides a beginning.
                    matched = buffer[i] == words[matched] ? matched + 1 : buffer[i] == words[0] ? 1 : 0;
                    if (matched == words.length) {
                        count.incrementAndGet();
                        matched = 0;
                    }
                }
                out.write(buffer, 0, length);
            }
        } catch (IOException e) {
            // One of the ends was killed, which is what it is for.
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // Nothing more can be done for a socket that does not close.
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        release();
        open.forEach(Tap::close);
    }
}
