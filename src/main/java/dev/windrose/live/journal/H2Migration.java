package dev.windrose.live.journal;

import dev.windrose.live.disk.ChecksummedFile;
import dev.windrose.live.disk.PrivateFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/**
 * Copies an embedded journal of earlier versions, an H2 database, into the file of this version: every row with its
 * ordering, and rows that exist only in {@code journal.given} because H2 had lost them. Blocks while it copies.
 *
 * <p>The copy has a temporary name until it is complete and forced to disk: an interrupted one starts again. The old
 * files are kept, with {@value #KEPT} after their names.
 */
final class H2Migration {

    static final String KEPT = ".carried-over";

    private static final int BATCH = 1_000;
    private static final int GIVEN_HEAD_BYTES = 8;
    private static final Duration TELL_EVERY = Duration.ofSeconds(5);
    private static final Logger LOG = LoggerFactory.getLogger(H2Migration.class);

    /** The old files, the database first. */
    private static final List<String> OLD = List.of(".mv.db", ".given", ".given.1", ".trace.db");

    /**
     * Copies an old journal if this version has none.
     *
     * @param journal file of this version
     * @param settings with the user and password of the old journal
     * @throws IOException when it cannot be copied; then nothing has changed
     */
    static void run(Path journal, JournalSettings settings) throws IOException {
        Path old = old(journal, OLD.get(0));
        if (!Files.exists(old)) {
            return;
        }
        if (Files.exists(journal)) {
            if (Files.getLastModifiedTime(old).compareTo(Files.getLastModifiedTime(journal)) > 0) {
                throw new IOException("two journals, and that of the earlier version was written last: " + old + ", "
                        + journal + " (expected: one; remove the one that must not be used)");
            }
            LOG.info("journal [{}] exists: [{}] is of an earlier version and ignored", journal, old);
        } else {
            Path part = journal.resolveSibling(journal.getFileName() + ".part");
            try {
                Files.deleteIfExists(part);
                PrivateFile.make(part);
                new H2Migration(stem(journal), part).copy(settings);
                Files.setLastModifiedTime(part, FileTime.from(Instant.now()));
                force(part);
                ChecksummedFile.put(part, journal);
            } catch (SQLException | IOException | RuntimeException e) {
                Files.deleteIfExists(part);
                throw new IOException(
                        "the journal of an earlier version cannot be migrated, nothing was changed: " + old + ": "
                                + e.getMessage()
                                + " (expected: a database that the earlier version opens, and disk space for a"
                                + " copy)",
                        e);
            }
        }
        for (String suffix : OLD) {
            Path file = old(journal, suffix);
            if (Files.exists(file)) {
                Files.move(file, file.resolveSibling(file.getFileName() + KEPT), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private static Path stem(Path journal) {
        return journal.resolveSibling(journal.getFileName().toString().replaceFirst("\\.db$", ""));
    }

    private static Path old(Path journal, String suffix) {
        return journal.resolveSibling(stem(journal).getFileName() + suffix);
    }

    private static void force(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    private final Path stem;
    private final Path part;
    private long toldAtNanos = System.nanoTime();

    private H2Migration(Path stem, Path part) {
        this.stem = stem;
        this.part = part;
    }

    private void copy(JournalSettings settings) throws SQLException, IOException {
        long began = System.nanoTime();
        LOG.info("migrating the journal of an earlier version [{}.mv.db], [{}] bytes", stem, size());
        DataSource made = fresh();
        migrate(made);
        try (Connection from = DriverManager.getConnection(
                        "jdbc:h2:file:" + stem
                                + ";IFEXISTS=TRUE;TRACE_LEVEL_FILE=0;WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE;LAZY_QUERY_EXECUTION=1",
                        settings.user(),
                        settings.password());
                Connection to = made.getConnection()) {
            to.setAutoCommit(false);
            long rows = 0;
            for (String table : Database.TABLES) {
                rows += has(from, table) ? copy(from, to, table) : 0;
            }
            int given = addGiven(to);
            continueAfter(to, next(from));
            to.commit();
            LOG.info(
                    "migrated the journal: [{}] rows and [{}] events that only journal.given had, in [{}] ms",
                    rows,
                    given,
                    (System.nanoTime() - began) / 1_000_000);
        }
    }

    private long size() throws IOException {
        return Files.size(stem.resolveSibling(stem.getFileName() + OLD.get(0)));
    }

    /** A crash discards the copy, so nothing is forced to disk before it is complete. */
    private DataSource fresh() {
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.OFF);
        config.setSynchronous(SQLiteConfig.SynchronousMode.OFF);
        config.setLockingMode(SQLiteConfig.LockingMode.NORMAL);
        SQLiteDataSource source = new SQLiteDataSource(config);
        source.setUrl(JournalSettings.SQLITE + part);
        return source;
    }

    private static void migrate(DataSource database) {
        Flyway.configure(H2Migration.class.getClassLoader())
                .dataSource(database)
                .locations(Database.SQLITE_TABLES)
                .table(Database.VERSIONS)
                .connectRetries(0)
                .load()
                .migrate();
    }

    /** Earlier versions have fewer tables. */
    private static boolean has(Connection from, String table) throws SQLException {
        try (PreparedStatement select = from.prepareStatement(
                "SELECT COUNT(*) FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_NAME = ? AND TABLE_SCHEMA = 'PUBLIC'")) {
            select.setString(1, table);
            try (ResultSet rows = select.executeQuery()) {
                return rows.next() && rows.getLong(1) > 0;
            }
        }
    }

    private long copy(Connection from, Connection to, String table) throws SQLException {
        try (Statement select = from.createStatement()) {
            select.setFetchSize(BATCH);
            try (ResultSet rows = select.executeQuery("SELECT * FROM \"" + table + "\"")) {
                ResultSetMetaData columns = rows.getMetaData();
                List<String> names = new ArrayList<>();
                for (int i = 1; i <= columns.getColumnCount(); i++) {
                    names.add("\"" + columns.getColumnName(i) + "\"");
                }
                String marks = ", ?".repeat(names.size()).substring(2);
                long done = 0;
                try (PreparedStatement insert = to.prepareStatement(
                        "INSERT INTO \"" + table + "\" (" + String.join(", ", names) + ") VALUES (" + marks + ")")) {
                    while (rows.next()) {
                        for (int i = 1; i <= names.size(); i++) {
                            insert.setObject(i, value(rows, columns.getColumnType(i), i));
                        }
                        insert.addBatch();
                        if (++done % BATCH == 0) {
                            insert.executeBatch();
                            tell(table, done);
                        }
                    }
                    insert.executeBatch();
                }
                return done;
            }
        }
    }

    private static Object value(ResultSet rows, int type, int column) throws SQLException {
        return switch (type) {
            case Types.BLOB -> rows.getBytes(column);
            case Types.CLOB -> rows.getString(column);
            case Types.TIMESTAMP_WITH_TIMEZONE ->
                rows.getObject(column, OffsetDateTime.class).toInstant().toEpochMilli();
            default -> rows.getObject(column);
        };
    }

    private void tell(String table, long done) {
        if (System.nanoTime() - toldAtNanos > TELL_EVERY.toNanos()) {
            toldAtNanos = System.nanoTime();
            LOG.info("migrating the journal: [{}] rows of [{}]", done, table);
        }
    }

    /** Events that other regions have and H2 has lost. One that would leave a gap in its definition is omitted. */
    private int addGiven(Connection to) throws SQLException, IOException {
        List<StoredEvent> known = new ArrayList<>();
        readGiven(stem.resolveSibling(stem.getFileName() + ".given.1"), known);
        readGiven(stem.resolveSibling(stem.getFileName() + ".given"), known);
        Set<Long> taken = new HashSet<>();
        try (Statement select = to.createStatement();
                ResultSet rows = select.executeQuery("SELECT \"ordering\" FROM \"event_journal\"")) {
            while (rows.next()) {
                taken.add(rows.getLong(1));
            }
        }
        known.removeIf(event -> !taken.add(event.ordering()));
        String writer = UUID.randomUUID().toString();
        int added = 0;
        for (StoredEvent event : known) {
            if (newest(to, event.persistenceId()) == event.sequenceNumber() - 1) {
                EventRows.insert(to, List.of(event), writer);
                added++;
            }
        }
        return added;
    }

    /** The complete records of a file: length and CRC-32C of the body, four bytes each, and the body. */
    private static void readGiven(Path path, List<StoredEvent> events) throws IOException {
        if (!Files.exists(path)) {
            return;
        }
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(path));
        while (bytes.remaining() >= GIVEN_HEAD_BYTES) {
            int length = bytes.getInt();
            int crc = bytes.getInt();
            if (length < 0 || length > Math.min(EventFile.LONGEST_BODY, bytes.remaining())) {
                return;
            }
            byte[] body = new byte[length];
            bytes.get(body);
            if (EventFile.crc(body) != crc) {
                return;
            }
            events.add(EventFile.event(body));
        }
    }

    private static long newest(Connection database, String persistenceId) throws SQLException {
        try (PreparedStatement select = database.prepareStatement(
                "SELECT MAX(\"sequence_number\") FROM \"event_journal\" WHERE \"persistence_id\" = ?")) {
            select.setString(1, persistenceId);
            try (ResultSet rows = select.executeQuery()) {
                return rows.next() ? rows.getLong(1) : 0;
            }
        }
    }

    /** The next ordering of the old journal. */
    private static long next(Connection from) throws SQLException {
        try (Statement select = from.createStatement();
                ResultSet rows = select.executeQuery("SELECT IDENTITY_BASE FROM INFORMATION_SCHEMA.COLUMNS"
                        + " WHERE TABLE_NAME = 'event_journal' AND COLUMN_NAME = 'ordering'")) {
            return rows.next() ? rows.getLong(1) : 1;
        }
    }

    /** Orderings of deleted rows are not reused. */
    private static void continueAfter(Connection to, long next) throws SQLException {
        try (Statement statement = to.createStatement()) {
            statement.executeUpdate("INSERT INTO sqlite_sequence (name, seq) SELECT 'event_journal', 0"
                    + " WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'event_journal')");
            statement.executeUpdate(
                    "UPDATE sqlite_sequence SET seq = MAX(seq, " + (next - 1) + ") WHERE name = 'event_journal'");
        }
    }
}
