package dev.windrose.live.journal;

import dev.windrose.live.jdbc.Statements;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.List;

/** Inserts events from elsewhere, or from an earlier time, into the journal's table as they were stored. Blocks. */
final class EventRows {

    private static final String INSERT = "INSERT INTO \"event_journal\" (\"ordering\","
            + " \"persistence_id\", \"sequence_number\", \"writer\", \"write_timestamp\", \"adapter_manifest\","
            + " \"event_payload\", \"event_ser_id\", \"event_ser_manifest\", \"meta_payload\", \"meta_ser_id\","
            + " \"meta_ser_manifest\") VALUES (?, ?, ?, ?, ?, '', ?, ?, ?, ?, ?, ?)";

    private static final String REPLACE = "UPDATE \"event_journal\" SET \"event_payload\" = ?, \"event_ser_id\" = ?,"
            + " \"event_ser_manifest\" = ?, \"meta_payload\" = ?, \"meta_ser_id\" = ?, \"meta_ser_manifest\" = ?"
            + " WHERE \"persistence_id\" = ? AND \"sequence_number\" = ?";

    /**
     * Adds events.
     *
     * @param writer a unique one: Akka discards events of a writer that returns after another
     */
    static void insert(Connection database, List<StoredEvent> events, String writer) throws SQLException {
        try (PreparedStatement insert = database.prepareStatement(INSERT)) {
            for (StoredEvent event : events) {
                insert.setLong(1, event.ordering());
                insert.setString(2, event.persistenceId());
                insert.setLong(3, event.sequenceNumber());
                insert.setString(4, writer);
                insert.setLong(5, event.timestamp());
                content(insert, 6, event);
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }

    /** The writer of an existing event; empty when there is none. */
    static String writer(Connection database, String persistenceId, long sequenceNumber) throws SQLException {
        return Statements.select(
                        database,
                        "SELECT \"writer\" FROM \"event_journal\" WHERE \"persistence_id\" = ? AND \"sequence_number\" = ?",
                        row -> row.getString(1),
                        persistenceId,
                        sequenceNumber)
                .stream()
                .findFirst()
                .orElse("");
    }

    /** Replaces the content of an existing event. */
    static void replace(Connection database, StoredEvent event) throws SQLException {
        try (PreparedStatement update = database.prepareStatement(REPLACE)) {
            content(update, 1, event);
            update.setString(7, event.persistenceId());
            update.setLong(8, event.sequenceNumber());
            update.executeUpdate();
        }
    }

    private static void content(PreparedStatement statement, int from, StoredEvent event) throws SQLException {
        statement.setBytes(from, event.payload());
        statement.setInt(from + 1, event.serializerId());
        statement.setString(from + 2, event.manifest());
        boolean replicated = event.metadata().length > 0;
        statement.setBytes(from + 3, replicated ? event.metadata() : null);
        statement.setObject(from + 4, replicated ? event.metadataSerializerId() : null, Types.INTEGER);
        statement.setString(from + 5, replicated ? event.metadataManifest() : null);
    }

    /** The next write gets a position after all existing ones. SQLite does this by itself. */
    static void continueAfterHead(Connection database) throws SQLException {
        if (database.getMetaData().getURL().startsWith(JournalSettings.SQLITE)) {
            return;
        }
        try (Statement statement = database.createStatement()) {
            long head;
            try (ResultSet rows = statement.executeQuery("SELECT MAX(\"ordering\") FROM \"event_journal\"")) {
                rows.next();
                head = rows.getLong(1);
            }
            statement.execute("SELECT setval(pg_get_serial_sequence('\"event_journal\"', 'ordering'), "
                    + Math.max(1, head) + ", " + (head > 0) + ")");
        }
    }

    private EventRows() {}
}
