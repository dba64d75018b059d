package dev.windrose.decide.health;

import dev.windrose.model.HealthCheck;
import java.time.Duration;
import java.util.Random;

/** Checks for tests. */
public final class Checks {

    private static final HealthCheck.Levels USUAL = new HealthCheck.Levels(100, 200, 0.99, 0.95);

    public static final HealthCheck HTTP = http(2, 3);

    /** The defaults of a node: a check every 30 s, answered within 5 s. */
    public static final HealthCheck DEFAULTS = http(Duration.ofSeconds(30), Duration.ofSeconds(5), 2, 3);

    public static HealthCheck http(int rise, int fall) {
        return http(Duration.ofSeconds(1), Duration.ofMillis(500), rise, fall);
    }

    public static HealthCheck http(Duration interval, Duration timeout, int rise, int fall) {
        return new HealthCheck(
                question(HealthCheck.Type.HTTP),
                interval,
                timeout,
                new HealthCheck.Turns(rise, 2, fall, Duration.ofSeconds(20)),
                USUAL);
    }

    /** The same check, which damps nothing and forgets after {@code settle} good readings. */
    static HealthCheck undamped(int rise, int settle, int fall) {
        HealthCheck check = http(rise, fall);
        return new HealthCheck(
                check.question(),
                check.interval(),
                check.timeout(),
                new HealthCheck.Turns(rise, settle, fall, Duration.ZERO),
                check.levels());
    }

    private static HealthCheck.Question question(HealthCheck.Type type) {
        return new HealthCheck.Question(type, "/health", 0, "", 200, 399, null, 14);
    }

    /** A patient check of that type. */
    public static HealthCheck of(HealthCheck.Type type, Duration timeout) {
        return new HealthCheck(
                question(type),
                timeout.compareTo(Duration.ofSeconds(1)) > 0 ? timeout : Duration.ofSeconds(1),
                timeout,
                new HealthCheck.Turns(2, 2, 3, Duration.ofSeconds(20)),
                new HealthCheck.Levels(10_000, 20_000, 0.99, 0.95));
    }

    public static HealthCheck expecting(String path, String body, int statusFrom, int statusTo) {
        return new HealthCheck(
                new HealthCheck.Question(
                        HealthCheck.Type.HTTP, path, 0, "", statusFrom, statusTo, body.isEmpty() ? null : body, 14),
                Duration.ofSeconds(20),
                Duration.ofSeconds(15),
                new HealthCheck.Turns(2, 2, 3, Duration.ofSeconds(20)),
                new HealthCheck.Levels(10_000, 15_000, 0.99, 0.95));
    }

    /** A check that a rule may have. */
    public static HealthCheck random(Random random) {
        int timeoutMs = 50 + random.nextInt(1000);
        double healthyMs = 1 + random.nextInt(500);
        double healthyRate = random.nextDouble();
        return new HealthCheck(
                new HealthCheck.Question(
                        HealthCheck.Type.values()[random.nextInt(HealthCheck.Type.values().length)],
                        "/health" + random.nextInt(10),
                        random.nextInt(65_536),
                        "shop.v" + random.nextInt(3),
                        200,
                        200 + random.nextInt(400),
                        random.nextBoolean() ? null : "all is = well",
                        random.nextInt(366)),
                Duration.ofMillis(timeoutMs + 100 + random.nextInt(1000)),
                Duration.ofMillis(timeoutMs),
                new HealthCheck.Turns(
                        1 + random.nextInt(100),
                        1 + random.nextInt(100),
                        1 + random.nextInt(100),
                        Duration.ofMillis(random.nextInt(3_600_000))),
                new HealthCheck.Levels(
                        healthyMs, healthyMs + random.nextInt(500), healthyRate, healthyRate * random.nextDouble()));
    }

    private Checks() {}
}
