package dev.windrose.model;

import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How a target is checked and how readings are judged.
 *
 * @param type what is spoken to the target
 * @param path the path asked for by HTTP checks, with a leading slash; unused by TCP checks
 * @param interval between two checks of one target, 100 ms to 10 min
 * @param timeout after which a check has failed, 50 ms to 60 s and at most the interval
 * @param rise good readings in a row that bring a target back, 1 to 100
 * @param fall bad readings in a row that take a target out, 1 to 100
 * @param healthyLatencyMs a success faster than this is a healthy reading
 * @param degradedLatencyMs a success faster than this is a degraded reading, a slower one is unhealthy
 * @param healthySuccessRate a success rate above this is healthy, 0 to 1
 * @param degradedSuccessRate a success rate above this is degraded, one at or below it is unhealthy, 0 to 1
 * @param statusFrom lowest HTTP status that counts as success
 * @param statusTo highest HTTP status that counts as success
 * @param bodyContains text that the first 64 KiB of the answer must contain, or null when the body is not looked at
 */
public record HealthCheck(
        Type type,
        String path,
        Duration interval,
        Duration timeout,
        int rise,
        int fall,
        double healthyLatencyMs,
        double degradedLatencyMs,
        double healthySuccessRate,
        double degradedSuccessRate,
        int statusFrom,
        int statusTo,
        @Nullable String bodyContains) {

    public enum Type {
        HTTP,
        TCP;

        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
