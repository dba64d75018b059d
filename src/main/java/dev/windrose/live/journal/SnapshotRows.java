package dev.windrose.live.journal;

import dev.windrose.live.jdbc.Statements;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import javax.sql.DataSource;

/** The snapshots of definitions beside the journal's events. Blocks. */
final class SnapshotRows {

    /** One stored snapshot. */
    @SuppressWarnings("ArrayRecordComponent")
    record Row(byte[] payload, int serializerId, String manifest) {}

    private final DataSource database;

    SnapshotRows(DataSource database) {
        this.database = database;
    }

    /** All of them, by definition and the number of the event that they follow. */
    Map<String, Map<Long, Row>> all() throws SQLException {
        Map<String, Map<Long, Row>> all = new HashMap<>();
        try (Connection connection = database.getConnection();
                PreparedStatement select = connection.prepareStatement(
                        "SELECT \"persistence_id\", \"sequence_number\", \"snapshot_payload\", \"snapshot_ser_id\","
                                + " \"snapshot_ser_manifest\" FROM \"snapshot\"");
                ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                all.computeIfAbsent(rows.getString(1), id -> new HashMap<>())
                        .put(rows.getLong(2), new Row(rows.getBytes(3), rows.getInt(4), rows.getString(5)));
            }
        }
        return all;
    }

    /** Deletes the snapshots of a definition; its state comes from its events. */
    int delete(Connection connection, String persistenceId) throws SQLException {
        return Statements.update(connection, "DELETE FROM \"snapshot\" WHERE \"persistence_id\" = ?", persistenceId);
    }
}
