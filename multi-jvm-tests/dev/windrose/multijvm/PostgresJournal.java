package dev.windrose.multijvm;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;

/** A real PostgreSQL for the journal of one region, which can be made to refuse that region. */
final class PostgresJournal implements AutoCloseable {

    private static final String DATABASE = "windrose";

    private final EmbeddedPostgres server;

    private PostgresJournal(EmbeddedPostgres server) {
        this.server = server;
    }

    /** @throws IOException when there is no PostgreSQL for this platform, or it does not start */
    static PostgresJournal start() throws IOException, SQLException {
        PostgresJournal journal = new PostgresJournal(EmbeddedPostgres.builder().start());
        journal.administer("CREATE DATABASE " + DATABASE);
        return journal;
    }

    /** What a node needs to know to keep its journal here. */
    Map<String, String> settings() {
        return Map.of(
                "windrose.rule.journal.url",
                "jdbc:postgresql://127.0.0.1:" + server.getPort() + "/" + DATABASE,
                "windrose.rule.journal.user",
                "postgres");
    }

    /** Ends all connections to the journal and lets nobody in again. */
    void refuse() throws SQLException {
        administer("ALTER DATABASE " + DATABASE + " ALLOW_CONNECTIONS false");
        administer("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" + DATABASE + "'");
    }

    void admit() throws SQLException {
        administer("ALTER DATABASE " + DATABASE + " ALLOW_CONNECTIONS true");
    }

    /** Makes every new event take so long to write; 0 for as fast as it can. */
    void slow(int seconds) throws SQLException {
        try (Connection connection = server.getDatabase("postgres", DATABASE).getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("DROP TRIGGER IF EXISTS slow ON event_journal");
            if (seconds > 0) {
                statement.execute("CREATE OR REPLACE FUNCTION slowly() RETURNS trigger LANGUAGE plpgsql AS"
                        + " $$ BEGIN PERFORM pg_sleep(" + seconds + "); RETURN NEW; END $$");
                statement.execute("CREATE TRIGGER slow BEFORE INSERT ON event_journal FOR EACH STATEMENT"
                        + " EXECUTE FUNCTION slowly()");
            }
        }
    }

    /** Events in the journal, whichever region they come from. */
    long events() throws SQLException {
        try (Connection connection = server.getDatabase("postgres", DATABASE).getConnection();
                Statement select = connection.createStatement();
                ResultSet rows = select.executeQuery("SELECT COUNT(*) FROM event_journal")) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private void administer(String sql) throws SQLException {
        try (Connection connection = server.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
