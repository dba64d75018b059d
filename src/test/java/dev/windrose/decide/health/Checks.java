package dev.windrose.decide.health;

import dev.windrose.model.HealthCheck;
import java.time.Duration;

/** Checks for tests. */
public final class Checks {

    public static final HealthCheck HTTP = http(2, 3);

    public static HealthCheck http(int rise, int fall) {
        return http(Duration.ofSeconds(1), Duration.ofMillis(500), rise, fall);
    }

    public static HealthCheck http(Duration interval, Duration timeout, int rise, int fall) {
        return new HealthCheck(
                HealthCheck.Type.HTTP, "/health", interval, timeout, rise, fall, 100, 200, 0.99, 0.95, 200, 399, null);
    }

    public static HealthCheck tcp(Duration timeout) {
        return new HealthCheck(
                HealthCheck.Type.TCP, "/", Duration.ofSeconds(1), timeout, 2, 3, 100, 200, 0.99, 0.95, 200, 399, null);
    }

    public static HealthCheck expecting(String body, int statusFrom, int statusTo) {
        return new HealthCheck(
                HealthCheck.Type.HTTP,
                "/health",
                Duration.ofSeconds(5),
                Duration.ofSeconds(2),
                2,
                3,
                1000,
                2000,
                0.99,
                0.95,
                statusFrom,
                statusTo,
                body.isEmpty() ? null : body);
    }

    private Checks() {}
}
