package dev.windrose.decide.definition;

import dev.windrose.model.HealthCheck;
import dev.windrose.model.Monitor;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Differences of a check from the defaults, as the text of {@link Fields#HEALTH_CHECK} and of {@link Fields#MONITOR}.
 *
 * <p>The keys are those of {@link #values}; a monitor also has {@code path}, {@code body_contains} and {@code
 * must_be_healthy}. Ranges are those of {@link HealthCheck}.
 */
public final class CheckText {

    static final double MAX_LATENCY_MS = 600_000;

    /**
     * The defaults with the differences applied.
     *
     * @param path the rule's {@code health_check_path}
     * @param bodyContains text that the answer must contain, or null when the body is not checked
     * @throws IllegalArgumentException when a key is unknown, or a value not of its kind or out of its range
     */
    public static HealthCheck over(
            HealthCheck defaults, String differences, String path, @Nullable String bodyContains) {
        MapText keys = new MapText(Fields.HEALTH_CHECK, differences);
        HealthCheck check = read(keys, defaults, path, bodyContains);
        keys.end();
        return check;
    }

    /**
     * A monitor: the rule's own check with the differences applied.
     *
     * @throws IllegalArgumentException as {@link #over}
     */
    public static Monitor monitor(HealthCheck own, String differences) {
        MapText keys = new MapText("monitors", differences);
        String body = keys.text("body_contains", "");
        Monitor monitor = new Monitor(
                read(
                        keys,
                        own,
                        keys.text("path", own.question().path()),
                        body.isEmpty() ? null : URLDecoder.decode(body, StandardCharsets.UTF_8)),
                keys.flag("must_be_healthy", false));
        keys.end();
        return monitor;
    }

    private static HealthCheck read(MapText keys, HealthCheck from, String path, @Nullable String bodyContains) {
        HealthCheck.Question asked = from.question();
        HealthCheck.Turns turns = from.turns();
        HealthCheck.Levels levels = from.levels();
        int statusFrom = keys.whole("status_from", asked.statusFrom(), 100, 599);
        boolean range = keys.has("status_from") || keys.has("status_to");
        double healthyMs = keys.number("healthy_latency_ms", levels.healthyLatencyMs(), 1, MAX_LATENCY_MS);
        double healthyRate = keys.number("healthy_success_rate", levels.healthySuccessRate(), 0, 1);
        Duration interval = keys.millis("interval_ms", from.interval(), 100, 600_000);
        Duration timeout = keys.millis("timeout_ms", from.timeout(), 50, 60_000);
        if (timeout.compareTo(interval) > 0) {
            throw new IllegalArgumentException("health_check.timeout_ms: " + timeout.toMillis()
                    + " (expected: at most interval_ms, " + interval.toMillis() + ")");
        }
        return new HealthCheck(
                new HealthCheck.Question(
                        keys.choice("type", HealthCheck.Type.class, asked.type()),
                        path,
                        // The alternative name is accepted, and shown as this one.
                        keys.whole("check_port", keys.whole("port", asked.port(), 0, 65_535), 0, 65_535),
                        keys.text("subject", asked.subject()),
                        statusFrom,
                        keys.whole("status_to", asked.statusTo(), statusFrom, 599),
                        bodyContains,
                        keys.whole("certificate_days", asked.certificateDays(), 0, 365),
                        RequestText.read(keys, asked.request(), range)),
                interval,
                timeout,
                new HealthCheck.Turns(
                        keys.whole("rise", turns.rise(), 1, 100),
                        keys.whole("settle", turns.settle(), 1, 100),
                        keys.whole("fall", turns.fall(), 1, 100),
                        keys.millis("damping_half_life_ms", turns.dampingHalfLife(), 0, 3_600_000)),
                new HealthCheck.Levels(
                        healthyMs,
                        keys.number("degraded_latency_ms", levels.degradedLatencyMs(), healthyMs, MAX_LATENCY_MS),
                        healthyRate,
                        keys.number("degraded_success_rate", levels.degradedSuccessRate(), 0, healthyRate)));
    }

    /** The differences of a check from the defaults, except path and body. */
    public static String differences(HealthCheck check, HealthCheck defaults) {
        Map<String, String> own = values(check);
        own.entrySet().removeAll(values(defaults).entrySet());
        return Fields.map(own);
    }

    /** The differences of a monitor from the rule's own check. */
    public static String differences(Monitor monitor, HealthCheck own) {
        Map<String, String> values = values(monitor.check());
        values.entrySet().removeAll(values(own).entrySet());
        HealthCheck.Question asked = monitor.check().question();
        String body = asked.bodyContains();
        if (!asked.path().equals(own.question().path())) {
            values.put("path", asked.path());
        }
        if (body != null) {
            values.put("body_contains", URLEncoder.encode(body, StandardCharsets.UTF_8));
        }
        if (monitor.mustBeHealthy()) {
            values.put("must_be_healthy", "true");
        }
        return Fields.map(values);
    }

    /** Every key that a rule's check may have, with its value; numbers and words as text. */
    public static Map<String, String> values(HealthCheck check) {
        Map<String, String> values = new LinkedHashMap<>();
        HealthCheck.Question asked = check.question();
        values.put("type", asked.type().wireName());
        values.put("port", Integer.toString(asked.port()));
        values.put("subject", asked.subject());
        values.put("interval_ms", Long.toString(check.interval().toMillis()));
        values.put("timeout_ms", Long.toString(check.timeout().toMillis()));
        values.put("rise", Integer.toString(check.turns().rise()));
        values.put("settle", Integer.toString(check.turns().settle()));
        values.put("fall", Integer.toString(check.turns().fall()));
        values.put(
                "damping_half_life_ms",
                Long.toString(check.turns().dampingHalfLife().toMillis()));
        values.put("healthy_latency_ms", Double.toString(check.levels().healthyLatencyMs()));
        values.put("degraded_latency_ms", Double.toString(check.levels().degradedLatencyMs()));
        values.put("healthy_success_rate", Double.toString(check.levels().healthySuccessRate()));
        values.put("degraded_success_rate", Double.toString(check.levels().degradedSuccessRate()));
        values.put("status_from", Integer.toString(asked.statusFrom()));
        values.put("status_to", Integer.toString(asked.statusTo()));
        values.put("certificate_days", Integer.toString(asked.certificateDays()));
        values.putAll(RequestText.values(asked.request()));
        return values;
    }

    private CheckText() {}
}
