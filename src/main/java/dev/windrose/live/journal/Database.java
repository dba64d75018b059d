package dev.windrose.live.journal;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.metrics.IMetricsTracker;
import dev.windrose.live.jdbc.Statements;
import dev.windrose.model.Masked;
import dev.windrose.watch.DefinitionMeters;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The database of this region's journal: its connection pool, Windrose's own tables, and its availability.
 *
 * <p>All methods that access it block, for at most the connect timeout and the duration of a short statement.
 */
public final class Database implements AutoCloseable {

    /** Tables that must exist before anything is written. */
    static final List<String> TABLES = List.of(
            "event_journal",
            "event_tag",
            "snapshot",
            "replication_cursor",
            "parked",
            "fact",
            "metric_sample",
            "lease",
            "audit");

    static final String SQLITE_TABLES = "classpath:dev/windrose/sql/sqlite";
    static final String VERSIONS = "schema_version";
    private static final String POSTGRESQL_TABLES = "classpath:dev/windrose/sql/postgresql";

    /**
     * SQLite allows one writer at a time, and waiting for its lock is polling: waiting for the single connection is
     * fair. A commit takes a forced write, a read far less.
     */
    private static final int EMBEDDED_CONNECTIONS = 1;

    private static final Logger LOG = LoggerFactory.getLogger(Database.class);

    /**
     * Every connection of a node to PostgreSQL holds a shared advisory lock of its database; offline tools that open
     * the journal hold it exclusively. Each is refused while the other holds it. The lock ends with the connection.
     */
    private static final long LOCK = 8019;

    /** Also identifies the member; the database refuses its writes once it was declared down. */
    private static String asMember(String id) {
        return "DO $$ BEGIN IF NOT pg_try_advisory_lock_shared(" + LOCK
                + ") THEN RAISE 'the windrose journal command is using it'; END IF;"
                + " PERFORM set_config('windrose.member', '" + id + "', false);"
                + " PERFORM set_config('application_name', '" + applicationName(id) + "', false); END $$";
    }

    static String applicationName(String id) {
        return "windrose " + id;
    }

    /**
     * A write that waits for a lock fails before its requester has given up, so that "no" is true; and no statement
     * runs minutes after it was sent.
     */
    private static final String DEADLINES = "SET lock_timeout = '2s'; SET statement_timeout = '30s'";

    private static final String SOCKET_SECONDS = "40";

    private static final int DUTY_CONNECTIONS = 2;

    private final HikariDataSource pool;
    private final HikariDataSource duties;
    private final JournalSettings settings;
    private final @Nullable EmbeddedFile embedded;
    private final @Nullable MemberTable members;
    private @Nullable Connection alone = null;

    /** Creates the pool; does not connect yet. */
    public static Database open(JournalSettings settings, DefinitionMeters meters) {
        return new Database(
                settings, meters, settings.embedded() ? null : UUID.randomUUID().toString());
    }

    /**
     * The same for offline tools: no node can use the database until this is closed.
     *
     * @throws IllegalStateException when a node, or another tool, is using it
     */
    public static Database openAlone(JournalSettings settings, DefinitionMeters meters) throws SQLException {
        Database database = new Database(settings, meters, null);
        try {
            database.takeAlone();
            return database;
        } catch (SQLException | RuntimeException e) {
            database.close();
            throw e;
        }
    }

    /** @param member identifies this process as a member of its region; null when it is none */
    private Database(JournalSettings settings, DefinitionMeters meters, @Nullable String member) {
        this.settings = settings;
        this.members = member == null ? null : new MemberTable(this, member);
        EmbeddedFile file = settings.embedded() ? new EmbeddedFile(settings) : null;
        this.embedded = file;
        HikariConfig config = config(settings, meters);
        if (member != null) {
            config.setConnectionInitSql(asMember(member) + "; " + DEADLINES);
            // Longer than any statement: limits the wait for an answer lost in a partition.
            config.addDataSourceProperty("socketTimeout", SOCKET_SECONDS);
        }
        if (file == null) {
            this.pool = new HikariDataSource(config);
            this.duties = member == null ? this.pool : new HikariDataSource(ofDuties(config));
        } else {
            config.setDataSource(file.source());
            config.setMaximumPoolSize(EMBEDDED_CONNECTIONS);
            // The single connection is opened at first use, after a migration, and kept: closing it writes.
            config.setMinimumIdle(0);
            config.setIdleTimeout(0);
            config.setMaxLifetime(0);
            config.setKeepaliveTime(0);
            this.pool = new Watched(config, file);
            this.duties = this.pool;
            meters.journalBytes(file::bytes);
        }
    }

    /** The lease and the heartbeats of members wait behind no edit. */
    private static HikariConfig ofDuties(HikariConfig shared) {
        HikariConfig config = new HikariConfig();
        shared.copyStateTo(config);
        config.setPoolName("windrose-lease");
        config.setMaximumPoolSize(DUTY_CONNECTIONS);
        return config;
    }

    private static HikariConfig config(JournalSettings settings, DefinitionMeters meters) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("windrose-journal");
        if (!settings.embedded()) {
            config.setJdbcUrl(settings.url());
            config.setUsername(settings.user());
            config.setPassword(settings.password());
        }
        config.setMaximumPoolSize(settings.connections());
        config.setMinimumIdle(1);
        config.setConnectionTimeout(settings.connectTimeout().toMillis());
        config.setValidationTimeout(Math.min(2000, settings.connectTimeout().toMillis()));
        // A pool that cannot connect yet is created anyway; each use tries again and fails within its timeout.
        config.setInitializationFailTimeout(-1);
        config.setKeepaliveTime(Duration.ofMinutes(2).toMillis());
        config.setMetricsTrackerFactory((name, stats) -> new IMetricsTracker() {
            @Override
            public void recordConnectionAcquiredNanos(long nanos) {
                meters.borrowed();
            }
        });
        return config;
    }

    /** Lends a connection only while its file is still the one of that name. */
    private static final class Watched extends HikariDataSource {

        private final EmbeddedFile file;

        Watched(HikariConfig config, EmbeddedFile file) {
            super(config);
            this.file = file;
        }

        @Override
        public Connection getConnection() throws SQLException {
            file.verifyInPlace();
            return super.getConnection();
        }
    }

    /** An embedded database is locked by its file. */
    private void takeAlone() throws SQLException {
        if (settings.embedded()) {
            return;
        }
        Connection connection = pool.getConnection();
        alone = connection;
        String lock = "SELECT pg_try_advisory_lock(" + LOCK + ")";
        if (!Statements.select(connection, lock, row -> row.getBoolean(1)).get(0)) {
            throw new IllegalStateException("journal: in use (expected: not in use by a node)");
        }
    }

    public DataSource dataSource() {
        return pool;
    }

    /** For the lease and the members: connections of their own where there are several. */
    DataSource duties() {
        return duties;
    }

    /** Connections that may be in use at once. */
    int connections() {
        return pool.getMaximumPoolSize();
    }

    /** The region's members; null where one process alone can hold the database. */
    public @Nullable MemberTable members() {
        return members;
    }

    public JournalSettings settings() {
        return settings;
    }

    /**
     * Migrates an embedded journal of earlier versions and the tables to this version, and verifies that all exist.
     *
     * @throws IllegalStateException when the database does not answer or the tables are not as expected
     */
    public void migrate() {
        try {
            carryOver();
            Flyway.configure(Database.class.getClassLoader())
                    .dataSource(pool)
                    .locations(embedded == null ? POSTGRESQL_TABLES : SQLITE_TABLES)
                    .table(VERSIONS)
                    .connectRetries(0)
                    .load()
                    .migrate();
            verify();
            String damage = damage(true);
            if (!damage.isEmpty()) {
                throw new SQLException(
                        "its file is damaged, " + damage
                                + " (expected: an intact file; restore it, or remove it to receive everything from the other regions)");
            }
            if (members != null) {
                members.verify();
                members.enter();
            }
        } catch (FlywayException | SQLException | IOException e) {
            throw new IllegalStateException("journal at " + Masked.of(settings.url() + ": " + e.getMessage()), e);
        }
    }

    /**
     * Copies an earlier version's embedded journal into this version's file, if only the former exists.
     *
     * @throws IOException when it cannot be copied; then nothing has changed
     */
    public void carryOver() throws SQLException, IOException {
        if (embedded != null) {
            embedded.loadNativeCode();
            H2Migration.run(embedded.file(), settings);
        }
    }

    /**
     * As {@link #migrate}, for an existing journal: none is created.
     *
     * @throws SQLException when it does not exist
     */
    public void existing() throws SQLException, IOException {
        carryOver();
        if (embedded != null && !Files.exists(embedded.file())) {
            throw new SQLException("journal: " + embedded.file() + " (expected: an existing file)");
        }
    }

    /**
     * Damage of an embedded database's pages, whatever their content; empty for none. PostgreSQL checks its own.
     *
     * @param quick skips the comparison of indexes with their tables
     */
    public String damage(boolean quick) throws SQLException {
        if (embedded == null) {
            return "";
        }
        String check = quick ? "PRAGMA quick_check(1)" : "PRAGMA integrity_check(1)";
        List<String> found = Statements.select(pool, check, row -> row.getString(1));
        return found.isEmpty() || found.get(0).equals("ok") ? "" : found.get(0);
    }

    private void verify() throws SQLException {
        for (String table : TABLES) {
            Statements.select(pool, "SELECT COUNT(*) FROM \"" + table + "\" WHERE 1 = 0", row -> row.getLong(1));
        }
    }

    /** Whether a connection is available and answers. */
    public boolean answers() {
        try (Connection connection = pool.getConnection()) {
            return connection.isValid(2);
        } catch (SQLException e) {
            return false;
        }
    }

    @Override
    public void close() {
        giveBack();
        duties.close();
        pool.close();
    }

    /** A pool waits for lent connections. */
    private void giveBack() {
        Connection lent = alone;
        alone = null;
        if (lent != null) {
            try {
                lent.close();
            } catch (SQLException e) {
                LOG.debug("the connection was broken, and its lock was released", e);
            }
        }
    }
}
