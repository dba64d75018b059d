package dev.windrose.front.web;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Parses and writes the API's JSON: strict, and bounded in depth, numbers and names. */
public final class Json {

    private static final int DEPTH = 16;
    private static final int NUMBER_LENGTH = 64;
    private static final int NAME_LENGTH = 256;
    private static final int TEXT_LENGTH = 65_536;
    private static final int SHOWN = 80;

    public static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(DEPTH)
                    .maxNumberLength(NUMBER_LENGTH)
                    .maxNameLength(NAME_LENGTH)
                    .maxStringLength(TEXT_LENGTH)
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private static final ObjectMapper MAPPER =
            new ObjectMapper(FACTORY).enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    public static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    /** JSON has no NaN: unknown values are null. */
    public static void number(ObjectNode json, String field, double value) {
        if (Double.isFinite(value)) {
            json.put(field, value);
        } else {
            json.putNull(field);
        }
    }

    public static byte[] bytes(JsonNode node) {
        try {
            return MAPPER.writeValueAsBytes(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree can always be written", e);
        }
    }

    /** The object in a body. */
    static ObjectNode read(byte[] body) {
        JsonNode node;
        try {
            node = MAPPER.readTree(body);
        } catch (JsonProcessingException e) {
            throw malformed(e);
        } catch (IOException e) {
            throw Problem.invalid("body: not readable (expected: a JSON object)");
        }
        if (!(node instanceof ObjectNode object)) {
            throw Problem.invalid(
                    "body: " + node.getNodeType().name().toLowerCase(Locale.ROOT) + " (expected: a JSON object)");
        }
        return object;
    }

    public static Problem malformed(JsonProcessingException e) {
        return Problem.invalid("body: " + shortened(e.getOriginalMessage().replaceAll("\\s+", " "))
                + (e.getLocation() == null
                        ? ""
                        : " at line " + e.getLocation().getLineNr() + ", column "
                                + e.getLocation().getColumnNr())
                + " (expected: valid JSON without duplicate names)");
    }

    public static String time(long epochMs) {
        return Instant.ofEpochMilli(epochMs).toString();
    }

    public static String shortened(String text) {
        return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "...";
    }

    public static String kebab(String constant) {
        return constant.toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * Whether a text is free of control characters and unpaired surrogates. JSON can express those, and UTF-8, so the
     * journal and the wire, cannot.
     */
    public static boolean isPlain(String text) {
        return text.codePoints()
                .noneMatch(c ->
                        Character.isISOControl(c) || (Character.MIN_SURROGATE <= c && c <= Character.MAX_SURROGATE));
    }

    /** Appends a text as a JSON string. */
    public static void quote(StringBuilder out, String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < 0x20) {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }

    private Json() {}

    /** Keys of settings that are words even if they look like numbers. */
    private static final Set<String> TEXTS = Set.of("subject", "host", "sni", "good_statuses", "address", "ca");

    /** Settings stored as texts: numbers as numbers, words as words. */
    public static void put(ObjectNode json, Map<String, String> settings) {
        settings.forEach((key, text) -> {
            if (TEXTS.contains(key) || !text.matches("-?[0-9]+(\\.[0-9]+)?(E-?[0-9]+)?")) {
                json.put(key, text);
            } else if (text.matches("-?[0-9]+")) {
                json.put(key, Long.parseLong(text));
            } else {
                json.put(key, Double.parseDouble(text));
            }
        });
    }
}
