package dev.windrose.live.geo;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPOutputStream;

/** Files that are no sound database, one of each kind, and what has to be said of each. */
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

    private static final MmdbWriter.Raw ITSELF = MmdbWriter.Raw.of(0x20, 0);

    private final List<Wrong> all = new ArrayList<>();

    static List<Wrong> all() {
        WrongDatabases wrong = new WrongDatabases();
        wrong.noDatabases();
        wrong.metadata();
        wrong.trees();
        wrong.structures();
        wrong.types();
        wrong.places();
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
            add(key + " a list", good().metadata(key, List.of(1)).bytes(), key + ": no");
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
                    "node_count: not known (expected: ");
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
        add("description deep", good().metadata("description", deep(40_000)).bytes(), "lies deeper than");
        add("description in a circle", good().metadata("description", ITSELF).bytes(), "lies deeper than");
        add("languages a text", good().metadata("languages", "en").bytes(), "metadata: ");
        add("description a list", good().metadata("description", List.of("en")).bytes(), "metadata: ");
        add("description wide", good().metadata("description", wide(3000)).bytes(), "more than 2000 values");
        byte[] good = good().bytes();
        byte[] text = good.clone();
        text[lastMarker(good) + MmdbWriter.MARKER.length] = 0x44;
        add("metadata a text", text, "is no map");
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
        add("every way leads on", ladder(120), "search tree: more than 67108864 nodes on its ways");
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

    private void structures() {
        record("points to itself", ITSELF, "is no map");
        record("a pointer in a circle", Map.of("country", MmdbWriter.Raw.of(0x20, 0)), "lies deeper than 16");
        recordWithPointer("a pointer to a pointer", "is a pointer that a pointer leads to");
        record("points outside", Map.of("country", MmdbWriter.Raw.of(0x27, 0xFF)), "points outside its section");
        record(
                "points far outside",
                Map.of("country", MmdbWriter.Raw.of(0x38, 0xFF, 0xFF, 0xFF, 0xFF)),
                "points outside its section");
        record(
                "points with idle bits",
                Map.of("other", MmdbWriter.Raw.of(0x3F, 0, 0, 0, 0)),
                "bits that have no meaning");
        record("maps 100,000 deep", Map.of("country", deep(100_000)), "lies deeper than 16");
        record("other maps 100,000 deep", Map.of("other", deep(100_000)), "lies deeper than 16");
        record("lists 20 deep", Map.of("other", lists(20)), "lies deeper than 16");
        record("a list of 100,000", Map.of("other", Collections.nCopies(100_000, 1)), "more than 2000 values");
        record("a map of 5,000", Map.of("other", wide(5000)), "more than 2000 values");
        record("a text of 100,000", Map.of("other", "x".repeat(100_000)), "more than 2000 values");
        record("a key of 100,000", Map.of("x".repeat(100_000), 1), "more than 2000 values");
        add("a record: a billion laughs", laughs(), "more than 2000 values");
        record(
                "a text of 16 million that is not there",
                Map.of("area", MmdbWriter.Raw.of(0x5F, 0xFF, 0xFF, 0xFF)),
                "has the type 2 and the size");
        record(
                "bytes of 16 million that are not there",
                Map.of("other", MmdbWriter.Raw.of(0x9F, 0xFF, 0xFF, 0xFF)),
                "has the type 4 and the size");
        record(
                "a map of 16 million that are not there",
                Map.of("country", MmdbWriter.Raw.of(0xFF, 0xFF, 0xFF, 0xFF)),
                "the value at byte");
        record(
                "a list of 16 million that are not there",
                Map.of("other", MmdbWriter.Raw.of(0x1F, 4, 0xFF, 0xFF, 0xFF)),
                "the value at byte");
        record("a record of 16 million entries", MmdbWriter.Raw.of(0xFF, 0xFF, 0xFF, 0xFF), "the value at byte");
        record("ends in its head", MmdbWriter.Raw.of(0xFF), "the value at byte");
    }

    private void types() {
        record("a text", "DE", "is no map");
        record("a list", List.of(MmdbWriter.country("DE")), "is no map");
        record("a number", 1, "is no map");
        record(
                "a key that is a number",
                MmdbWriter.Raw.of(0xE1, 0xA1, 1, 0xA1, 1),
                "is no text, and a key has to be one");
        record("an unknown type", Map.of("other", MmdbWriter.Raw.of(1, 200)), "has the type 207");
        record("a type too low", Map.of("other", MmdbWriter.Raw.of(1, 0)), "has the type 7");
        record("a container", Map.of("other", MmdbWriter.Raw.of(1, 5)), "has the type 12");
        record("an end marker", Map.of("other", MmdbWriter.Raw.of(0, 6)), "has the type 13");
        record(
                "a double of 4 bytes",
                Map.of("other", MmdbWriter.Raw.of(0x64, 0, 0, 0, 0)),
                "has the type 3 and the size 4");
        record(
                "a float of 8 bytes",
                Map.of("other", MmdbWriter.Raw.of(8, 8, 0, 0, 0, 0, 0, 0, 0, 0)),
                "has the type 15 and the size 8");
        record("a flag of 2", Map.of("other", MmdbWriter.Raw.of(2, 7)), "has the type 14 and the size 2");
        record(
                "a short number of 3 bytes",
                Map.of("other", MmdbWriter.Raw.of(0xA3, 0, 0, 0)),
                "has the type 5 and the size 3");
        record(
                "a number of 17 bytes",
                Map.of("other", MmdbWriter.Raw.of(17, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)),
                "has the type 10 and the size 17");
    }

    private void places() {
        record("a code that is no text", country(7), "record of 10.0.0.0: ");
        record("a code that is a map", country(Map.of("a", "b")), "record of 10.0.0.0: ");
        record("a code that is no UTF-8", country(MmdbWriter.Raw.of(0x42, 0xC3, 0x28)), "record of 10.0.0.0: ");
        record("a country that is a text", Map.of("country", "Germany"), "record of 10.0.0.0: ");
        record("a country that is a list", Map.of("country", List.of("DE")), "record of 10.0.0.0: ");
        record("a location that is a number", Map.of("location", 5), "record of 10.0.0.0: ");
        record("a latitude that is a text", location("52.5", 13.4), "record of 10.0.0.0: ");
        record(
                "a latitude that is none",
                location(Double.NaN, 13.4),
                "record of 10.0.0.0: latitude: NaN (expected: -90 to 90)");
        record("a latitude beyond the pole", location(90.1, 13.4), "latitude: 90.1 (expected: -90 to 90)");
        record(
                "a longitude beyond all",
                location(52.5, Double.NEGATIVE_INFINITY),
                "longitude: -Infinity (expected: -180 to 180)");
        record("a longitude of many bits", location(52.5, BigInteger.ONE.shiftLeft(127)), "longitude: 1.7");
        record(
                "an area of two words",
                Map.of("area", "two words"),
                "record of 10.0.0.0: area: 'two words' (expected: ");
        record("an area too long", Map.of("area", "x".repeat(64)), "record of 10.0.0.0: area: 'xxx");
        add(
                "a database of something else",
                new MmdbWriter(4, 24)
                        .put("10.0.0.0/8", Map.of("autonomous_system_number", 64_500))
                        .bytes(),
                "none of its records says a place");
        add(
                "a database of nothing",
                new MmdbWriter(6, 32).put("10.0.0.0/8", Map.of()).bytes(),
                "none of its records says a place");
    }

    private void record(String kind, Object record, String why) {
        add("a record: " + kind, new MmdbWriter(4, 24).put("10.0.0.0/8", record).bytes(), why);
    }

    private void recordWithPointer(String kind, String why) {
        MmdbWriter writer = new MmdbWriter(4, 24);
        int pointer = writer.add(new byte[] {0x20, 0});
        add(
                "a record: " + kind,
                writer.put("10.0.0.0/8", Map.of("country", MmdbWriter.Raw.of(0x20, pointer)))
                        .bytes(),
                why);
    }

    private static Map<String, Object> country(Object code) {
        return Map.of("country", Map.of("iso_code", code));
    }

    private static Map<String, Object> location(Object latitude, Object longitude) {
        return Map.of("location", Map.of("latitude", latitude, "longitude", longitude));
    }

    /** Maps inside each other. */
    private static MmdbWriter.Raw deep(int depth) {
        byte[] bytes = new byte[3 * depth + 1];
        for (int i = 0; i < depth; i++) {
            bytes[3 * i] = (byte) 0xE1;
            bytes[3 * i + 1] = 0x41;
            bytes[3 * i + 2] = 'a';
        }
        bytes[3 * depth] = (byte) 0xE0;
        return new MmdbWriter.Raw(bytes);
    }

    private static Object lists(int depth) {
        return depth == 0 ? 1 : List.of(lists(depth - 1));
    }

    private static Map<String, Object> wide(int entries) {
        Map<String, Object> wide = new LinkedHashMap<>();
        for (int i = 0; i < entries; i++) {
            wide.put("key" + i, "v");
        }
        return wide;
    }

    /** Seven lists of ten pointers each to the one before: ten millions in a few hundred bytes. */
    private static byte[] laughs() {
        MmdbWriter writer = new MmdbWriter(4, 24);
        int before = writer.add(new byte[] {0x42, 'h', 'a'});
        for (int i = 0; i < 7; i++) {
            ByteArrayOutputStream list = new ByteArrayOutputStream();
            MmdbWriter.head(11, 10, list);
            for (int j = 0; j < 10; j++) {
                list.write(0x20);
                list.write(before);
            }
            before = writer.add(list.toByteArray());
        }
        return writer.put("10.0.0.0/8", Map.of("other", MmdbWriter.Raw.of(0x20, before)))
                .bytes();
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
