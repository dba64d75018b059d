package dev.windrose.front.api;

import dev.windrose.stage.Raw;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A client that sends whatever bytes it is told to, and reads whole answers, over one connection for as long as it lasts. */
final class KeptConnection implements AutoCloseable {

    private static final int LINE_AT_MOST = 16_384;

    /** @param head status line and headers in lower case; empty when the connection ended without an answer */
    record Whole(int status, String head, byte[] body) {

        static final Whole NONE = new Whole(0, "", new byte[0]);

        String header(String name) {
            int at = head.indexOf("\n" + name + ": ");
            return at < 0
                    ? ""
                    : head.substring(at + name.length() + 3, head.indexOf('\n', at + 1))
                            .strip();
        }

        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    private final int port;
    private @Nullable Raw raw;

    KeptConnection(int port) {
        this.port = port;
    }

    /** The answer; asked again over another connection when the one that was kept turns out to have ended. */
    Whole ask(byte[] request, boolean bodiless) throws IOException {
        boolean kept = raw != null;
        Whole answer = once(request, bodiless);
        return answer.status() == 0 && kept ? once(request, bodiless) : answer;
    }

    private Whole once(byte[] request, boolean bodiless) throws IOException {
        Raw used = raw;
        if (used == null) {
            used = new Raw(port, "127.0.0.1");
            raw = used;
        }
        try {
            used.send(request);
        } catch (IOException e) {
            // Refused before all was sent; the answer may be there.
        }
        try {
            Whole answer = read(used.in(), bodiless);
            if (answer.header("connection").equals("close") || answer.status() == 0) {
                close();
            }
            return answer;
        } catch (IOException e) {
            close();
            return Whole.NONE;
        }
    }

    private static Whole read(InputStream in, boolean bodiless) throws IOException {
        StringBuilder head = new StringBuilder();
        int status = 0;
        while (status < 200) {
            head.setLength(0);
            for (String line = line(in); !line.isEmpty(); line = line(in)) {
                head.append(line).append('\n');
            }
            if (!head.toString().startsWith("http/1.1 ")) {
                return Whole.NONE;
            }
            status = Integer.parseInt(head.substring(9, 12));
        }
        Whole whole = new Whole(status, head.toString(), new byte[0]);
        if (bodiless || status == 204 || status == 304) {
            return whole;
        }
        byte[] body = whole.header("transfer-encoding").equals("chunked")
                ? chunks(in)
                : in.readNBytes(Integer.parseInt(whole.header("content-length")));
        return new Whole(status, head.toString(), body);
    }

    private static byte[] chunks(InputStream in) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        int size = Integer.parseInt(line(in), 16);
        while (size > 0) {
            body.write(in.readNBytes(size));
            line(in);
            size = Integer.parseInt(line(in), 16);
        }
        line(in);
        return body.toByteArray();
    }

    /** One line in lower case, without its end. */
    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0 || line.length() > LINE_AT_MOST) {
                throw new EOFException("the connection ended within a line");
            }
            if (b != '\r') {
                line.append((char) b);
            }
        }
        return line.toString().toLowerCase(Locale.ROOT);
    }

    @Override
    public void close() throws IOException {
        if (raw != null) {
            raw.close();
            raw = null;
        }
    }
}
