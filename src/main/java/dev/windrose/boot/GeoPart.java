package dev.windrose.boot;

import dev.windrose.live.geo.GeoSettings;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Reads {@code windrose.geo}. */
final class GeoPart {

    static GeoSettings read(SettingsReader reader) {
        return new GeoSettings(
                file(reader, "networks-file"),
                file(reader, "database-file"),
                reader.time("reload-every", Duration.ofSeconds(1), Duration.ofDays(1)));
    }

    /** The file that a setting names, or null when it names none. */
    static @Nullable Path file(SettingsReader reader, String key) {
        String file = reader.text(key);
        return file.isEmpty() ? null : Path.of(file);
    }

    private GeoPart() {}
}
