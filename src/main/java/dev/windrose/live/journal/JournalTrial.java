package dev.windrose.live.journal;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.UUID;
import javax.sql.DataSource;

/**
 * Tests whether the journal's database accepts writes, as an edit would, and leaves nothing behind: takes a connection
 * of the same pool, locks the journal's table as an insert does, and writes a row. It fails or times out when the
 * database is read-only, has no connection left, or its table is locked. Blocks.
 */
public final class JournalTrial {

    private final DataSource database;
    private final int seconds;
    private final String id = Long.toHexString(UUID.randomUUID().getMostSignificantBits());

    /** @param atMost longest time for one statement, rounded up to whole seconds */
    public JournalTrial(DataSource database, Duration atMost) {
        this.database = database;
        this.seconds = (int) Math.max(1, (atMost.toMillis() + 999) / 1000);
    }

    /** @throws SQLException when an edit would not be written now */
    public void run() throws SQLException {
        try (Connection connection = database.getConnection()) {
            boolean commits = connection.getAutoCommit();
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.setQueryTimeout(seconds);
                // No row has this number: the table is locked as for a write, and the journal's order is unaffected.
                statement.executeUpdate("DELETE FROM \"event_journal\" WHERE \"ordering\" = -1");
                // A name per node: a node that is paused in the middle of its trial blocks no other.
                statement.executeUpdate(
                        "INSERT INTO \"fact\" (\"name\", \"text\") VALUES ('trial " + id + "', 'true')");
            } finally {
                // Rolled back: otherwise each trial would make an embedded journal grow.
                connection.rollback();
                connection.setAutoCommit(commits);
            }
        }
    }
}
