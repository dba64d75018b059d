package dev.windrose.live.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.windrose.decide.audit.AuditEntry;
import dev.windrose.decide.audit.AuditEvent;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/** Converts entries to lines of JSON and back. */
public final class AuditJson {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** One line, without its line end. */
    public static String line(AuditEntry entry) {
        AuditEvent event = entry.event();
        ObjectNode json = JSON.createObjectNode();
        json.put("chain", entry.chain()).put("sequence", entry.sequence());
        json.put("at", Instant.ofEpochMilli(event.epochMs()).toString()).put("at_ms", event.epochMs());
        json.put("who", event.who()).put("from", event.from()).put("request_id", event.requestId());
        json.put("method", event.method()).put("path", event.path()).put("status", event.status());
        json.put("target", event.target());
        put(json.putObject("before"), event.before());
        put(json.putObject("after"), event.after());
        json.put("reason", event.reason()).put("count", event.count());
        json.put("previous", entry.previous()).put("hash", entry.hash());
        try {
            return JSON.writeValueAsString(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree can always be written", e);
        }
    }

    private static void put(ObjectNode json, Map<String, String> fields) {
        new TreeMap<>(fields).forEach(json::put);
    }

    /**
     * Parses a line that is, character for character, what {@link #line} writes: nothing added, repeated, missing or
     * written differently.
     *
     * @throws IllegalArgumentException when it is not
     */
    public static AuditEntry exactly(String line) {
        AuditEntry entry = entry(line);
        if (!line(entry).equals(line)) {
            throw new IllegalArgumentException("chain " + entry.chain() + ", entry " + entry.sequence()
                    + ": the line was altered: it differs from the entry's canonical form");
        }
        return entry;
    }

    /** @throws IllegalArgumentException when the line lacks something that {@link #line} writes */
    public static AuditEntry entry(String line) {
        try {
            JsonNode json = JSON.readTree(line);
            if (json == null) {
                throw new IllegalArgumentException("line: empty (expected: one audit entry)");
            }
            return new AuditEntry(
                    text(json, "chain"),
                    number(json, "sequence"),
                    new AuditEvent(
                            number(json, "at_ms"),
                            text(json, "who"),
                            text(json, "from"),
                            text(json, "request_id"),
                            text(json, "method"),
                            text(json, "path"),
                            (int) number(json, "status"),
                            text(json, "target"),
                            fields(json, "before"),
                            fields(json, "after"),
                            text(json, "reason"),
                            number(json, "count")),
                    text(json, "previous"),
                    text(json, "hash"));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("line: not JSON (expected: one audit entry)", e);
        }
    }

    private static String text(JsonNode json, String field) {
        JsonNode value = json.path(field);
        if (!value.isTextual()) {
            throw wrong(field);
        }
        return value.textValue();
    }

    private static long number(JsonNode json, String field) {
        JsonNode value = json.path(field);
        if (!value.canConvertToLong() || !value.isIntegralNumber()) {
            throw wrong(field);
        }
        return value.longValue();
    }

    private static Map<String, String> fields(JsonNode json, String field) {
        Map<String, String> fields = new TreeMap<>();
        if (!json.path(field).isObject()) {
            throw wrong(field);
        }
        json.path(field).properties().forEach(entry -> {
            if (!entry.getValue().isTextual()) {
                throw wrong(field);
            }
            fields.put(entry.getKey(), entry.getValue().textValue());
        });
        return fields;
    }

    private static IllegalArgumentException wrong(String field) {
        return new IllegalArgumentException(
                "line: '" + field + "' missing or of the wrong type (expected: one audit entry)");
    }

    private AuditJson() {}
}
