package dev.windrose.decide.rule;

import dev.windrose.model.HealthCheck;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a rule's own health check differs from the defaults, as the text of {@link Fields#HEALTH_CHECK}.
 *
 * <p>Keys: {@code type interval_ms timeout_ms rise fall healthy_latency_ms degraded_latency_ms healthy_success_rate
 * degraded_success_rate status_from status_to}.
 */
public final class CheckText {

    /**
     * The defaults with the differences applied.
     *
     * @param path the rule's {@code health_check_path}
     * @param bodyContains what the answer must contain, or null when the body is not looked at
     * @throws IllegalArgumentException when a key is unknown or a value is not of its kind
     */
    public static HealthCheck over(
            HealthCheck defaults, String differences, String path, @Nullable String bodyContains) {
        HealthCheck check = new HealthCheck(
                defaults.type(),
                path,
                defaults.interval(),
                defaults.timeout(),
                defaults.rise(),
                defaults.fall(),
                defaults.healthyLatencyMs(),
                defaults.degradedLatencyMs(),
                defaults.healthySuccessRate(),
                defaults.degradedSuccessRate(),
                defaults.statusFrom(),
                defaults.statusTo(),
                bodyContains);
        for (Map.Entry<String, String> difference : Fields.entries(differences).entrySet()) {
            check = with(check, difference.getKey(), difference.getValue());
        }
        return check;
    }

    /** What differs between a check and the defaults, path and body aside. */
    public static String differences(HealthCheck check, HealthCheck defaults) {
        Map<String, String> own = values(check);
        own.entrySet().removeAll(values(defaults).entrySet());
        return Fields.map(own);
    }

    private static Map<String, String> values(HealthCheck check) {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("type", check.type().wireName());
        values.put("interval_ms", Long.toString(check.interval().toMillis()));
        values.put("timeout_ms", Long.toString(check.timeout().toMillis()));
        values.put("rise", Integer.toString(check.rise()));
        values.put("fall", Integer.toString(check.fall()));
        values.put("healthy_latency_ms", Double.toString(check.healthyLatencyMs()));
        values.put("degraded_latency_ms", Double.toString(check.degradedLatencyMs()));
        values.put("healthy_success_rate", Double.toString(check.healthySuccessRate()));
        values.put("degraded_success_rate", Double.toString(check.degradedSuccessRate()));
        values.put("status_from", Integer.toString(check.statusFrom()));
        values.put("status_to", Integer.toString(check.statusTo()));
        return values;
    }

    private static HealthCheck with(HealthCheck c, String key, String text) {
        double number = key.equals("type") ? 0 : Fields.number("health_check." + key, text);
        Duration duration = Duration.ofMillis((long) number);
        int whole = (int) number;
        return switch (key) {
            case "type" -> copy(c, Fields.checkType(text), c.interval(), c.timeout(), c.rise(), c.fall());
            case "interval_ms" -> copy(c, c.type(), duration, c.timeout(), c.rise(), c.fall());
            case "timeout_ms" -> copy(c, c.type(), c.interval(), duration, c.rise(), c.fall());
            case "rise" -> copy(c, c.type(), c.interval(), c.timeout(), whole, c.fall());
            case "fall" -> copy(c, c.type(), c.interval(), c.timeout(), c.rise(), whole);
            case "healthy_latency_ms" ->
                judged(c, number, c.degradedLatencyMs(), c.healthySuccessRate(), c.degradedSuccessRate());
            case "degraded_latency_ms" ->
                judged(c, c.healthyLatencyMs(), number, c.healthySuccessRate(), c.degradedSuccessRate());
            case "healthy_success_rate" ->
                judged(c, c.healthyLatencyMs(), c.degradedLatencyMs(), number, c.degradedSuccessRate());
            case "degraded_success_rate" ->
                judged(c, c.healthyLatencyMs(), c.degradedLatencyMs(), c.healthySuccessRate(), number);
            case "status_from" -> expecting(c, whole, c.statusTo());
            case "status_to" -> expecting(c, c.statusFrom(), whole);
            default ->
                throw new IllegalArgumentException("health_check: unknown key '" + key + "' (expected: type,"
                        + " interval_ms, timeout_ms, rise, fall, healthy_latency_ms, degraded_latency_ms,"
                        + " healthy_success_rate, degraded_success_rate, status_from or status_to)");
        };
    }

    private static HealthCheck copy(
            HealthCheck c, HealthCheck.Type type, Duration interval, Duration timeout, int rise, int fall) {
        return new HealthCheck(
                type,
                c.path(),
                interval,
                timeout,
                rise,
                fall,
                c.healthyLatencyMs(),
                c.degradedLatencyMs(),
                c.healthySuccessRate(),
                c.degradedSuccessRate(),
                c.statusFrom(),
                c.statusTo(),
                c.bodyContains());
    }

    private static HealthCheck judged(
            HealthCheck c, double healthyMs, double degradedMs, double healthyRate, double degradedRate) {
        return new HealthCheck(
                c.type(),
                c.path(),
                c.interval(),
                c.timeout(),
                c.rise(),
                c.fall(),
                healthyMs,
                degradedMs,
                healthyRate,
                degradedRate,
                c.statusFrom(),
                c.statusTo(),
                c.bodyContains());
    }

    private static HealthCheck expecting(HealthCheck c, int from, int to) {
        return new HealthCheck(
                c.type(),
                c.path(),
                c.interval(),
                c.timeout(),
                c.rise(),
                c.fall(),
                c.healthyLatencyMs(),
                c.degradedLatencyMs(),
                c.healthySuccessRate(),
                c.degradedSuccessRate(),
                from,
                to,
                c.bodyContains());
    }

    private CheckText() {}
}
