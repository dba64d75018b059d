package dev.windrose.boot.settings;

import dev.windrose.live.geo.GeoSettings;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The settings under {@code windrose.geo}. */
public final class GeoSection {

    public static final Section<GeoSettings> GEO = new Section<>("geo", "windrose.geo", GeoSection::read);

    private static GeoSettings read(SettingsReader reader) {
        return new GeoSettings(
                file(reader, "networks-file"),
                file(reader, "database-file"),
                reader.time("reload-every", Duration.ofSeconds(1), Duration.ofDays(1)));
    }

    /** The file named by a setting, or null when it is empty. */
    static @Nullable Path file(SettingsReader reader, String key) {
        String file = reader.text(key);
        return file.isEmpty() ? null : Path.of(file);
    }

    private GeoSection() {}
}
