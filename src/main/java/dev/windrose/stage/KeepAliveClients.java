package dev.windrose.stage;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Clients that keep one connection each and ask over it at a steady pace, as callers with a pool do. Each has a node of its
 * own to which it goes back; told that a connection ends, or reset, it goes to the next node. Counts what it was not told.
 */
public final class KeepAliveClients implements AutoCloseable {

    private static final int TIMEOUT_MS = 5000;
    private static final int HEAD_AT_MOST = 16_384;
    private static final String LENGTH = "content-length: ";
    private static final byte[] ASKS =
            "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final List<Integer> ports;
    private final long everyNanos;
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicLong answers = new AtomicLong();
    private final AtomicLong toldToEnd = new AtomicLong();
    private final AtomicLong resets = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private volatile boolean over = false;

    /**
     * Starts {@code each} clients of every port.
     *
     * @param every time between two requests of one client
     */
    public static KeepAliveClients start(List<Integer> ports, int each, Duration every) {
        return new KeepAliveClients(ports, each, every);
    }

    private KeepAliveClients(List<Integer> ports, int each, Duration every) {
        this.ports = List.copyOf(ports);
        this.everyNanos = every.toNanos();
        for (int port = 0; port < ports.size(); port++) {
            for (int i = 0; i < each; i++) {
                int first = port;
                Thread thread = new Thread(() -> run(first), "keep-alive-" + port + "-" + i);
                thread.setDaemon(true);
                threads.add(thread);
                thread.start();
            }
        }
    }

    private void run(int first) {
        int at = first;
        Socket socket = null;
        while (!over) {
            try {
                // A connection that is refused is another matter: the node says nothing, and the next one is asked.
                Socket used = socket != null ? socket : connected(at);
                if (used == null) {
                    at = (at + 1) % ports.size();
                    continue;
                }
                boolean ends = ask(used);
                answers.incrementAndGet();
                socket = used;
                if (ends) {
                    toldToEnd.incrementAndGet();
                    close(used);
                    socket = null;
                    at = (at + 1) % ports.size();
                }
            } catch (IOException e) {
                resets.incrementAndGet();
                close(socket);
                socket = null;
                at = (at + 1) % ports.size();
                retry(at);
            }
            LockSupport.parkNanos(everyNanos);
        }
        close(socket);
    }

    private void retry(int at) {
        try (Socket fresh = connected(at)) {
            if (fresh == null) {
                failed.incrementAndGet();
            } else {
                ask(fresh);
                answers.incrementAndGet();
            }
        } catch (IOException e) {
            failed.incrementAndGet();
        }
    }

    private @Nullable Socket connected(int at) {
        Socket socket = new Socket();
        try {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), ports.get(at)), TIMEOUT_MS);
            socket.setSoTimeout(TIMEOUT_MS);
            socket.setTcpNoDelay(true);
            return socket;
        } catch (IOException e) {
            close(socket);
            return null;
        }
    }

    /** Asks once; true when the answer says that it is the last one of the connection. */
    private static boolean ask(Socket socket) throws IOException {
        socket.getOutputStream().write(ASKS);
        InputStream in = socket.getInputStream();
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int b = in.read();
            if (b < 0 || head.length() > HEAD_AT_MOST) {
                throw new EOFException("the connection ended before an answer");
            }
            head.append(Character.toLowerCase((char) b));
        }
        int from = head.indexOf(LENGTH) + LENGTH.length();
        int length = Integer.parseInt(head.substring(from, head.indexOf("\r", from)));
        if (in.readNBytes(length).length < length) {
            throw new EOFException("the connection ended within an answer");
        }
        return head.indexOf("connection: close") >= 0;
    }

    private static void close(@Nullable Socket socket) {
        try {
            if (socket != null) {
                socket.close();
            }
        } catch (IOException e) {
            // It is over all the same.
        }
    }

    /** Waits until so many requests were answered; gives up quietly after {@code atMost}. */
    public void awaitAnswers(long wanted, Duration atMost) throws InterruptedException {
        long until = System.nanoTime() + atMost.toNanos();
        while (answers.get() < wanted && System.nanoTime() - until < 0) {
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    public long answers() {
        return answers.get();
    }

    /** Connections whose last answer said so. */
    public long toldToEnd() {
        return toldToEnd.get();
    }

    /** Connections that ended without being told to. */
    public long resets() {
        return resets.get();
    }

    /** Requests that were not answered by a second node either. */
    public long failed() {
        return failed.get();
    }

    public void stop() throws InterruptedException {
        over = true;
        for (Thread thread : threads) {
            thread.join(TIMEOUT_MS);
        }
    }

    @Override
    public void close() {
        over = true;
    }
}
