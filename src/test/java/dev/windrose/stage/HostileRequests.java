package dev.windrose.stage;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.ToIntFunction;
import java.util.zip.GZIPOutputStream;

/** Requests that were made to do harm, and how a node may answer them. */
public final class HostileRequests {

    private static final String POST = "POST /api/v1/rules/create HTTP/1.1\r\nHost: localhost\r\n";
    private static final String JSON = POST + "Content-Type: application/json\r\n";
    private static final String HIDDEN = "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n";
    private static final long GIGABYTE = 1L << 30;
    private static final byte[] PART = new byte[64 * 1024];
    private static final byte[] CHUNK =
            ("10000\r\n" + "x".repeat(0x10000) + "\r\n").getBytes(StandardCharsets.US_ASCII);

    /**
     * One request.
     *
     * @param name what is wrong with it
     * @param statuses of which one has to be the answer's; 0 is a connection that ends without an answer
     */
    public record Hostile(String name, String bytes, Set<Integer> statuses) {

        public Hostile {
            statuses = Set.copyOf(statuses);
        }
    }

    /**
     * A body without end.
     *
     * @param part sent again and again until the connection ends, or a gigabyte is gone
     */
    private record Endless(String head, byte[] part) {}

    /** What came of a body without end. */
    public record Ended(int status, long bytesSent, long answeredAfterMs) {}

    public static List<Hostile> all() {
        List<Hostile> all = new ArrayList<>();
        bodies(all);
        framing(all);
        heads(all);
        return all;
    }

    private static Hostile of(String name, String bytes, Integer... statuses) {
        return new Hostile(name, bytes, Set.of(statuses));
    }

    private static String body(String text) {
        return "Content-Length: " + text.length() + "\r\n\r\n" + text;
    }

    private static void bodies(List<Hostile> all) {
        all.add(of("100,000 open arrays", JSON + body("[".repeat(100_000)), 422));
        all.add(of("100,000 open objects", JSON + body("{\"a\":".repeat(100_000)), 422));
        all.add(of("a number of a million digits", JSON + body("{\"weights\":" + "9".repeat(1_000_000) + "}"), 422));
        all.add(of("an exponent of a thousand digits", JSON + body("{\"weights\":1e" + "9".repeat(1_000) + "}"), 422));
        all.add(of("a name of 100,000 letters", JSON + body("{\"" + "n".repeat(100_000) + "\":1}"), 422));
        all.add(of("a bomb of 100 MB", JSON + "Content-Encoding: gzip\r\n" + body(bomb()), 415, 422));
        all.add(of("another media type", POST + "Content-Type: text/xml\r\n" + body("<a/>"), 415));
    }

    /** In each of them one side may see a request where the other sees a body. */
    private static void framing(List<Hostile> all) {
        all.add(of("two lengths", JSON + "Content-Length: 5\r\nContent-Length: 6\r\n\r\n{}   " + HIDDEN, 400));
        all.add(of("a length beyond 64 bits", JSON + "Content-Length: 99999999999999999999\r\n\r\n{}" + HIDDEN, 400));
        all.add(of("a length below zero", JSON + "Content-Length: -1\r\n\r\n{}" + HIDDEN, 400));
        all.add(of(
                "a length and chunks",
                JSON + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n" + HIDDEN,
                400));
        all.add(of(
                "chunks and a length",
                JSON + "Transfer-Encoding: chunked\r\nContent-Length: " + HIDDEN.length() + "\r\n\r\n0\r\n\r\n"
                        + HIDDEN,
                400));
        all.add(of(
                "a chunk without a size",
                JSON + "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n" + HIDDEN,
                400));
        all.add(of(
                "a chunk of 8 exabytes",
                JSON + "Transfer-Encoding: chunked\r\n\r\n7fffffffffffffff\r\n{}" + HIDDEN,
                400,
                413));
        all.add(of(
                "chunks that are compressed",
                JSON + "Transfer-Encoding: gzip, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n" + HIDDEN,
                400,
                415,
                422));
        all.add(of("a name with a space", "GET / HTTP/1.1\r\nHost : x\r\n\r\n" + HIDDEN, 400));
        all.add(of("two hosts", "GET / HTTP/1.1\r\nHost: localhost\r\nHost: y\r\n\r\n" + HIDDEN, 400));
    }

    private static void heads(List<Hostile> all) {
        all.add(of(
                "a header of 100 kB",
                "GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: " + "a".repeat(100_000) + "\r\n\r\n",
                400,
                431));
        all.add(of(
                "10,000 headers",
                "GET / HTTP/1.1\r\nHost: localhost\r\n" + "X-A: b\r\n".repeat(10_000) + "\r\n",
                400,
                431));
        all.add(of(
                "an address of 100 kB",
                "GET /" + "a".repeat(100_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n",
                400,
                414));
        all.add(of("no host", "GET / HTTP/1.1\r\n\r\n", 400));
        all.add(of("another protocol", "GET / HTTP/9.9\r\nHost: localhost\r\n\r\n", 400));
        all.add(of("zeros", "\0".repeat(64) + "\r\n\r\n", 400));
        all.add(of("a method of 5 kB", "A".repeat(5000) + " / HTTP/1.1\r\n\r\n", 400, 405, 414, 431));
        all.add(of("an escape of zero", "GET /%00%ff%2e%2e/x HTTP/1.1\r\nHost: localhost\r\n\r\n", 400, 404));
        all.add(of("an escape that is none", "GET /api/v1/rules?%zz HTTP/1.1\r\nHost: localhost\r\n\r\n", 400));
    }

    private static String bomb() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream zip = new GZIPOutputStream(bytes)) {
            for (int i = 0; i < 1000; i++) {
                zip.write(new byte[100_000]);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toString(StandardCharsets.ISO_8859_1);
    }

    /** Status of the answer; 0 when the connection ended without one. */
    public static int answered(int port, Hostile request) throws IOException {
        return sent(port, request, Raw::status);
    }

    /** How many answers came until the connection ended: more than one, and what was hidden in a body was taken for a request. */
    public static int answers(int port, Hostile request) throws IOException {
        return sent(port, request, raw -> (int)
                raw.rest().lines().filter(line -> line.contains("HTTP/1.1 ")).count());
    }

    private static int sent(int port, Hostile request, ToIntFunction<Raw> read) throws IOException {
        try (Raw raw = new Raw(port, "127.0.0.1")) {
            try {
                raw.send(request.bytes());
            } catch (IOException e) {
                // Refused before all was sent.
            }
            return read.applyAsInt(raw);
        }
    }

    /** Requests of which every one has something hidden behind it. */
    public static List<Hostile> hiding() {
        return all().stream()
                .filter(hostile -> hostile.bytes().endsWith(HIDDEN))
                .toList();
    }

    /** A gigabyte, with its length told before and in chunks. */
    public static List<Ended> gigabytes(int port) throws IOException, InterruptedException {
        return List.of(
                ended(port, new Endless(JSON + "Content-Length: " + GIGABYTE + "\r\n\r\n", PART)),
                ended(port, new Endless(JSON + "Transfer-Encoding: chunked\r\n\r\n", CHUNK)));
    }

    private static Ended ended(int port, Endless body) throws IOException, InterruptedException {
        long began = System.nanoTime();
        long[] seen = new long[2];
        long sent = 0;
        try (Raw raw = new Raw(port, "127.0.0.1")) {
            raw.send(body.head());
            Thread reader = new Thread(() -> {
                seen[0] = raw.status();
                seen[1] = (System.nanoTime() - began) / 1_000_000;
            });
            reader.start();
            try {
                while (sent < GIGABYTE) {
                    raw.send(body.part());
                    sent += body.part().length;
                }
            } catch (IOException e) {
                // The node has hung up.
            }
            reader.join();
        }
        return new Ended((int) seen[0], sent, seen[1]);
    }

    private HostileRequests() {}
}
