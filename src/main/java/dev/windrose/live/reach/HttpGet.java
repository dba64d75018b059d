package dev.windrose.live.reach;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/** Reads one document over HTTP or HTTPS through {@link Outbound}. Follows no redirects, reads no more than it is told. */
public final class HttpGet {

    private static final int LINE_AT_MOST = 8192;
    private static final int HEADERS_AT_MOST = 100;

    private final Outbound outbound;
    private final SSLSocketFactory encrypted;
    private final Duration timeout;
    private final int bytesAtMost;

    /** @param encrypted makes connections of HTTPS; says whom to trust */
    public HttpGet(Outbound outbound, SSLSocketFactory encrypted, Duration timeout, int bytesAtMost) {
        this.outbound = outbound;
        this.encrypted = encrypted;
        this.timeout = timeout;
        this.bytesAtMost = bytesAtMost;
    }

    /** The body of an answer with status 200; whatever else comes is an error. Blocks, for not much longer than the timeout. */
    public byte[] get(URI uri) throws IOException {
        boolean https = "https".equals(uri.getScheme());
        if (uri.getHost() == null || (!https && !"http".equals(uri.getScheme()))) {
            throw new IOException("address: " + uri + " (expected: http or https and a host)");
        }
        int port = uri.getPort() > 0 ? uri.getPort() : https ? 443 : 80;
        long until = System.nanoTime() + timeout.toNanos();
        try (Socket plain = outbound.connect(uri.getHost(), port, (int) timeout.toMillis())) {
            plain.setSoTimeout((int) timeout.toMillis());
            if (!https) {
                return exchange(plain, uri, until);
            }
            try (SSLSocket socket = (SSLSocket) encrypted.createSocket(plain, uri.getHost(), port, true)) {
                SSLParameters parameters = socket.getSSLParameters();
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
                if (uri.getHost().chars().anyMatch(Character::isLetter)
                        && uri.getHost().indexOf(':') < 0) {
                    parameters.setServerNames(List.of(new SNIHostName(uri.getHost())));
                }
                socket.setSSLParameters(parameters);
                socket.startHandshake();
                return exchange(socket, uri, until);
            }
        }
    }

    private byte[] exchange(Socket socket, URI uri, long until) throws IOException {
        String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        String request = "GET " + path + query + " HTTP/1.1\r\nHost: " + uri.getRawAuthority()
                + "\r\nUser-Agent: windrose\r\nAccept: application/json\r\nConnection: close\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
        InputStream in = new BufferedInputStream(socket.getInputStream());
        String status = line(in, until);
        if (!status.matches("HTTP/1\\.[01] 200( .*)?")) {
            throw new IOException("status: " + status + " (expected: 200; redirects are not followed)");
        }
        long length = -1;
        boolean chunked = false;
        String header = line(in, until);
        for (int i = 0; !header.isEmpty(); i++) {
            if (i > HEADERS_AT_MOST) {
                throw new IOException("answer: more than " + HEADERS_AT_MOST + " headers");
            }
            String lower = header.toLowerCase(Locale.ROOT);
            if (lower.startsWith("content-length:")) {
                length = number(lower.substring("content-length:".length()).strip(), 10);
            } else if (lower.startsWith("transfer-encoding:")) {
                chunked = lower.endsWith("chunked");
            }
            header = line(in, until);
        }
        return chunked ? chunks(in, until) : body(in, length, until);
    }

    private byte[] body(InputStream in, long length, long until) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        copy(in, body, length < 0 ? Long.MAX_VALUE : length, until);
        if (length >= 0 && body.size() < length) {
            throw new EOFException("answer: ended early");
        }
        return body.toByteArray();
    }

    private byte[] chunks(InputStream in, long until) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        while (true) {
            String size = line(in, until);
            int extension = size.indexOf(';');
            long length = number((extension < 0 ? size : size.substring(0, extension)).strip(), 16);
            if (length == 0) {
                return body.toByteArray();
            }
            int before = body.size();
            copy(in, body, length, until);
            if (body.size() - before < length || !line(in, until).isEmpty()) {
                throw new EOFException("answer: ended early");
            }
        }
    }

    private void copy(InputStream in, ByteArrayOutputStream body, long length, long until) throws IOException {
        byte[] part = new byte[8192];
        long left = length;
        while (left > 0) {
            int read = in.read(part, 0, (int) Math.min(part.length, left));
            if (read < 0) {
                return;
            }
            inTime(until);
            if (body.size() + read > bytesAtMost) {
                throw new IOException("answer: too large (expected: at most " + bytesAtMost + " bytes)");
            }
            body.write(part, 0, read);
            left -= read;
        }
    }

    private static String line(InputStream in, long until) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("answer: ended early");
            }
            if (line.length() == LINE_AT_MOST) {
                throw new IOException("answer: a line of more than " + LINE_AT_MOST + " characters");
            }
            if (c != '\r') {
                line.append((char) c);
            }
            inTime(until);
        }
        return line.toString();
    }

    private static void inTime(long until) throws IOException {
        if (System.nanoTime() - until > 0) {
            throw new IOException("answer: not there in time");
        }
    }

    private static long number(String text, int radix) throws IOException {
        try {
            long number = Long.parseLong(text, radix);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Told below.
        }
        throw new IOException("length: '" + text + "' (expected: a number)");
    }
}
