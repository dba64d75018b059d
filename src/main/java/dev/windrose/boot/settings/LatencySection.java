package dev.windrose.boot.settings;

import dev.windrose.live.geo.LatencySettings;
import java.time.Duration;

/** The settings under {@code windrose.geo.latency}. */
public final class LatencySection {

    public static final Section<LatencySettings> LATENCY =
            new Section<>("latency", "windrose.geo.latency", LatencySection::read);

    private static LatencySettings read(SettingsReader reader) {
        return new LatencySettings(
                reader.number("places", 100, 1_000_000),
                reader.time("half-life", Duration.ofMinutes(1), Duration.ofDays(30)),
                reader.time("bonus", Duration.ZERO, Duration.ofSeconds(1)),
                reader.number("queue", 64, 1 << 20),
                reader.time("view-every", Duration.ofMillis(100), Duration.ofHours(1)),
                reader.time("observe-every", Duration.ofSeconds(1), Duration.ofHours(1)),
                reader.time("save-every", Duration.ofSeconds(1), Duration.ofDays(1)),
                reader.number("share-places", 0, 2000),
                reader.time("share-every", Duration.ofSeconds(1), Duration.ofHours(1)),
                reader.number("beacon-samples", 0, 200));
    }

    private LatencySection() {}
}
