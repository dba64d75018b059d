package dev.windrose.live.journal;

import dev.windrose.live.jdbc.Statements;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;

/** Reads the region's own journal in order. Blocks. */
final class JournalReader {

    /** Rows of one read. */
    static final int PAGE = 500;

    private static final String COLUMNS = "\"ordering\", \"persistence_id\", \"sequence_number\", \"write_timestamp\","
            + " \"event_payload\", \"event_ser_id\", \"event_ser_manifest\", \"meta_payload\", \"meta_ser_id\","
            + " \"meta_ser_manifest\"";

    private final DataSource database;

    JournalReader(DataSource database) {
        this.database = database;
    }

    /** The highest position so far, 0 when the journal is empty. */
    long head() throws SQLException {
        return number("SELECT MAX(\"ordering\") FROM \"event_journal\"");
    }

    /** The positions in use after {@code after}, in order. */
    List<Long> orderings(long after) throws SQLException {
        return Statements.select(
                database,
                "SELECT \"ordering\" FROM \"event_journal\" WHERE \"ordering\" > ? ORDER BY \"ordering\"",
                row -> row.getLong(1),
                after);
    }

    /**
     * The end of the run of positions without a gap that begins after {@code after}. Positions start anywhere in an empty journal,
     * so a gap before the first of all is none.
     */
    long completeUpTo(long after) throws SQLException {
        long complete = after;
        for (long ordering : orderings(after)) {
            if (ordering != complete + 1 && complete > 0) {
                break;
            }
            complete = ordering;
        }
        return complete;
    }

    /** The next events after {@code after}, in order, at most {@link #PAGE}. */
    List<StoredEvent> page(long after) throws SQLException {
        return page(after, PAGE);
    }

    /** The next events after {@code after}, in order, at most so many. */
    List<StoredEvent> page(long after, int atMost) throws SQLException {
        return Statements.select(
                database,
                "SELECT " + COLUMNS + " FROM \"event_journal\" WHERE \"ordering\" > ? ORDER BY \"ordering\" LIMIT "
                        + atMost,
                JournalReader::event,
                after);
    }

    /** The next events of one definition after {@code after}, in order, at most {@link #PAGE}. */
    List<StoredEvent> page(String persistenceId, long after) throws SQLException {
        return Statements.select(
                database,
                "SELECT " + COLUMNS + " FROM \"event_journal\" WHERE \"persistence_id\" = ? AND \"ordering\" > ?"
                        + " ORDER BY \"ordering\" LIMIT " + PAGE,
                JournalReader::event,
                persistenceId,
                after);
    }

    /** How many events there are. */
    long count() throws SQLException {
        return number("SELECT COUNT(*) FROM \"event_journal\"");
    }

    private long number(String sql) throws SQLException {
        return Statements.select(database, sql, row -> row.getLong(1)).get(0);
    }

    /** Every definition that has an event here. */
    List<String> persistenceIds() throws SQLException {
        return Statements.select(
                database, "SELECT DISTINCT \"persistence_id\" FROM \"event_journal\"", row -> row.getString(1));
    }

    private static StoredEvent event(ResultSet row) throws SQLException {
        byte[] metadata = row.getBytes(8);
        return new StoredEvent(
                row.getLong(1),
                row.getString(2),
                row.getLong(3),
                row.getLong(4),
                row.getBytes(5),
                row.getInt(6),
                row.getString(7),
                metadata == null ? new byte[0] : metadata,
                row.getInt(9),
                row.getString(10) == null ? "" : row.getString(10));
    }
}
