package dev.windrose.live.journal;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.metrics.IMetricsTracker;
import dev.windrose.watch.RuleMeters;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The database of this region's journal: one pool for everything that uses it, our own tables, and whether it answers.
 *
 * <p>All methods that touch it block, for at most the connect timeout and the time of a short statement.
 */
public final class Database implements AutoCloseable {

    /** What must be there before anything is written. */
    private static final List<String> TABLES = List.of(
            "event_journal",
            "event_tag",
            "snapshot",
            "replication_cursor",
            "parked",
            "fact",
            "metric_sample",
            "lease",
            "audit");

    /** DATABASE_IS_CLOSED and DATABASE_CALLED_AT_SHUTDOWN of {@code org.h2.api.ErrorCode}. */
    private static final Set<Integer> H2_HAS_ENDED = Set.of(90098, 90121);

    private static final int CAUSES_AT_MOST = 50;
    private static final Logger LOG = LoggerFactory.getLogger(Database.class);

    /**
     * Every connection of a node to PostgreSQL has a share of one lock of its database, and what opens the journal of nodes
     * that do not run has it alone: each is refused while there is the other. The lock ends with the connection.
     */
    private static final long LOCK = 8019;

    private static final String SHARED = "DO $$ BEGIN IF NOT pg_try_advisory_lock_shared(" + LOCK
            + ") THEN RAISE 'windrose journal works on it'; END IF; END $$";

    /**
     * A write that waits for a lock fails before whoever asked for it has gone, so that "no" is true; and no statement is done
     * minutes after it was sent.
     */
    private static final String DEADLINES = "SET lock_timeout = '2s'; SET statement_timeout = '30s'";

    private static final String SOCKET_SECONDS = "40";

    private final HikariDataSource pool;
    private final JournalSettings settings;
    private final GivenEvents given;
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile Runnable whenEnded = () -> {};
    private @Nullable Connection alone = null;

    /** Makes the pool; connects to nothing yet. */
    public static Database open(JournalSettings settings, RuleMeters meters) {
        HikariConfig config = config(settings, meters);
        if (!settings.embedded()) {
            config.setConnectionInitSql(SHARED + "; " + DEADLINES);
            // Longer than any statement: an answer that a partition swallowed is not waited for.
            config.addDataSourceProperty("socketTimeout", SOCKET_SECONDS);
        }
        return new Database(new HikariDataSource(config), settings);
    }

    /**
     * As above, for who works on the journal of nodes that do not run: none can use it until this is closed.
     *
     * @throws IllegalStateException when one uses it, or another that works on it
     */
    public static Database openAlone(JournalSettings settings, RuleMeters meters) throws SQLException {
        Database database = new Database(new HikariDataSource(config(settings, meters)), settings);
        try {
            database.takeAlone();
            return database;
        } catch (SQLException | RuntimeException e) {
            database.close();
            throw e;
        }
    }

    private static HikariConfig config(JournalSettings settings, RuleMeters meters) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("windrose-journal");
        config.setJdbcUrl(settings.url());
        config.setUsername(settings.user());
        config.setPassword(settings.password());
        config.setMaximumPoolSize(settings.connections());
        config.setMinimumIdle(1);
        config.setConnectionTimeout(settings.connectTimeout().toMillis());
        config.setValidationTimeout(Math.min(2000, settings.connectTimeout().toMillis()));
        // A pool that cannot connect yet is made all the same; each use tries again and fails in its time.
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

    /** An embedded database is held by its file. */
    private void takeAlone() throws SQLException {
        if (settings.embedded()) {
            return;
        }
        Connection connection = pool.getConnection();
        alone = connection;
        try (PreparedStatement lock = connection.prepareStatement("SELECT pg_try_advisory_lock(" + LOCK + ")");
                ResultSet rows = lock.executeQuery()) {
            if (!rows.next() || !rows.getBoolean(1)) {
                throw new IllegalStateException("journal: used (expected: used by no node)");
            }
        }
    }

    private Database(HikariDataSource pool, JournalSettings settings) {
        this.pool = pool;
        this.settings = settings;
        this.given = new GivenEvents(settings.url());
    }

    public DataSource dataSource() {
        return pool;
    }

    /** What other regions were given of this journal. */
    GivenEvents given() {
        return given;
    }

    public JournalSettings settings() {
        return settings;
    }

    /**
     * Brings the tables to this version, verifies that all are there, and puts back what was lost of what others know.
     *
     * @throws IllegalStateException when the database does not answer or the tables are not as they must be
     */
    public void migrate() {
        String vendor = settings.embedded() ? "h2" : "postgresql";
        try {
            Flyway flyway = Flyway.configure(Database.class.getClassLoader())
                    .dataSource(pool)
                    .locations("classpath:dev/windrose/sql/" + vendor)
                    .table("schema_version")
                    .connectRetries(0)
                    .load();
            if (settings.embedded()) {
                // H2 cannot take back half a migration that a crash left behind; every statement of ours can be
                // repeated.
                flyway.repair();
            }
            flyway.migrate();
            verify();
            given.restore(pool);
        } catch (FlywayException | SQLException | IOException e) {
            throw new IllegalStateException("journal at " + settings.url() + ": " + e.getMessage(), e);
        }
    }

    private void verify() throws SQLException {
        try (Connection connection = pool.getConnection()) {
            for (String table : TABLES) {
                try (PreparedStatement select =
                                connection.prepareStatement("SELECT COUNT(*) FROM \"" + table + "\" WHERE 1 = 0");
                        ResultSet none = select.executeQuery()) {
                    none.next();
                }
            }
        }
    }

    /** Runs that once when the embedded database has closed itself: it comes back only by being opened anew. */
    public void whenEnded(Runnable then) {
        whenEnded = then;
    }

    /** Takes note of why a statement failed. An embedded database whose disk is full closes itself, for good. */
    void failed(@Nullable Throwable failure) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < CAUSES_AT_MOST; depth++) {
            boolean closed = cause instanceof SQLException sql && H2_HAS_ENDED.contains(sql.getErrorCode());
            if (closed && settings.embedded() && ended.compareAndSet(false, true)) {
                whenEnded.run();
            }
            cause = cause.getCause();
        }
    }

    /** Whether a connection can be had and answers. */
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
        pool.close();
        try {
            given.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A pool waits for what is lent. */
    private void giveBack() {
        Connection lent = alone;
        alone = null;
        if (lent != null) {
            try {
                lent.close();
            } catch (SQLException e) {
                LOG.debug("the connection was broken, and its lock has ended", e);
            }
        }
    }
}
