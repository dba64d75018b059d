package dev.windrose.boot;

import dev.windrose.live.geo.GeoSettings;
import java.nio.file.Path;
import java.time.Duration;

/** Reads {@code windrose.geo}. */
final class GeoPart {

    static GeoSettings read(SettingsReader reader) {
        String file = reader.text("networks-file");
        return new GeoSettings(
                file.isEmpty() ? null : Path.of(file),
                reader.time("reload-every", Duration.ofSeconds(1), Duration.ofDays(1)));
    }

    private GeoPart() {}
}
