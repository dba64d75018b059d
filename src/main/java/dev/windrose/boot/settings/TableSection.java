package dev.windrose.boot.settings;

import dev.windrose.live.table.TableSettings;
import dev.windrose.model.LatencyPolicy;
import java.time.Duration;

/** The settings under {@code windrose.table}. */
public final class TableSection {

    public static final Section<TableSettings> TABLE = new Section<>("table", "windrose.table", TableSection::read);

    private static TableSettings read(SettingsReader reader) {
        return new TableSettings(
                reader.number("ttl-seconds", 1, 3600),
                reader.time("swap-every", Duration.ofMillis(10), Duration.ofSeconds(10)),
                reader.time("save-every", Duration.ofMillis(100), Duration.ofMinutes(10)),
                reader.time("save-counters-every", Duration.ofSeconds(1), Duration.ofHours(1)),
                reader.time("remember-health", Duration.ZERO, Duration.ofHours(1)),
                reader.time("share-counters-every", Duration.ofSeconds(1), Duration.ofMinutes(10)),
                reader.fraction("explore", 0, LatencyPolicy.MAX_EXPLORE));
    }

    private TableSection() {}
}
