package dev.windrose.front.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A client that sends whatever bytes it is told to, and reads what comes until the end. */
final class Raw implements AutoCloseable {

    private static final int ANSWER_AT_MOST = 1 << 20;

    private final Socket socket = new Socket();

    Raw(int port, String from) throws IOException {
        socket.bind(new InetSocketAddress(InetAddress.getByName(from), 0));
        socket.connect(new InetSocketAddress("127.0.0.1", port), 10_000);
        socket.setSoTimeout(15_000);
        socket.setTcpNoDelay(true);
    }

    void send(String text) throws IOException {
        send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    void send(byte[] bytes) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(bytes);
        out.flush();
    }

    InputStream in() throws IOException {
        return socket.getInputStream();
    }

    /** The status of the first answer, or 0 when the connection ended without one. */
    int status() {
        String head = head();
        return head.startsWith("HTTP/1.1 ") ? Integer.parseInt(head.substring(9, 12)) : 0;
    }

    /** What comes until the end of the first answer's headers, or of the connection. */
    String head() {
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        try {
            InputStream in = socket.getInputStream();
            for (int b = in.read(); b >= 0 && read.size() < ANSWER_AT_MOST; b = in.read()) {
                read.write(b);
                if (read.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
                    break;
                }
            }
        } catch (IOException e) {
            // What came before tells enough.
        }
        return read.toString(StandardCharsets.ISO_8859_1);
    }

    /** Reads until the other side has ended the connection. */
    void untilEnd() {
        try {
            byte[] part = new byte[8192];
            while (socket.getInputStream().read(part) >= 0) {
                // Nothing in it matters.
            }
        } catch (IOException e) {
            // Ended in the hard way.
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
