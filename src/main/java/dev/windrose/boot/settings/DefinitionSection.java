package dev.windrose.boot.settings;

import dev.windrose.live.definition.DefinitionSettings;
import dev.windrose.live.journal.JournalSettings;
import java.nio.file.Path;
import java.time.Duration;

/** The settings under {@code windrose.rule}. */
public final class DefinitionSection {

    public static final Section<DefinitionSettings> RULE =
            new Section<>("rule", "windrose.rule", DefinitionSection::read);

    public static final Section<JournalSettings> JOURNAL =
            new Section<>("rule", "windrose.rule.journal", DefinitionSection::readJournal);

    private static DefinitionSettings read(SettingsReader reader) {
        return new DefinitionSettings(
                reader.time("edit-timeout", Duration.ofMillis(100), Duration.ofSeconds(30)),
                reader.time("retry-after", Duration.ofSeconds(1), Duration.ofMinutes(5)),
                reader.number("snapshot-every", 1, 10_000),
                reader.time("wake-timeout", Duration.ofSeconds(1), Duration.ofMinutes(5)),
                reader.time("digest-every", Duration.ofSeconds(1), Duration.ofHours(1)),
                reader.time("different-for", Duration.ofSeconds(1), Duration.ofHours(1)));
    }

    private static JournalSettings readJournal(SettingsReader reader) {
        String url = reader.text("url");
        if (url.isEmpty()) {
            url = embedded(reader.of(NodeSettings.NODE).dataDir());
        } else if (url.startsWith("jdbc:h2:")) {
            throw reader.wrong(
                    "url", "empty, with its file in the data directory as journal.mv.db, from which it is migrated");
        } else if (!url.startsWith("jdbc:postgresql:") && !url.startsWith(JournalSettings.SQLITE + "/")) {
            throw reader.wrong("url", "jdbc:postgresql://HOST/NAME, jdbc:sqlite:/PATH/journal.db or empty");
        }
        return new JournalSettings(
                url,
                reader.text("user"),
                reader.text("password"),
                reader.number("connections", 2, 100),
                reader.time("connect-timeout", Duration.ofMillis(250), Duration.ofSeconds(30)),
                reader.time("tail-every", Duration.ofMillis(100), Duration.ofMinutes(1)),
                reader.time("gap-timeout", Duration.ofSeconds(1), Duration.ofMinutes(10)),
                reader.time("hold-pull", Duration.ofSeconds(1), Duration.ofMinutes(1)),
                reader.time("deliver-timeout", Duration.ofMillis(100), Duration.ofMinutes(1)),
                reader.number("deliver-tries", 1, 1000),
                reader.time("retry-parked-every", Duration.ofSeconds(1), Duration.ofHours(1)),
                reader.number("in-flight", 1, 1000),
                reader.text("native-dir"));
    }

    /** The address of the database in a data directory. */
    public static String embedded(Path dataDir) {
        return JournalSettings.SQLITE + dataDir.toAbsolutePath().normalize().resolve("journal.db");
    }

    private DefinitionSection() {}
}
