package dev.windrose.stage;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/1.1 server whose death can be staged: closing it closes the listener and resets every connection, as a
 * machine that dies does. One thread per connection; bounded in connections, headers and bodies; loopback only.
 */
final class TinyServer implements AutoCloseable {

    private static final int CONNECTIONS_AT_MOST = 256;
    private static final int LINE_AT_MOST = 8192;
    private static final int HEADERS_AT_MOST = 64;
    private static final int BODY_AT_MOST = 1 << 20;
    private static final int IDLE_MS = 60_000;

    record Request(String method, String path, String body) {}

    /**
     * @param header one more line of the head, such as {@code Retry-After: 1}; empty for none
     */
    record Reply(int status, String body, String header) {

        Reply(int status, String body) {
            this(status, body, "");
        }
    }

    /** Answers one request on the connection's own thread; null leaves it without an answer for ever. */
    interface Handler {
        @Nullable
        Reply answer(Request request) throws InterruptedException;
    }

    private final ServerSocket listener;
    private final Handler handler;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final Semaphore places = new Semaphore(CONNECTIONS_AT_MOST);
    private volatile boolean closed;

    private TinyServer(ServerSocket listener, Handler handler) {
        this.listener = listener;
        this.handler = handler;
    }

    /**
     * Listens on loopback.
     *
     * @param port 0 for a free one
     */
    static TinyServer listen(String name, int port, Handler handler) throws IOException {
        ServerSocket listener = new ServerSocket();
        listener.setReuseAddress(true);
        try {
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 128);
        } catch (IOException e) {
            listener.close();
            throw new IOException("port: " + port + " (expected: a free port), " + e.getMessage(), e);
        }
        TinyServer server = new TinyServer(listener, handler);
        Thread acceptor = new Thread(server::accept, name + "-accept");
        acceptor.setDaemon(true);
        acceptor.start();
        return server;
    }

    int port() {
        return listener.getLocalPort();
    }

    private void accept() {
        while (!closed) {
            try {
                Socket socket = listener.accept();
                if (closed || !places.tryAcquire()) {
                    reset(socket);
                    continue;
                }
                open.add(socket);
                Thread thread = new Thread(
                        () -> converse(socket), Thread.currentThread().getName() + "-connection");
                thread.setDaemon(true);
                thread.start();
            } catch (IOException e) {
                // Closed on purpose, or out of descriptors: the next round tells.
                LockSupport.parkNanos(1_000_000);
            }
        }
    }

    private void converse(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(IDLE_MS);
            InputStream in = new BufferedInputStream(socket.getInputStream(), LINE_AT_MOST);
            boolean more = true;
            while (more && !closed) {
                String start = line(in);
                if (start == null) {
                    return;
                }
                String[] words = start.split(" ", 3);
                if (words.length < 3) {
                    return;
                }
                Map<String, String> headers = headers(in);
                int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
                if (length < 0 || length > BODY_AT_MOST) {
                    return;
                }
                String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
                Reply reply = handler.answer(new Request(words[0], words[1], body));
                if (reply == null) {
                    // Nothing is ever answered; the read returns when the client gives up or the server dies.
                    in.transferTo(OutputStream.nullOutputStream());
                    return;
                }
                more = !"close".equalsIgnoreCase(headers.get("connection"));
                socket.getOutputStream().write(bytes(reply, more));
            }
        } catch (IOException | NumberFormatException e) {
            // The client went away or spoke no HTTP: the connection ends, which is all the answer it gets.
            open.remove(socket);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(socket);
            places.release();
        }
    }

    private static byte[] bytes(Reply reply, boolean more) {
        byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
        String head = "HTTP/1.1 " + reply.status() + " Staged\r\nContent-Type: application/json\r\nContent-Length: "
                + body.length + (reply.header().isEmpty() ? "" : "\r\n" + reply.header())
                + (more ? "\r\n\r\n" : "\r\nConnection: close\r\n\r\n");
        byte[] start = head.getBytes(StandardCharsets.ISO_8859_1);
        byte[] all = new byte[start.length + body.length];
        System.arraycopy(start, 0, all, 0, start.length);
        System.arraycopy(body, 0, all, start.length, body.length);
        return all;
    }

    private static Map<String, String> headers(InputStream in) throws IOException {
        Map<String, String> headers = new ConcurrentHashMap<>();
        for (int i = 0; i < HEADERS_AT_MOST; i++) {
            String line = line(in);
            if (line == null || line.isEmpty()) {
                return headers;
            }
            int colon = line.indexOf(':');
            if (colon > 0) {
                headers.put(
                        line.substring(0, colon).toLowerCase(Locale.ROOT),
                        line.substring(colon + 1).strip());
            }
        }
        throw new IOException("headers: more than " + HEADERS_AT_MOST);
    }

    private static @Nullable String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        while (line.length() < LINE_AT_MOST) {
            int next = in.read();
            if (next < 0) {
                return null;
            }
            if (next == '\n') {
                return line.toString();
            }
            if (next != '\r') {
                line.append((char) next);
            }
        }
        throw new IOException("line: longer than " + LINE_AT_MOST);
    }

    /** Dies: from now on connections are refused, and the open ones are reset. */
    @Override
    public void close() throws IOException {
        closed = true;
        listener.close();
        open.forEach(TinyServer::reset);
    }

    private static void reset(Socket socket) {
        try (socket) {
            socket.setSoLinger(true, 0);
        } catch (IOException e) {
            // It is closed already, which is what was wanted.
        }
    }
}
