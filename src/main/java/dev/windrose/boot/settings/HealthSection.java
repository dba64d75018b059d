package dev.windrose.boot.settings;

import dev.windrose.live.health.HealthSettings;
import dev.windrose.model.HealthCheck;
import java.time.Duration;

/** The settings under {@code windrose.health}. */
public final class HealthSection {

    public static final Section<HealthSettings> HEALTH =
            new Section<>("health", "windrose.health", HealthSection::read);

    private static final int LOWEST_SUCCESS = 200;
    private static final int HIGHEST_SUCCESS = 399;

    private static HealthSettings read(SettingsReader reader) {
        return new HealthSettings(
                check(reader.at("check")),
                reader.time("report-age", Duration.ofSeconds(1), Duration.ofHours(1)),
                reader.time("passive-window", Duration.ofSeconds(6), Duration.ofMinutes(10)),
                reader.time("observer-age", Duration.ofSeconds(2), Duration.ofMinutes(10)),
                reader.time("beat-every", Duration.ofMillis(500), Duration.ofMinutes(1)),
                reader.time("publish-every", Duration.ofMillis(10), Duration.ofSeconds(10)),
                reader.time("refresh-every", Duration.ofMillis(100), Duration.ofMinutes(1)),
                reader.flag("second-approver"),
                reader.number("targets", 1, 100_000),
                GeoSection.file(reader, "ca"),
                GeoSection.file(reader, "ca-dir"));
    }

    private static HealthCheck check(SettingsReader reader) {
        Duration interval = reader.time("interval", Duration.ofMillis(100), Duration.ofMinutes(10));
        Duration timeout = reader.time("timeout", Duration.ofMillis(50), Duration.ofMinutes(1));
        if (timeout.compareTo(interval) > 0) {
            throw reader.wrong("timeout", "at most interval, " + SettingsReader.said(interval));
        }
        double healthyMs = reader.fraction("healthy-latency-ms", 1, 600_000);
        double degradedMs = reader.fraction("degraded-latency-ms", 1, 600_000);
        if (degradedMs < healthyMs) {
            throw reader.wrong("degraded-latency-ms", "at least healthy-latency-ms, " + healthyMs);
        }
        double healthyRate = reader.fraction("healthy-success-rate", 0, 1);
        double degradedRate = reader.fraction("degraded-success-rate", 0, 1);
        if (degradedRate > healthyRate) {
            throw reader.wrong("degraded-success-rate", "at most healthy-success-rate, " + healthyRate);
        }
        return new HealthCheck(
                new HealthCheck.Question(
                        reader.choice("type", HealthCheck.Type.class),
                        "/health",
                        0,
                        "",
                        LOWEST_SUCCESS,
                        HIGHEST_SUCCESS,
                        null,
                        reader.number("certificate-days", 0, 365)),
                interval,
                timeout,
                new HealthCheck.Turns(
                        reader.number("rise", 1, 100),
                        reader.number("settle", 1, 100),
                        reader.number("fall", 1, 100),
                        reader.time("damping-half-life", Duration.ZERO, Duration.ofHours(1))),
                new HealthCheck.Levels(healthyMs, degradedMs, healthyRate, degradedRate));
    }

    private HealthSection() {}
}
