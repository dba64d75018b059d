package dev.windrose.front.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Makes values, texts and bytes wrong. */
final class FuzzMutations {

    private static final JsonNodeFactory MAKE = JsonNodeFactory.instance;

    /** What breaks readers elsewhere; half characters are written as escapes. */
    static final List<String> NASTY_TEXTS = List.of(
            "",
            " ",
            "null",
            "NaN",
            "Infinity",
            "-0",
            "1e400",
            "0x1p3",
            "١٢٣",
            "\u0000",
            "a\u0007b\u001b[31m",
            "\u202eback\u2066",
            "\uFEFFweb",
            "web\n",
            "WEB",
            "\u0130stanbul",
            "e\u0301".repeat(40),
            "😀".repeat(41),
            "x" + "😀".repeat(41),
            "\ud800",
            "a\udc00b",
            "../../../etc/passwd",
            "${jndi:ldap://127.0.0.1/a}",
            "'; DROP TABLE audit; --",
            "<script>alert(1)</script>",
            "%s%n%x",
            "a".repeat(64),
            "a".repeat(300),
            "a".repeat(70_000),
            "http://[::1",
            "http://user:secret@127.0.0.1:99999/",
            "region:",
            "fe80::1%eth0",
            "255.255.255.255/33",
            "@91:181",
            "+1000000000-12-31T23:59:60Z");

    private static final List<String> BROKEN_PIECES = List.of(
            ",",
            "NaN",
            "-Infinity",
            "1e999999999",
            "00001",
            "-",
            ".5",
            "9".repeat(1000),
            "/* */",
            "\uFEFF",
            "\"\\ud800\"",
            "\"\\u0000\"",
            "\"\\x\"",
            "\"",
            "{",
            "}",
            "]",
            "[".repeat(2000),
            "{\"a\":".repeat(50),
            "\t\u000b",
            "{}{}");

    private static final List<byte[]> BROKEN_BYTES = List.of(
            new byte[] {(byte) 0xff},
            new byte[] {(byte) 0xc0, (byte) 0x80},
            new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80},
            new byte[] {(byte) 0xf0, (byte) 0x9f},
            new byte[] {(byte) 0xfe, (byte) 0xff, 0, '{'},
            new byte[] {0, 0, 0});

    private final Random random;
    private final FuzzValues values;

    FuzzMutations(Random random, FuzzValues values) {
        this.random = random;
        this.values = values;
    }

    /** A place in a tree where another value may be put. */
    private record Slot(JsonNode parent, String name, int index) {

        JsonNode value() {
            return parent.isObject() ? parent.get(name) : parent.get(index);
        }

        void put(JsonNode value) {
            if (parent instanceof ObjectNode object) {
                object.set(name, value);
            } else {
                ((ArrayNode) parent).set(index, value);
            }
        }
    }

    private static void slots(JsonNode node, List<Slot> found) {
        node.properties().forEach(each -> {
            found.add(new Slot(node, each.getKey(), 0));
            slots(each.getValue(), found);
        });
        for (int i = 0; node.isArray() && i < node.size(); i++) {
            found.add(new Slot(node, "", i));
            slots(node.get(i), found);
        }
    }

    /** The same value with one thing wrong; the value itself may be changed. */
    JsonNode wrong(JsonNode value) {
        List<Slot> slots = new ArrayList<>();
        slots(value, slots);
        if (slots.isEmpty() || random.nextInt(20) == 0) {
            return nasty(value);
        }
        Slot slot = values.one(slots);
        switch (random.nextInt(6)) {
            case 0 -> {
                if (slot.parent() instanceof ObjectNode object) {
                    object.remove(slot.name());
                }
            }
            case 1 -> {
                if (slot.parent() instanceof ObjectNode object) {
                    object.set(values.one(NASTY_TEXTS), nasty(slot.value()));
                } else {
                    ((ArrayNode) slot.parent()).add(nasty(slot.value()));
                }
            }
            case 2 -> {
                if (slot.value() instanceof ArrayNode list && !list.isEmpty() && shortText(list.get(0))) {
                    JsonNode first = list.get(0);
                    for (int i = values.one(List.of(1, 70, 2000)); i > 0; i--) {
                        list.add(first.deepCopy());
                    }
                } else {
                    slot.put(nasty(slot.value()));
                }
            }
            default -> slot.put(nasty(slot.value()));
        }
        return value;
    }

    /** What is short enough to be written thousands of times. */
    private static boolean shortText(JsonNode value) {
        return value.toString().length() < 500;
    }

    private JsonNode nasty(JsonNode value) {
        return switch (random.nextInt(16)) {
            case 0 -> MAKE.nullNode();
            case 1 -> MAKE.booleanNode(random.nextBoolean());
            case 2 -> MAKE.numberNode(values.one(List.of(0, -1, 1, Integer.MIN_VALUE, Integer.MAX_VALUE)));
            case 3 ->
                MAKE.numberNode(
                        values.one(List.of(Double.MAX_VALUE, -Double.MAX_VALUE, Double.MIN_VALUE, -0.0, 0.1 + 0.2)));
            case 4 -> MAKE.numberNode(values.one(List.of(Long.MIN_VALUE, Long.MAX_VALUE)));
            case 5 -> MAKE.numberNode(BigInteger.TWO.pow(values.one(List.of(63, 64, 128, 600))));
            case 6 -> MAKE.numberNode(new BigDecimal(values.one(List.of("1e400", "1e-400", "1.0000000000000000001"))));
            case 7 -> MAKE.arrayNode();
            case 8 -> MAKE.objectNode();
            case 9 -> nested(values.one(List.of(3, 12, 17, 200)));
            case 10 -> MAKE.textNode(value.asText());
            case 11 -> MAKE.arrayNode().add(value.deepCopy());
            default -> MAKE.textNode(values.one(NASTY_TEXTS));
        };
    }

    private JsonNode nested(int depth) {
        JsonNode inner = MAKE.numberNode(1);
        boolean lists = random.nextBoolean();
        for (int i = 0; i < depth; i++) {
            inner = lists ? MAKE.arrayNode().add(inner) : MAKE.objectNode().set("a", inner);
        }
        return inner;
    }

    /** A text that is not what it was: cut, doubled in a name, with a piece in it that does not belong there, or empty. */
    byte[] broken(String text) {
        int at = random.nextInt(text.length() + 1);
        return switch (random.nextInt(7)) {
            case 0 -> bytes(text.substring(0, at));
            case 1 -> bytes(text.substring(0, at) + values.one(BROKEN_PIECES) + text.substring(at));
            case 2 -> bytes(text.replaceFirst("\"([a-z_]+)\":", "\"$1\":1,\"$1\":"));
            case 3 -> bytes(text + values.one(BROKEN_PIECES));
            case 4 -> new byte[0];
            default -> mixed(bytes(text), values.one(BROKEN_BYTES));
        };
    }

    private byte[] mixed(byte[] whole, byte[] piece) {
        int at = random.nextInt(whole.length + 1);
        byte[] mixed = new byte[whole.length + piece.length];
        System.arraycopy(whole, 0, mixed, 0, at);
        System.arraycopy(piece, 0, mixed, at, piece.length);
        System.arraycopy(whole, at, mixed, at + piece.length, whole.length - at);
        return mixed;
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
