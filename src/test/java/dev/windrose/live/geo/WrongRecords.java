package dev.windrose.live.geo;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Databases with a record that is wrong, one of each kind, and what has to be said of each. */
final class WrongRecords {

    /** A pointer to the first of all data. */
    static final MmdbWriter.Raw ITSELF = MmdbWriter.Raw.of(0x20, 0);

    private final List<WrongDatabases.Wrong> all = new ArrayList<>();

    static List<WrongDatabases.Wrong> all() {
        WrongRecords wrong = new WrongRecords();
        wrong.structures();
        wrong.types();
        wrong.places();
        return wrong.all;
    }

    private void add(String kind, byte[] bytes, String why) {
        all.add(new WrongDatabases.Wrong(kind, bytes, why));
    }

    private void structures() {
        record("points to itself", ITSELF, "is not a map");
        record("a pointer in a circle", Map.of("country", MmdbWriter.Raw.of(0x20, 0)), "is nested deeper than 16");
        recordWithPointer("a pointer to a pointer", "is a pointer to a pointer");
        record("points outside", Map.of("country", MmdbWriter.Raw.of(0x27, 0xFF)), "points outside its section");
        record(
                "points far outside",
                Map.of("country", MmdbWriter.Raw.of(0x38, 0xFF, 0xFF, 0xFF, 0xFF)),
                "points outside its section");
        record("points with idle bits", Map.of("other", MmdbWriter.Raw.of(0x3F, 0, 0, 0, 0)), "undefined bits");
        record("maps 100,000 deep", Map.of("country", deep(100_000)), "is nested deeper than 16");
        record("other maps 100,000 deep", Map.of("other", deep(100_000)), "is nested deeper than 16");
        record("lists 20 deep", Map.of("other", lists(20)), "is nested deeper than 16");
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
        record("a text", "DE", "is not a map");
        record("a list", List.of(MmdbWriter.country("DE")), "is not a map");
        record("a number", 1, "is not a map");
        record(
                "a key that is a number",
                MmdbWriter.Raw.of(0xE1, 0xA1, 1, 0xA1, 1),
                "is not a string, and a key must be one");
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
                "none of its records has a place");
        add(
                "a database of nothing",
                new MmdbWriter(6, 32).put("10.0.0.0/8", Map.of()).bytes(),
                "none of its records has a place");
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
    static MmdbWriter.Raw deep(int depth) {
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

    static Map<String, Object> wide(int entries) {
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
}
