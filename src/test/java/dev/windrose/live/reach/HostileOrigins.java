package dev.windrose.live.reach;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;

/** Servers on loopback that keep whoever asks them waiting, or answer what nobody can use. Each connection ends when its client hangs up. */
public final class HostileOrigins implements AutoCloseable {

    /** How a server behaves, and the scheme by which it is asked. */
    public enum Kind {
        /** A ServerHello of 16 KiB, a byte every half second. */
        TLS_DRIPS("tls"),
        HTTPS_DRIPS("https"),
        GRPCS_DRIPS("grpcs"),
        TLS_ALERT("tls"),
        TLS_SILENT("tls"),
        SILENT("http"),
        RESETS("http"),
        CLOSES("http"),
        SPEAKS_SSH("http"),
        SPEAKS_SSH_TO_TLS("https"),
        STATUS_WITH_ESCAPES("http"),
        HEADERS_WITHOUT_END("http"),
        HEADERS_DRIP("http"),
        HEADER_OF_100_KB("http"),
        BODY_DRIPS("http"),
        BODY_TOO_SHORT("http"),
        CHUNKS_OF_RUBBISH("http"),
        CONTINUES_WITHOUT_END("http"),
        HALF_CLOSES("http"),
        BACKLOG_FULL("http"),
        GRPC_PINGS("grpc"),
        GRPC_SETTINGS_FLOOD("grpc"),
        GRPC_GOAWAY("grpc"),
        GRPC_SPEAKS_SSH("grpc");

        private final String scheme;

        Kind(String scheme) {
            this.scheme = scheme;
        }
    }

    private static final byte[] SETTINGS = HexFormat.of().parseHex("000000040000000000");
    private static final byte[] PING = HexFormat.of().parseHex("0000080600000000000102030405060708");
    private static final byte[] GOAWAY = HexFormat.of().parseHex("0000080700000000000000000000000000");
    private static final byte[] SERVER_HELLO = HexFormat.of().parseHex("160303400002003ffc");
    private static final int HALF_A_SECOND = 500;
    private static final Executor SPEAKERS = Executors.newCachedThreadPool(HostileOrigins::thread);

    private final Kind kind;
    private final ServerSocket server;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final List<Socket> fillers = new ArrayList<>();

    public static HostileOrigins start(Kind kind) throws IOException {
        return new HostileOrigins(kind);
    }

    private HostileOrigins(Kind kind) throws IOException {
        this.kind = kind;
        server = new ServerSocket(0, kind == Kind.BACKLOG_FULL ? 1 : 256, InetAddress.getByName("127.0.0.1"));
        if (kind == Kind.BACKLOG_FULL) {
            for (int i = 0; i < 3; i++) {
                Socket filler = new Socket();
                fillers.add(filler);
                try {
                    filler.connect(new InetSocketAddress("127.0.0.1", server.getLocalPort()), 50);
                } catch (SocketTimeoutException e) {
                    // Full.
                }
            }
            return;
        }
        SPEAKERS.execute(this::accept);
    }

    public Kind kind() {
        return kind;
    }

    /** What a rule would name. */
    public String endpoint() {
        return kind.scheme + "://127.0.0.1:" + server.getLocalPort();
    }

    /** Connections that no client has ended. */
    public int open() {
        return open.size();
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(null, work, "hostile", 128 * 1024);
        thread.setDaemon(true);
        return thread;
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                open.add(socket);
                SPEAKERS.execute(() -> speak(socket));
            } catch (IOException e) {
                // Closed, which the loop sees by itself.
            }
        }
    }

    private void speak(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            say(socket, socket.getOutputStream());
        } catch (IOException e) {
            // The client hung up.
        } finally {
            open.remove(socket);
        }
    }

    private void say(Socket socket, OutputStream out) throws IOException {
        switch (kind) {
            case TLS_DRIPS, HTTPS_DRIPS, GRPCS_DRIPS -> {
                out.write(SERVER_HELLO);
                drip(socket, out, 0);
            }
            case TLS_ALERT -> {
                out.write(HexFormat.of().parseHex("15030300020228"));
                untilHungUp(socket);
            }
            case SILENT, TLS_SILENT, BACKLOG_FULL -> untilHungUp(socket);
            case RESETS -> socket.setSoLinger(true, 0);
            case CLOSES -> {
                // Closed by whoever called.
            }
            case SPEAKS_SSH, SPEAKS_SSH_TO_TLS, GRPC_SPEAKS_SSH -> {
                write(out, "SSH-2.0-OpenSSH_9.6 secret-of-the-origin\r\n");
                untilHungUp(socket);
            }
            case STATUS_WITH_ESCAPES -> {
                write(out, "HTTP/1.1 \u001b[31mX\r\n\r\n");
                untilHungUp(socket);
            }
            case HEADERS_WITHOUT_END -> {
                write(out, "HTTP/1.1 200 OK\r\n");
                while (true) {
                    write(out, "X-More: more\r\n".repeat(100));
                }
            }
            case HEADERS_DRIP -> {
                write(out, "HTTP/1.1 200 OK\r\n");
                drip(socket, out, 'x');
            }
            case HEADER_OF_100_KB -> {
                write(out, "HTTP/1.1 200 OK\r\nX-Long: " + "x".repeat(100_000) + "\r\nContent-Length: 0\r\n\r\n");
                untilHungUp(socket);
            }
            case BODY_DRIPS -> {
                write(out, "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
                drip(socket, out, 'x');
            }
            case BODY_TOO_SHORT -> write(out, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort");
            case CHUNKS_OF_RUBBISH -> {
                write(out, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzzzz\r\n");
                untilHungUp(socket);
            }
            case CONTINUES_WITHOUT_END -> {
                while (true) {
                    write(out, "HTTP/1.1 100 Continue\r\n\r\n".repeat(100));
                }
            }
            case HALF_CLOSES -> {
                write(out, "HTTP/1.1 200 OK\r\nContent-Le");
                socket.shutdownOutput();
                untilHungUp(socket);
            }
            case GRPC_PINGS -> {
                out.write(SETTINGS);
                while (true) {
                    out.write(PING);
                    pause(socket, 100);
                }
            }
            case GRPC_SETTINGS_FLOOD -> {
                byte[] flood = HexFormat.of()
                        .parseHex(HexFormat.of().formatHex(SETTINGS).repeat(100));
                while (true) {
                    out.write(flood);
                }
            }
            case GRPC_GOAWAY -> {
                out.write(SETTINGS);
                out.write(GOAWAY);
                untilHungUp(socket);
            }
        }
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static void drip(Socket socket, OutputStream out, int drop) throws IOException {
        while (true) {
            out.write(drop);
            pause(socket, HALF_A_SECOND);
        }
    }

    /** Waits; fails as soon as the client has hung up. */
    private static void pause(Socket socket, int ms) throws IOException {
        socket.setSoTimeout(ms);
        byte[] rest = new byte[4096];
        InputStream in = socket.getInputStream();
        try {
            int read = in.read(rest);
            while (read > 0) {
                read = in.read(rest);
            }
            throw new IOException("hung up");
        } catch (SocketTimeoutException e) {
            // It waits.
        }
    }

    private static void untilHungUp(Socket socket) throws IOException {
        while (true) {
            pause(socket, 60_000);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : open) {
            socket.close();
        }
        for (Socket filler : fillers) {
            filler.close();
        }
    }
}
