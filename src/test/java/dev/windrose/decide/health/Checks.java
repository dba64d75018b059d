package dev.windrose.decide.health;

import dev.windrose.model.HealthCheck;
import java.time.Duration;
import java.util.Random;

/** Checks for tests. */
public final class Checks {

    public static final HealthCheck HTTP = http(2, 3);

    /** The defaults of a node: a check every 30 s, answered within 5 s. */
    public static final HealthCheck DEFAULTS = http(Duration.ofSeconds(30), Duration.ofSeconds(5), 2, 3);

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

    /** A check that a rule may have. */
    public static HealthCheck random(Random random) {
        int timeoutMs = 50 + random.nextInt(1000);
        double healthyMs = 1 + random.nextInt(500);
        double healthyRate = random.nextDouble();
        return new HealthCheck(
                random.nextBoolean() ? HealthCheck.Type.HTTP : HealthCheck.Type.TCP,
                "/health" + random.nextInt(10),
                Duration.ofMillis(timeoutMs + 100 + random.nextInt(1000)),
                Duration.ofMillis(timeoutMs),
                1 + random.nextInt(100),
                1 + random.nextInt(100),
                healthyMs,
                healthyMs + random.nextInt(500),
                healthyRate,
                healthyRate * random.nextDouble(),
                200,
                200 + random.nextInt(400),
                random.nextBoolean() ? null : "ok");
    }

    private Checks() {}
}
