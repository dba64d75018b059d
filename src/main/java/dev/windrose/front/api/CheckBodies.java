package dev.windrose.front.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.windrose.decide.definition.CheckText;
import dev.windrose.decide.definition.Fields;
import dev.windrose.decide.definition.RequestText;
import dev.windrose.front.web.Body;
import dev.windrose.front.web.Json;
import dev.windrose.front.web.Problem;
import dev.windrose.model.HealthCheck;
import dev.windrose.model.Monitor;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Converts health checks and monitors between JSON and their texts. */
final class CheckBodies {

    private static final int TEXT_AT_MOST = 1024;
    private static final String HEADERS = "headers";
    private static final String STATUSES = "good_statuses";

    /** Without spaces. */
    private static final Set<String> WORDS = Set.of("subject", "type", "path", "method");

    /** As {@link #WORDS}, but an empty one is significant: a monitor inherits what it does not set. */
    private static final Set<String> RESETTABLE = Set.of("host", "sni", "address", "check_address", "ca");

    /** Alternative names of keys, and those that answers show. */
    private static final Map<String, String> ALSO = Map.of("check_port", "port", "check_address", "address");

    private static final Set<String> FLAGS = Set.of("fresh_connection", "each_address");

    private final HealthCheck defaults;
    private final Set<String> check;
    private final Set<String> monitor;

    CheckBodies(HealthCheck defaults) {
        this.defaults = defaults;
        this.check = new HashSet<>(CheckText.values(defaults).keySet());
        check.addAll(ALSO.keySet());
        this.monitor = new HashSet<>(check);
        monitor.addAll(Set.of("path", "body_contains", "must_be_healthy"));
    }

    /** The valid keys of a rule's check. */
    Set<String> ofCheck() {
        return check;
    }

    /** The valid keys of a monitor. */
    Set<String> ofMonitor() {
        return monitor;
    }

    /** The text of a rule's check. */
    String check(Body given) {
        return refusing(() -> CheckText.differences(CheckText.over(defaults, text(given, check), "/", null), defaults));
    }

    /** The text of a monitor as written, because it is relative to the rule's own check, which may change later. */
    String monitor(Body given) {
        Set<String> plain = new HashSet<>(check);
        plain.add("path");
        StringJoiner text = new StringJoiner(" ");
        text.add("must_be_healthy=" + given.flag("must_be_healthy", false));
        if (given.has("body_contains")) {
            text.add("body_contains="
                    + URLEncoder.encode(given.text("body_contains", TEXT_AT_MOST), StandardCharsets.UTF_8));
        }
        String settings = text(given, plain);
        if (!settings.isEmpty()) {
            text.add(settings);
        }
        return refusing(() -> {
            CheckText.monitor(defaults, text.toString());
            return text.toString();
        });
    }

    private static String text(Body given, Set<String> keys) {
        StringJoiner text = new StringJoiner(" ");
        for (String key : new TreeSet<>(keys)) {
            String value = value(given, key);
            if (value != null) {
                text.add(key + "=" + value);
            }
        }
        return text.toString();
    }

    private static @Nullable String value(Body given, String key) {
        if (!given.has(key)) {
            return null;
        }
        if (key.equals(HEADERS)) {
            return RequestText.encoded(given.lines(key, HealthCheck.Request.HEADERS_AT_MOST, TEXT_AT_MOST));
        }
        if (key.equals(STATUSES)) {
            return given.listed(key, TEXT_AT_MOST);
        }
        if (FLAGS.contains(key)) {
            return Boolean.toString(given.flag(key, false));
        }
        if (RESETTABLE.contains(key)) {
            String word = given.word(key, TEXT_AT_MOST);
            return word == null ? "" : word;
        }
        return WORDS.contains(key) ? given.word(key, TEXT_AT_MOST) : given.scalar(key);
    }

    /** A monitor as written, without what it inherits from the rule's own check. */
    static ObjectNode given(String text) {
        ObjectNode json = Json.object();
        Fields.entries(text).forEach((key, value) -> {
            if (key.equals("must_be_healthy") || FLAGS.contains(key)) {
                json.put(key, Boolean.parseBoolean(value));
            } else if (key.equals(HEADERS)) {
                ObjectNode headers = json.putObject(key);
                RequestText.decoded(value).forEach(headers::put);
            } else {
                json.put(key, key.equals("body_contains") ? URLDecoder.decode(value, StandardCharsets.UTF_8) : value);
            }
        });
        // Of two names for the same key, which PUT accepts, this one counts.
        ALSO.forEach((other, name) -> json.remove(json.has(other) ? name : other));
        spell(Fields.MONITOR, json);
        return json;
    }

    /**
     * Renames keys with two names to the one that answers show.
     *
     * @throws Problem when both are present
     */
    static void spell(String field, JsonNode check) {
        if (check instanceof ObjectNode object) {
            ALSO.forEach((other, name) -> {
                if (object.has(other) && object.has(name)) {
                    throw Problem.invalid(field + ": " + name + " and " + other
                            + " (expected: only one of them, because they mean the same)");
                }
                if (object.has(other)) {
                    object.set(name, object.remove(other));
                }
            });
        }
    }

    /** Changes the case of a patch's headers to that in the check, because case is insignificant. */
    static void spellHeaders(JsonNode patch, JsonNode now) {
        if (patch.path(HEADERS) instanceof ObjectNode headers) {
            now.path(HEADERS).fieldNames().forEachRemaining(name -> {
                List<String> alike = new ArrayList<>();
                headers.fieldNames().forEachRemaining(alike::add);
                alike.removeIf(each -> !each.equalsIgnoreCase(name));
                // Duplicates are refused, as everywhere.
                if (alike.size() == 1) {
                    headers.set(name, headers.remove(alike.get(0)));
                }
            });
        }
    }

    /** A check as answers show it. */
    static void show(ObjectNode json, HealthCheck check) {
        Map<String, String> values = CheckText.values(check);
        HealthCheck.Request request = check.question().request();
        values.remove(HEADERS);
        FLAGS.forEach(values::remove);
        Json.put(json, values);
        ObjectNode headers = json.putObject(HEADERS);
        request.headers().forEach(headers::put);
        json.put("fresh_connection", request.freshConnection());
        json.put("each_address", request.eachAddress());
    }

    static void show(ObjectNode json, Monitor monitor) {
        show(json, monitor.check());
        json.put("path", monitor.check().question().path());
        String body = monitor.check().question().bodyContains();
        if (body != null) {
            json.put("body_contains", body);
        }
        json.put("must_be_healthy", monitor.mustBeHealthy());
    }

    static String refusing(Supplier<String> text) {
        try {
            return text.get();
        } catch (IllegalArgumentException e) {
            throw Problem.invalid(String.valueOf(e.getMessage()));
        }
    }
}
