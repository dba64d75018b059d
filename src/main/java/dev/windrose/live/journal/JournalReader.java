package dev.windrose.live.journal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
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
        try (Connection connection = database.getConnection();
                PreparedStatement select =
                        connection.prepareStatement("SELECT MAX(\"ordering\") FROM \"event_journal\"");
                ResultSet rows = select.executeQuery()) {
            return rows.next() ? rows.getLong(1) : 0;
        }
    }

    /** The positions in use after {@code after}, in order. */
    List<Long> orderings(long after) throws SQLException {
        List<Long> orderings = new ArrayList<>();
        try (Connection connection = database.getConnection();
                PreparedStatement select = connection.prepareStatement(
                        "SELECT \"ordering\" FROM \"event_journal\" WHERE \"ordering\" > ? ORDER BY \"ordering\"")) {
            select.setLong(1, after);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    orderings.add(rows.getLong(1));
                }
            }
        }
        return orderings;
    }

    /** The next events after {@code after}, in order, at most {@link #PAGE}. */
    List<StoredEvent> page(long after) throws SQLException {
        return page(after, PAGE);
    }

    /** The next events after {@code after}, in order, at most so many. */
    List<StoredEvent> page(long after, int atMost) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement select = connection.prepareStatement("SELECT " + COLUMNS
                        + " FROM \"event_journal\" WHERE \"ordering\" > ? ORDER BY \"ordering\" LIMIT " + atMost)) {
            select.setLong(1, after);
            return events(select);
        }
    }

    /** The next events of one definition after {@code after}, in order, at most {@link #PAGE}. */
    List<StoredEvent> page(String persistenceId, long after) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement select = connection.prepareStatement("SELECT " + COLUMNS
                        + " FROM \"event_journal\" WHERE \"persistence_id\" = ? AND \"ordering\" > ?"
                        + " ORDER BY \"ordering\" LIMIT " + PAGE)) {
            select.setString(1, persistenceId);
            select.setLong(2, after);
            return events(select);
        }
    }

    /** How many events there are. */
    long count() throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement select = connection.prepareStatement("SELECT COUNT(*) FROM \"event_journal\"");
                ResultSet rows = select.executeQuery()) {
            return rows.next() ? rows.getLong(1) : 0;
        }
    }

    /** Every definition that has an event here. */
    List<String> persistenceIds() throws SQLException {
        List<String> ids = new ArrayList<>();
        try (Connection connection = database.getConnection();
                PreparedStatement select =
                        connection.prepareStatement("SELECT DISTINCT \"persistence_id\" FROM \"event_journal\"");
                ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                ids.add(rows.getString(1));
            }
        }
        return ids;
    }

    private static List<StoredEvent> events(PreparedStatement select) throws SQLException {
        List<StoredEvent> events = new ArrayList<>();
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                byte[] metadata = rows.getBytes(8);
                events.add(new StoredEvent(
                        rows.getLong(1),
                        rows.getString(2),
                        rows.getLong(3),
                        rows.getLong(4),
                        rows.getBytes(5),
                        rows.getInt(6),
                        rows.getString(7),
                        metadata == null ? new byte[0] : metadata,
                        rows.getInt(9),
                        rows.getString(10) == null ? "" : rows.getString(10)));
            }
        }
        return events;
    }
}
