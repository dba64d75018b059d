package dev.windrose.live.geo;

import dev.windrose.decide.geo.Prefix;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Writes databases in the MaxMind format, version 2.0, as its specification has it; on demand also wrong ones. Values are maps
 * with texts as keys, lists, texts, Double, Float, Integer (16 or 32 bits without a sign), Long (64), BigInteger (128), Boolean,
 * byte arrays, and {@link Raw}. What was written before is pointed to.
 */
public final class MmdbWriter {

    /** Bytes that stand for a value as they are. */
    public record Raw(byte[] bytes) {

        /** From numbers of 0 to 255. */
        public static Raw of(int... bytes) {
            byte[] raw = new byte[bytes.length];
            for (int i = 0; i < raw.length; i++) {
                raw[i] = (byte) bytes[i];
            }
            return new Raw(raw);
        }
    }

    /** A number that stands in a record of the tree as it is. */
    public record Record(long value) {}

    static final byte[] MARKER = "\u00AB\u00CD\u00EFMaxMind.com".getBytes(StandardCharsets.ISO_8859_1);

    /** A node: what it says of each bit is another node, data by their offset, a {@link Record}, or null for nothing. */
    private static final class Node {
        final @Nullable Object[] next = new Object[2];
        int number = -1;
    }

    private final boolean ipv6;
    private final int recordBits;
    private final Node root = new Node();
    private final ByteArrayOutputStream data = new ByteArrayOutputStream();
    private final Map<Object, Integer> written = new HashMap<>();
    private final Map<String, @Nullable Object> metadata = new LinkedHashMap<>();

    /** A database of which nothing is known. */
    public MmdbWriter(int ipVersion, int recordBits) {
        this.ipv6 = ipVersion == 6;
        this.recordBits = recordBits;
        metadata.put("binary_format_major_version", 2);
        metadata.put("binary_format_minor_version", 0);
        metadata.put("build_epoch", 1_700_000_000L);
        metadata.put("database_type", "Windrose-Test");
        metadata.put("description", Map.of("en", "made by a test"));
        metadata.put("ip_version", ipVersion);
        metadata.put("languages", List.of("en"));
        metadata.put("record_size", recordBits);
    }

    /** A record of a country, as the makers of such databases write it. */
    public static Map<String, Object> country(String code) {
        return Map.of("country", Map.of("iso_code", code, "names", Map.of("en", "the country " + code)));
    }

    /** A record of a city. */
    public static Map<String, Object> city(String code, double latitude, double longitude) {
        return Map.of(
                "city", Map.of("geoname_id", 70_000, "names", Map.of("en", "a city", "de", "eine Stadt")),
                "country", Map.of("iso_code", code, "is_in_european_union", true),
                "location", Map.of("latitude", latitude, "longitude", longitude, "accuracy_radius", 100),
                "subdivisions", List.of(Map.of("iso_code", "X")));
    }

    /** Says what is known of a block; of what is said later the smaller blocks count, and of the same block the last. */
    public MmdbWriter put(String block, Object value) {
        Integer offset = value instanceof Record ? null : written.get(value);
        if (offset == null && !(value instanceof Record)) {
            offset = data.size();
            write(value, data, written);
        }
        Prefix prefix = Prefix.parse(block);
        boolean ipv4 = prefix.high() == 0 && prefix.low() >>> 32 == 0xFFFF;
        hang(
                prefix.high(),
                ipv4 ? prefix.low() & 0xFFFF_FFFFL : prefix.low(),
                ipv6 ? 0 : 96,
                prefix.length(),
                offset == null ? value : offset);
        return this;
    }

    /** Makes a block of IPv6 another name of IPv4, as makers do with 2002::/16. */
    public MmdbWriter alias(String block) {
        Object ipv4 = root;
        for (int i = 0; i < 96 && ipv4 instanceof Node node; i++) {
            ipv4 = node.next[0];
        }
        Prefix prefix = Prefix.parse(block);
        hang(prefix.high(), prefix.low(), 0, prefix.length(), ipv4);
        return this;
    }

    private void hang(long high, long low, int from, int length, @Nullable Object what) {
        Node node = root;
        for (int depth = from; depth < length - 1; depth++) {
            int bit = bit(high, low, depth);
            Object next = node.next[bit];
            if (!(next instanceof Node)) {
                Node more = new Node();
                more.next[0] = next;
                more.next[1] = next;
                node.next[bit] = more;
                next = more;
            }
            node = (Node) next;
        }
        if (length == from) {
            node.next[0] = what;
            node.next[1] = what;
        } else {
            node.next[bit(high, low, length - 1)] = what;
        }
    }

    private static int bit(long high, long low, int depth) {
        return (int) ((depth < 64 ? high >>> (63 - depth) : low >>> (127 - depth)) & 1);
    }

    /** Says something else in the metadata; null leaves the key out. */
    public MmdbWriter metadata(String key, @Nullable Object value) {
        metadata.put(key, value);
        return this;
    }

    /** Adds bytes to the data that nothing leads to; gives where among the data they begin. */
    public int add(byte[] bytes) {
        int offset = data.size();
        data.writeBytes(bytes);
        return offset;
    }

    /** The whole database. */
    public byte[] bytes() {
        List<Node> nodes = new ArrayList<>();
        number(root, nodes);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (Node node : nodes) {
            node(record(node.next[0], nodes.size()), record(node.next[1], nodes.size()), out);
        }
        out.writeBytes(new byte[16]);
        out.writeBytes(data.toByteArray());
        out.writeBytes(MARKER);
        Map<String, Object> said = new LinkedHashMap<>();
        if (!metadata.containsKey("node_count")) {
            metadata.put("node_count", nodes.size());
        }
        metadata.forEach((key, value) -> {
            if (value != null) {
                said.put(key, value);
            }
        });
        ByteArrayOutputStream end = new ByteArrayOutputStream();
        write(said, end, new HashMap<>());
        out.writeBytes(end.toByteArray());
        return out.toByteArray();
    }

    private static void number(Node node, List<Node> nodes) {
        if (node.number < 0) {
            node.number = nodes.size();
            nodes.add(node);
            for (Object next : node.next) {
                if (next instanceof Node more) {
                    number(more, nodes);
                }
            }
        }
    }

    private static long record(@Nullable Object next, int nodes) {
        return next instanceof Node node
                ? node.number
                : next instanceof Record record
                        ? record.value()
                        : next instanceof Integer offset ? nodes + 16L + offset : nodes;
    }

    private void node(long left, long right, ByteArrayOutputStream out) {
        switch (recordBits) {
            case 24 -> {
                number(left, 3, out);
                number(right, 3, out);
            }
            case 28 -> {
                number(left, 3, out);
                out.write((int) (left >>> 24 << 4 | right >>> 24));
                number(right, 3, out);
            }
            default -> {
                number(left, 4, out);
                number(right, 4, out);
            }
        }
    }

    private static void number(long number, int bytes, ByteArrayOutputStream out) {
        for (int i = bytes - 1; i >= 0; i--) {
            out.write((int) (number >>> (8 * i)));
        }
    }

    private static void write(Object value, ByteArrayOutputStream out, Map<Object, Integer> written) {
        Integer before = written.get(value);
        if (before != null) {
            pointer(before, out);
            return;
        }
        if (value instanceof String || value instanceof Map || value instanceof List) {
            written.put(value, out.size());
        }
        if (value instanceof Map<?, ?> map) {
            head(7, map.size(), out);
            // In order, so that the same database has the same bytes in every run.
            new TreeMap<Object, Object>(map).forEach((key, of) -> {
                write(key, out, written);
                write(of, out, written);
            });
        } else if (value instanceof List<?> list) {
            head(11, list.size(), out);
            list.forEach(of -> write(of, out, written));
        } else if (value instanceof Raw raw) {
            out.writeBytes(raw.bytes());
        } else {
            flat(value, out);
        }
    }

    private static void flat(Object value, ByteArrayOutputStream out) {
        if (value instanceof String text) {
            sized(2, text.getBytes(StandardCharsets.UTF_8), out);
        } else if (value instanceof Double number) {
            sized(3, ByteBuffer.allocate(8).putDouble(number).array(), out);
        } else if (value instanceof Float number) {
            sized(15, ByteBuffer.allocate(4).putFloat(number).array(), out);
        } else if (value instanceof byte[] bytes) {
            sized(4, bytes, out);
        } else if (value instanceof Integer number) {
            sized(number < 0 ? 8 : number < 1 << 16 ? 5 : 6, unsigned(BigInteger.valueOf(number & 0xFFFF_FFFFL)), out);
        } else if (value instanceof Long number) {
            sized(9, unsigned(BigInteger.valueOf(number)), out);
        } else if (value instanceof BigInteger number) {
            sized(10, unsigned(number), out);
        } else if (value instanceof Boolean flag) {
            head(14, flag ? 1 : 0, out);
        } else {
            throw new IllegalArgumentException("value: " + value + " (expected: one of the format)");
        }
    }

    /** Without leading zeros. */
    private static byte[] unsigned(BigInteger number) {
        byte[] bytes = number.toByteArray();
        int zeros = bytes[0] == 0 ? 1 : 0;
        return Arrays.copyOfRange(bytes, zeros, bytes.length);
    }

    private static void sized(int type, byte[] bytes, ByteArrayOutputStream out) {
        head(type, bytes.length, out);
        out.writeBytes(bytes);
    }

    /** The head of a value: its type, and its size in bytes or entries. */
    static void head(int type, int size, ByteArrayOutputStream out) {
        int small = size < 29 ? size : size < 285 ? 29 : size < 65_821 ? 30 : 31;
        out.write((type > 7 ? 0 : type << 5) | small);
        if (type > 7) {
            out.write(type - 7);
        }
        if (small >= 29) {
            number(size - (small == 29 ? 29 : small == 30 ? 285 : 65_821), small - 28, out);
        }
    }

    private static void pointer(int offset, ByteArrayOutputStream out) {
        if (offset < 2048) {
            out.write(1 << 5 | offset >>> 8);
            number(offset, 1, out);
        } else if (offset < 526_336) {
            int rest = offset - 2048;
            out.write(1 << 5 | 1 << 3 | rest >>> 16);
            number(rest, 2, out);
        } else if (offset < 526_336 + (1 << 27)) {
            int rest = offset - 526_336;
            out.write(1 << 5 | 2 << 3 | rest >>> 24);
            number(rest, 3, out);
        } else {
            out.write(1 << 5 | 3 << 3);
            number(offset, 4, out);
        }
    }
}
