package dev.windrose.live.reach;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * An incremental parser of one HTTP/1.1 response. Everything in it is bounded, and errors do not quote the response,
 * which may contain anything.
 */
final class HttpParser {

    /** Maximum bytes of the status line and all headers, including interim answers and trailers. */
    static final int HEAD_AT_MOST = 64 * 1024;

    private static final String PROTOCOL = "HTTP/1.";
    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.[01] [1-5][0-9][0-9]( .*)?", Pattern.DOTALL);
    private static final Pattern SIZE = Pattern.compile("[0-9]{1,15}");
    private static final Pattern CHUNK_SIZE = Pattern.compile("[0-9A-Fa-f]{1,12}");
    private static final int INTERIM_AT_MOST = 8;

    private enum State {
        STATUS,
        HEADERS,
        SIZED,
        CHUNK_SIZE,
        CHUNK,
        CHUNK_END,
        TRAILERS,
        UNTIL_END,
        DONE
    }

    private final int bodyAtMost;
    private final boolean headOnly;
    private final StringBuilder line = new StringBuilder();
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private State state = State.STATUS;
    private int status = 0;
    private int headBytes = 0;
    private int interim = 0;
    private long length = -1;
    private boolean chunked = false;
    private boolean keep = true;
    private boolean cut = false;
    private long left = 0;

    /** @param headOnly whether no body follows whatever the headers say, as after HEAD */
    HttpParser(int bodyAtMost, boolean headOnly) {
        this.bodyAtMost = bodyAtMost;
        this.headOnly = headOnly;
    }

    /** Consumes bytes; those after the end of the answer are left. */
    void take(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining() && state != State.DONE) {
            switch (state) {
                case SIZED, CHUNK, UNTIL_END -> body(bytes);
                default -> head(bytes);
            }
        }
    }

    /** End of input. */
    void end() throws IOException {
        if (state == State.UNTIL_END) {
            state = State.DONE;
        } else if (state != State.DONE) {
            throw new EOFException(
                    state == State.STATUS && line.isEmpty()
                            ? "connection: closed without an answer"
                            : state == State.SIZED
                                    ? "answer: ended after " + body.size() + " of " + length + " bytes of its body"
                                    : "answer: ended early");
        }
    }

    boolean done() {
        return state == State.DONE;
    }

    /** Whether the connection can be reused after this answer. */
    boolean keep() {
        return keep && !cut;
    }

    HttpAnswer answer() {
        return new HttpAnswer(status, body.toByteArray(), cut);
    }

    private void head(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            char c = (char) (bytes.get() & 0xFF);
            if (++headBytes > HEAD_AT_MOST) {
                throw new IOException("headers: more than " + HEAD_AT_MOST + " bytes");
            }
            if (c == '\n') {
                int size = line.length();
                String whole = line.substring(0, size > 0 && line.charAt(size - 1) == '\r' ? size - 1 : size);
                line.setLength(0);
                line(whole);
                return;
            }
            line.append(c);
            // Reported at the first byte that differs: a server of another protocol may wait for us.
            if (state == State.STATUS
                    && line.length() <= PROTOCOL.length()
                    && PROTOCOL.charAt(line.length() - 1) != c) {
                throw notHttp();
            }
        }
    }

    private static IOException notHttp() {
        return new IOException("answer: not HTTP/1.1");
    }

    private void line(String whole) throws IOException {
        switch (state) {
            case STATUS -> {
                if (!STATUS_LINE.matcher(whole).matches()) {
                    throw notHttp();
                }
                status = Integer.parseInt(whole.substring(9, 12));
                keep = whole.charAt(7) == '1';
                state = State.HEADERS;
            }
            case HEADERS -> {
                if (whole.isEmpty()) {
                    headersEnd();
                } else {
                    header(whole);
                }
            }
            case CHUNK_SIZE -> chunk(whole);
            case CHUNK_END -> {
                if (!whole.isEmpty()) {
                    throw new IOException("answer: a chunk longer than its size");
                }
                state = State.CHUNK_SIZE;
            }
            case TRAILERS -> {
                if (whole.isEmpty()) {
                    state = State.DONE;
                }
            }
            default -> throw new IllegalStateException("no line in " + state);
        }
    }

    private void header(String whole) throws IOException {
        int colon = whole.indexOf(':');
        if (colon <= 0) {
            throw new IOException("headers: a line without a name");
        }
        String value = whole.substring(colon + 1).strip().toLowerCase(Locale.ROOT);
        switch (whole.substring(0, colon).toLowerCase(Locale.ROOT)) {
            case "content-length" -> {
                long said = SIZE.matcher(value).matches() ? Long.parseLong(value) : -1;
                if (said < 0 || (length >= 0 && said != length)) {
                    throw new IOException("content-length: not a single number");
                }
                length = said;
            }
            case "transfer-encoding" -> {
                if (!value.endsWith("chunked")) {
                    throw new IOException("transfer-encoding: not chunked");
                }
                chunked = true;
            }
            case "connection" -> keep &= !value.contains("close");
            default -> {
                // Does not determine the end of the answer.
            }
        }
    }

    private void headersEnd() throws IOException {
        if (status < 200 && status != 101) {
            if (++interim > INTERIM_AT_MOST) {
                throw new IOException("answer: more than " + INTERIM_AT_MOST + " interim responses (status 1xx)");
            }
            length = -1;
            chunked = false;
            state = State.STATUS;
        } else if (headOnly || status == 101 || status == 204 || status == 304) {
            keep &= status != 101;
            state = State.DONE;
        } else if (chunked) {
            // Together with a length, the end of the body would be ambiguous.
            keep &= length < 0;
            state = State.CHUNK_SIZE;
        } else if (length >= 0) {
            left = length;
            state = length == 0 ? State.DONE : State.SIZED;
        } else {
            keep = false;
            state = State.UNTIL_END;
        }
    }

    private void chunk(String whole) throws IOException {
        int extension = whole.indexOf(';');
        String size = (extension < 0 ? whole : whole.substring(0, extension)).strip();
        if (!CHUNK_SIZE.matcher(size).matches()) {
            throw new IOException("answer: a chunk without a size");
        }
        left = Long.parseLong(size, 16);
        state = left == 0 ? State.TRAILERS : State.CHUNK;
    }

    private void body(ByteBuffer bytes) {
        int there = (int) (state == State.UNTIL_END ? bytes.remaining() : Math.min(bytes.remaining(), left));
        int kept = Math.min(there, bodyAtMost - body.size());
        byte[] part = new byte[kept];
        bytes.get(part);
        body.write(part, 0, kept);
        if (kept < there) {
            cut = true;
            state = State.DONE;
            return;
        }
        left -= there;
        if (state != State.UNTIL_END && left == 0) {
            state = state == State.SIZED ? State.DONE : State.CHUNK_END;
        }
    }
}
