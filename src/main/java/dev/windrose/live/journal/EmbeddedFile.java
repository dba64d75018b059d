package dev.windrose.live.journal;

import dev.windrose.live.disk.PrivateFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteDataSource;
import org.sqlite.SQLiteJDBCLoader;

/**
 * The file of an embedded journal: a SQLite database that only this process reads and writes.
 *
 * <p>A commit is in the write-ahead log beside the file ({@code -wal}) and forced to disk before it returns and before
 * any read sees it. The log is checkpointed into the file every 4 MiB, and at a clean stop.
 */
final class EmbeddedFile {

    /**
     * In this order, which the driver's own settings do not keep: a log that is exclusive from the first access needs
     * no shared memory, and excludes other processes. A log of 1,000 pages, 4 MiB, makes checkpoints rare, and little
     * has to be read again at a start after a kill; a log that one large transaction enlarged is truncated to 8 MiB.
     * The cache is in KiB.
     */
    private static final List<String> PRAGMAS = List.of(
            "locking_mode = EXCLUSIVE",
            "journal_mode = WAL",
            "synchronous = FULL",
            "wal_autocheckpoint = 1000",
            "journal_size_limit = 8388608",
            "cache_size = -16384");

    private static final String NATIVE_DIR = "org.sqlite.tmpdir";
    private static final String PARAMETERS = "[?].*";

    private final String url;
    private final Path file;
    private final String nativeDir;
    private volatile @Nullable Object identity = null;

    EmbeddedFile(JournalSettings settings) {
        this.url = settings.url();
        this.file = fileOf(url);
        this.nativeDir = settings.nativeDir();
        if (!nativeDir.isEmpty()) {
            System.setProperty(NATIVE_DIR, nativeDir);
        }
    }

    static Path fileOf(String url) {
        String name = url.substring(JournalSettings.SQLITE.length()).replaceFirst(PARAMETERS, "");
        return Path.of(name);
    }

    Path file() {
        return file;
    }

    /** @throws IOException when the database's native code cannot be unpacked and loaded */
    void loadNativeCode() throws IOException {
        try {
            SQLiteJDBCLoader.initialize();
        } catch (Exception e) {
            String used = nativeDir.isEmpty() ? System.getProperty("java.io.tmpdir") : nativeDir;
            throw new IOException(
                    "windrose.rule.journal.native-dir: '" + used
                            + "' (expected: a writable directory that is not"
                            + " mounted noexec; the embedded database's native code is loaded from it)",
                    e);
        }
    }

    DataSource source() {
        SQLiteConfig config = new SQLiteConfig();
        config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
        config.enforceForeignKeys(true);
        config.setBusyTimeout(1000);
        return new SQLiteDataSource(config) {
            @Override
            public SQLiteConnection getConnection(@Nullable String user, @Nullable String password)
                    throws SQLException {
                own();
                String name = url.substring(JournalSettings.SQLITE.length());
                SQLiteConnection connection = new EmbeddedConnection(url, name, config.toProperties());
                try (Statement statement = connection.createStatement()) {
                    for (String pragma : PRAGMAS) {
                        statement.execute("PRAGMA " + pragma);
                    }
                    return connection;
                } catch (SQLException e) {
                    connection.close();
                    throw e;
                }
            }
        };
    }

    /** SQLite gives its log the permissions of the file, and creates the file with those of the umask. */
    private void own() {
        try {
            PrivateFile.make(file);
        } catch (IOException e) {
            // SQLite itself reports problems with the directory.
        }
    }

    /**
     * Writes to a deleted or replaced file still succeed, and are lost at the next start: they are refused.
     *
     * @throws SQLException when the file is not the one that was opened
     */
    void verifyInPlace() throws SQLException {
        Object now = identity(file);
        Object opened = identity;
        if (opened == null) {
            identity = now;
        } else if (!opened.equals(now)) {
            throw new SQLException(file
                    + ": deleted or replaced while in use (expected: unchanged; put it back or restart" + " the node)");
        }
    }

    private static @Nullable Object identity(Path file) {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        } catch (IOException e) {
            return null;
        }
    }

    /** Bytes of the file and its log. */
    long bytes() {
        return size(file) + size(file.resolveSibling(file.getFileName() + "-wal"));
    }

    private static long size(Path path) {
        try {
            return Files.size(path);
        } catch (IOException e) {
            return 0;
        }
    }
}
