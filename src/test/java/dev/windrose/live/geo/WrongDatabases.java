package dev.windrose.live.geo;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;

/** Files that are no sound database, one of each kind, and what has to be said of each. {@link WrongRecords} has more. */
final class WrongDatabases {

    /**
     * A file.
     *
     * @param why part of the complaint about it
     */
    record Wrong(String kind, byte[] bytes, String why) {

        @Override
        public String toString() {
            return kind;
        }
    }

    private final List<Wrong> all = new ArrayList<>();

    static List<Wrong> all() {
        WrongDatabases wrong = new WrongDatabases();
        wrong.noDatabases();
        wrong.metadata();
        wrong.trees();
        wrong.all.addAll(WrongRecords.all());
        return wrong.all;
    }

    static MmdbWriter good() {
        return new MmdbWriter(6, 28)
                .put("10.0.0.0/8", MmdbWriter.country("DE"))
                .put("2001:db8::/32", MmdbWriter.city("FR", 48.85, 2.35));
    }

    private void add(String kind, byte[] bytes, String why) {
        all.add(new Wrong(kind, bytes, why));
    }

    private void noDatabases() {
        add("empty", new byte[0], "it has no metadata");
        add("one byte", new byte[1], "it has no metadata");
        add("text", "10.0.0.0/8,europe\n".repeat(100).getBytes(StandardCharsets.UTF_8), "it has no metadata");
        add("gzip", gzip(good().bytes()), "it is compressed");
        byte[] noise = new byte[100_000];
        new Random(1).nextBytes(noise);
        add("noise", noise, "it has no metadata");
        add("zeros", new byte[1 << 20], "it has no metadata");
        add("marker alone", MmdbWriter.MARKER, "reaches beyond its section");
        add("marker before noise", joined(MmdbWriter.MARKER, Arrays.copyOf(noise, 500)), "the value at byte");
        byte[] good = good().bytes();
        int metadata = lastMarker(good);
        add("metadata alone", Arrays.copyOfRange(good, metadata, good.length), "node_count: ");
        add("metadata too far from the end", joined(good, new byte[200_000]), "it has no metadata");
        add("beginning cut off", Arrays.copyOfRange(good, 100, good.length), "node_count: ");
        add(
                "tree cut off",
                joined(Arrays.copyOf(good, 50), Arrays.copyOfRange(good, metadata, good.length)),
                "node_count");
    }

    private void metadata() {
        for (String key : List.of(
                "binary_format_major_version",
                "binary_format_minor_version",
                "build_epoch",
                "database_type",
                "ip_version",
                "node_count",
                "record_size")) {
            add(key + " missing", good().metadata(key, null).bytes(), key + ": missing");
            add(key + " a list", good().metadata(key, List.of(1)).bytes(), key + ": not a");
        }
        add("node_count 0", good().metadata("node_count", 0).bytes(), "node_count: 0 (expected: 1 to ");
        int nodes = nodes(good());
        for (int count : new int[] {1, nodes - 1, nodes + 1, 1000, 1 << 24, Integer.MAX_VALUE}) {
            add(
                    "node_count " + count,
                    good().metadata("node_count", count).bytes(),
                    "node_count: " + count + " (expected: ");
        }
        for (Object count : List.of(-1, 1L << 32, Long.MAX_VALUE, BigInteger.ONE.shiftLeft(100))) {
            add(
                    "node_count " + count,
                    good().metadata("node_count", count).bytes(),
                    "node_count: not a number in range (expected: ");
        }
        for (int size : new int[] {0, 1, 8, 16, 26, 30, 48, 65_535}) {
            add("record_size " + size, good().metadata("record_size", size).bytes(), "record_size: " + size);
        }
        for (int size : new int[] {24, 32}) {
            add(
                    "record_size " + size + " of 28",
                    good().metadata("record_size", size).bytes(),
                    "node_count: ");
        }
        for (int version : new int[] {0, 5, 64}) {
            add("ip_version " + version, good().metadata("ip_version", version).bytes(), "ip_version: " + version);
        }
        add("version 3", good().metadata("binary_format_major_version", 3).bytes(), "binary_format_major_version: 3");
        add(
                "description deep",
                good().metadata("description", WrongRecords.deep(40_000)).bytes(),
                "is nested deeper than");
        add(
                "description in a circle",
                good().metadata("description", WrongRecords.ITSELF).bytes(),
                "is nested deeper than");
        add("languages a text", good().metadata("languages", "en").bytes(), "metadata: ");
        add("description a list", good().metadata("description", List.of("en")).bytes(), "metadata: ");
        add(
                "description wide",
                good().metadata("description", WrongRecords.wide(3000)).bytes(),
                "more than 2000 values");
        byte[] good = good().bytes();
        byte[] text = good.clone();
        text[lastMarker(good) + MmdbWriter.MARKER.length] = 0x44;
        add("metadata a text", text, "is not a map");
        byte[] huge = good.clone();
        huge[lastMarker(good) + MmdbWriter.MARKER.length] = (byte) 0xFF;
        add("metadata with millions of entries", huge, "the value at byte");
    }

    private void trees() {
        add(
                "leads beyond the data",
                good().put("11.0.0.0/8", new MmdbWriter.Record(100_000)).bytes(),
                "search tree: leads to 100000");
        add(
                "leads beyond the file",
                good().put("11.0.0.0/8", new MmdbWriter.Record(0xFFF_FFFF)).bytes(),
                "search tree: leads to 268435455");
        MmdbWriter separator = good();
        int nodes = nodes(separator);
        add(
                "leads between tree and data",
                good().put("10.0.0.0/8", new MmdbWriter.Record(nodes + 15)).bytes(),
                "search tree: leads to");
        add(
                "leads back to its root",
                good().put("2a00::/16", new MmdbWriter.Record(0)).bytes(),
                "search tree: does not end at ");
        add(
                "leads to itself",
                new MmdbWriter(4, 24).put("0.0.0.0/1", new MmdbWriter.Record(0)).bytes(),
                "search tree: does not end at 0.0.0.0");
        add(
                "IPv4 leads back",
                good().put("10.0.0.0/8", new MmdbWriter.Record(96)).bytes(),
                "search tree: does not end at ");
        add("every way leads on", ladder(120), "search tree: more than 67108864 nodes on its paths");
    }

    /** A tree in which both ways of each node lead to the next: as many ways as there are addresses. */
    private static byte[] ladder(int steps) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 1; i <= steps; i++) {
            // The first of the addresses is IPv4's, which would end it here; so it begins beside.
            for (int bit = 0; bit < 2; bit++) {
                int next = i == 1 && bit == 0 ? steps : i;
                out.write(next >>> 16);
                out.write(next >>> 8);
                out.write(next);
            }
        }
        byte[] good = new MmdbWriter(6, 24)
                .metadata("node_count", steps)
                .put("10.0.0.0/8", MmdbWriter.country("DE"))
                .bytes();
        int data = 0;
        while (!isSeparator(good, data)) {
            data += 6;
        }
        out.writeBytes(Arrays.copyOfRange(good, data, good.length));
        return out.toByteArray();
    }

    private static boolean isSeparator(byte[] bytes, int at) {
        for (int i = at; i < at + 16; i++) {
            if (bytes[i] != 0) {
                return false;
            }
        }
        return true;
    }

    private static int nodes(MmdbWriter writer) {
        byte[] bytes = writer.bytes();
        int at = 0;
        while (!isSeparator(bytes, at)) {
            at += 7;
        }
        return at / 7;
    }

    static int lastMarker(byte[] bytes) {
        for (int at = bytes.length - MmdbWriter.MARKER.length; at >= 0; at--) {
            if (Arrays.equals(
                    bytes, at, at + MmdbWriter.MARKER.length, MmdbWriter.MARKER, 0, MmdbWriter.MARKER.length)) {
                return at;
            }
        }
        throw new IllegalArgumentException("no marker");
    }

    private static byte[] joined(byte[] first, byte[] second) {
        byte[] joined = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, joined, first.length, second.length);
        return joined;
    }

    private static byte[] gzip(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }
}
