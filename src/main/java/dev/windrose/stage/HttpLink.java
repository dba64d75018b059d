package dev.windrose.stage;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.function.Supplier;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * One keep-alive HTTP/1.1 connection, one request at a time, for one thread. Costs little, so that what is measured is
 * the server. Connects when first used and again after a failure.
 */
public final class HttpLink implements AutoCloseable {

    private static final int HEADER_AT_MOST = 32 * 1024;
    private static final int BODY_AT_MOST = 64 * 1024 * 1024;

    private final DialOptions dial;
    private final String host;
    private @Nullable Socket socket;
    private byte[] in = new byte[HEADER_AT_MOST];
    private int from;
    private int to;
    private byte[] body = new byte[0];
    private @Nullable String etag;
    private @Nullable String retryAfter;

    /**
     * @param timeout of the connect and of each read, 1 ms to 10 min
     */
    public HttpLink(String host, int port, Duration timeout) {
        this(host, port, timeout, null);
    }

    /**
     * @param timeout of the connect and of each read, 1 ms to 10 min
     * @param encryption makes the sockets of HTTPS, asked anew for each; null for HTTP
     */
    public HttpLink(String host, int port, Duration timeout, @Nullable Supplier<SSLSocketFactory> encryption) {
        this.dial = new DialOptions(new InetSocketAddress(host, port), (int) timeout.toMillis(), encryption);
        this.host = host + ":" + port;
    }

    /** A connection to the host and port of an address. */
    public static HttpLink to(URI address, Duration timeout) {
        int port = address.getPort() < 0 ? 80 : address.getPort();
        return new HttpLink(address.getHost(), port, timeout);
    }

    /** The bytes of a request; made once where the same is sent often. */
    public byte[] request(String method, String path, @Nullable String content, String... headers) {
        StringBuilder head = new StringBuilder(160);
        head.append(method)
                .append(' ')
                .append(path)
                .append(" HTTP/1.1\r\nHost: ")
                .append(host)
                .append("\r\n");
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        byte[] text = content == null ? new byte[0] : content.getBytes(StandardCharsets.UTF_8);
        if (content != null) {
            head.append("Content-Type: application/json\r\nContent-Length: ")
                    .append(text.length)
                    .append("\r\n");
        }
        byte[] start = head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
        byte[] all = new byte[start.length + text.length];
        System.arraycopy(start, 0, all, 0, start.length);
        System.arraycopy(text, 0, all, start.length, text.length);
        return all;
    }

    /**
     * Sends one request and reads its whole answer.
     *
     * @return the status
     * @throws IOException when there was no whole answer; the request may or may not have had an effect
     */
    public int exchange(byte[] request) throws IOException {
        boolean reused = socket != null;
        boolean safe = request[0] == 'G';
        try {
            return once(request);
        } catch (EOFException | java.net.SocketException e) {
            close();
            if (!reused || !safe) {
                throw e;
            }
            // A server may close an idle connection at any time; a read is simply asked again.
            try {
                return once(request);
            } catch (IOException again) {
                close();
                throw again;
            }
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * As {@link #exchange}, but a request is never sent twice: a connection that was closed meanwhile is a failure.
     *
     * @return the status
     */
    public int exchangeOnce(byte[] request) throws IOException {
        try {
            return once(request);
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    private int once(byte[] request) throws IOException {
        Socket used = connected();
        OutputStream out = used.getOutputStream();
        out.write(request);
        return answer(used.getInputStream());
    }

    private Socket connected() throws IOException {
        Socket now = socket;
        if (now == null) {
            now = dial.open();
            socket = now;
            from = 0;
            to = 0;
        }
        return now;
    }

    /** What the server showed on the connection that is open; null when none is, or it is not encrypted. */
    public @Nullable X509Certificate certificate() throws IOException {
        return socket instanceof SSLSocket encrypted
                ? (X509Certificate) encrypted.getSession().getPeerCertificates()[0]
                : null;
    }

    private int answer(InputStream stream) throws IOException {
        int status = status(stream);
        while (status == 100) {
            skipLine(stream);
            status = status(stream);
        }
        etag = null;
        retryAfter = null;
        int length = 0;
        boolean chunked = false;
        boolean closes = false;
        for (int end = lineEnd(stream); end > from; end = lineEnd(stream)) {
            int first = in[from] | 0x20;
            if (first == 'c' || first == 't' || first == 'e' || first == 'r') {
                if (named(end, "content-length:")) {
                    length = Integer.parseInt(value(end, 15));
                } else if (named(end, "transfer-encoding:")) {
                    chunked = true;
                } else if (named(end, "etag:")) {
                    etag = value(end, 5);
                } else if (named(end, "retry-after:")) {
                    retryAfter = value(end, 12);
                } else if (named(end, "connection:")) {
                    closes = value(end, 11).equalsIgnoreCase("close");
                }
            }
            from = end + 2;
        }
        from += 2;
        body = status == 204 || status == 304 ? new byte[0] : chunked ? chunks(stream) : read(stream, length);
        if (closes) {
            close();
        }
        return status;
    }

    private int status(InputStream stream) throws IOException {
        int end = lineEnd(stream);
        if (end - from < 12) {
            throw new IOException("answer: no status line (expected: HTTP/1.1)");
        }
        int status = Integer.parseInt(new String(in, from + 9, 3, StandardCharsets.ISO_8859_1));
        from = end + 2;
        return status;
    }

    private void skipLine(InputStream stream) throws IOException {
        from = lineEnd(stream) + 2;
    }

    /** Where the line that starts at {@code from} ends, at its CR; reads more when it is not all there. */
    private int lineEnd(InputStream stream) throws IOException {
        int at = from;
        while (true) {
            for (; at + 1 < to; at++) {
                if (in[at] == '\r' && in[at + 1] == '\n') {
                    return at;
                }
            }
            int before = from;
            fill(stream);
            at -= before - from;
        }
    }

    private void fill(InputStream stream) throws IOException {
        if (from > 0) {
            System.arraycopy(in, from, in, 0, to - from);
            to -= from;
            from = 0;
        }
        if (to == in.length) {
            throw new IOException("header: longer than " + HEADER_AT_MOST);
        }
        int count = stream.read(in, to, in.length - to);
        if (count < 0) {
            throw new EOFException("answer: the connection was closed");
        }
        to += count;
    }

    private boolean named(int end, String name) {
        if (end - from < name.length()) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            byte letter = in[from + i];
            int lower = letter >= 'A' && letter <= 'Z' ? letter + 32 : letter;
            if (lower != name.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private String value(int end, int skipped) {
        return new String(in, from + skipped, end - from - skipped, StandardCharsets.ISO_8859_1).strip();
    }

    private byte[] read(InputStream stream, int length) throws IOException {
        if (length < 0 || length > BODY_AT_MOST) {
            throw new IOException("body: " + length + " bytes (expected: at most " + BODY_AT_MOST + ")");
        }
        byte[] bytes = new byte[length];
        int there = Math.min(length, to - from);
        System.arraycopy(in, from, bytes, 0, there);
        from += there;
        if (there < length && stream.readNBytes(bytes, there, length - there) < length - there) {
            throw new EOFException("answer: the connection was closed");
        }
        return bytes;
    }

    private byte[] chunks(InputStream stream) throws IOException {
        java.io.ByteArrayOutputStream all = new java.io.ByteArrayOutputStream();
        while (true) {
            int end = lineEnd(stream);
            String line = new String(in, from, end - from, StandardCharsets.ISO_8859_1);
            int semicolon = line.indexOf(';');
            int size = Integer.parseInt((semicolon < 0 ? line : line.substring(0, semicolon)).strip(), 16);
            from = end + 2;
            if (size == 0) {
                while (lineEnd(stream) > from) {
                    skipLine(stream);
                }
                skipLine(stream);
                return all.toByteArray();
            }
            if (all.size() + size > BODY_AT_MOST) {
                throw new IOException("body: more than " + BODY_AT_MOST + " bytes");
            }
            all.writeBytes(read(stream, size));
            skipLine(stream);
        }
    }

    /** Body of the last answer. */
    public byte[] body() {
        return body;
    }

    /** Body of the last answer as text. */
    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    /** {@code ETag} of the last answer, quotes included. */
    public @Nullable String etag() {
        return etag;
    }

    /** {@code Retry-After} of the last answer. */
    public @Nullable String retryAfter() {
        return retryAfter;
    }

    /** Closes the connection; the next request opens another. */
    @Override
    public void close() {
        Socket now = socket;
        socket = null;
        if (now != null) {
            try {
                now.close();
            } catch (IOException e) {
                // Nothing more can be done for a socket that does not close.
            }
        }
    }
}
