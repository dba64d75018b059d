package dev.windrose.live.journal;

import dev.windrose.Postgres;
import dev.windrose.watch.DefinitionMeters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;
import javax.sql.DataSource;

/** Journals for tests. */
public final class Journals {

    private static final Path DIRECTORY = directory();

    /** An embedded one, gone when the test JVM ends. */
    public static JournalSettings fresh() {
        return made(JournalSettings.SQLITE + file(), Duration.ofSeconds(5), Duration.ofSeconds(10));
    }

    static JournalSettings fresh(Duration gapTimeout, Duration holdPull) {
        return made(JournalSettings.SQLITE + file(), gapTimeout, holdPull);
    }

    /** The tables of a fresh one. */
    public static DataSource tables() {
        Database database = Database.open(fresh(), new DefinitionMeters(new SimpleMeterRegistry()));
        database.migrate();
        return database.dataSource();
    }

    /** The embedded one of a data directory. */
    public static JournalSettings in(Path dataDir) {
        return at(JournalSettings.SQLITE + dataDir.resolve("journal.db"));
    }

    static JournalSettings at(String url) {
        return made(url, Duration.ofSeconds(5), Duration.ofSeconds(10));
    }

    private static Path directory() {
        try {
            Path made = Files.createTempDirectory("windrose-journals");
            made.toFile().deleteOnExit();
            return made;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path file() {
        Path file = DIRECTORY.resolve(UUID.randomUUID() + ".db");
        file.toFile().deleteOnExit();
        DIRECTORY.resolve(file.getFileName() + "-wal").toFile().deleteOnExit();
        return file;
    }

    /** A fresh one in PostgreSQL. */
    public static JournalSettings inPostgres() {
        try {
            return postgres(Postgres.database());
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** In one of {@link Postgres}. */
    static JournalSettings postgres(String url) {
        return made(url, Postgres.USER, Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ofSeconds(10));
    }

    private static JournalSettings made(String url, Duration gapTimeout, Duration holdPull) {
        return made(url, "", Duration.ofSeconds(30), gapTimeout, holdPull);
    }

    private static JournalSettings made(
            String url, String user, Duration connectTimeout, Duration gapTimeout, Duration holdPull) {
        return new JournalSettings(
                url,
                user,
                "",
                4,
                connectTimeout,
                Duration.ofSeconds(1),
                gapTimeout,
                holdPull,
                Duration.ofSeconds(5),
                3,
                Duration.ofMinutes(1),
                64,
                "");
    }

    private Journals() {}
}
