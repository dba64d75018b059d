package dev.windrose.stage;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A client that sends whatever bytes it is told to, and reads what comes until the end. */
public final class Raw implements AutoCloseable {

    private static final int ANSWER_AT_MOST = 1 << 20;

    private final Socket socket = new Socket();

    public Raw(int port, String from) throws IOException {
        socket.bind(new InetSocketAddress(InetAddress.getByName(from), 0));
        socket.connect(new InetSocketAddress("127.0.0.1", port), 10_000);
        socket.setSoTimeout(15_000);
        socket.setTcpNoDelay(true);
    }

    public void send(String text) throws IOException {
        send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    public void send(byte[] bytes) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(bytes);
        out.flush();
    }

    public InputStream in() throws IOException {
        return socket.getInputStream();
    }

    /** The status of the first answer, or 0 when the connection ended without one. */
    public int status() {
        String head = head();
        return head.startsWith("HTTP/1.1 ") ? Integer.parseInt(head.substring(9, 12)) : 0;
    }

    /** What comes until the end of the first answer's headers, or of the connection. */
    public String head() {
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

    /** What comes until the other side has ended the connection, or it has been silent for 15 s. */
    public String rest() {
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        try {
            byte[] part = new byte[8192];
            InputStream in = socket.getInputStream();
            for (int count = in.read(part); count >= 0 && read.size() < ANSWER_AT_MOST; count = in.read(part)) {
                read.write(part, 0, count);
            }
        } catch (IOException e) {
            // Ended in the hard way.
        }
        return read.toString(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
