package dev.windrose.live.journal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** How far this region has replicated the journals of others, stored in its own database. Blocks. */
final class CursorStore {

    /**
     * A position in another region's journal.
     *
     * @param incarnation the incarnation of that journal; empty before the first contact
     * @param ordering everything up to this position, inclusive, was replicated or is parked
     */
    record Cursor(String incarnation, long ordering) {
        static final Cursor START = new Cursor("", 0);
    }

    private final DataSource database;

    CursorStore(DataSource database) {
        this.database = database;
    }

    Cursor load(String source) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement select = connection.prepareStatement(
                        "SELECT \"incarnation\", \"ordering\" FROM \"replication_cursor\" WHERE \"source\" = ?")) {
            select.setString(1, source);
            try (ResultSet rows = select.executeQuery()) {
                return rows.next() ? new Cursor(rows.getString(1), rows.getLong(2)) : Cursor.START;
            }
        }
    }

    void save(String source, Cursor cursor) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement update = connection.prepareStatement("UPDATE \"replication_cursor\" SET"
                        + " \"incarnation\" = ?, \"ordering\" = ? WHERE \"source\" = ?")) {
            update.setString(1, cursor.incarnation());
            update.setLong(2, cursor.ordering());
            update.setString(3, source);
            if (update.executeUpdate() == 0) {
                try (PreparedStatement insert = connection.prepareStatement("INSERT INTO \"replication_cursor\""
                        + " (\"incarnation\", \"ordering\", \"source\") VALUES (?, ?, ?)")) {
                    insert.setString(1, cursor.incarnation());
                    insert.setLong(2, cursor.ordering());
                    insert.setString(3, source);
                    insert.executeUpdate();
                }
            }
        }
    }

    /** Definitions whose events could not be applied, with the position of the first. */
    Map<String, Long> parked(String source) throws SQLException {
        Map<String, Long> parked = new TreeMap<>();
        try (Connection connection = database.getConnection();
                PreparedStatement select = connection.prepareStatement(
                        "SELECT \"persistence_id\", \"ordering\" FROM \"parked\" WHERE \"source\" = ?")) {
            select.setString(1, source);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    parked.put(rows.getString(1), rows.getLong(2));
                }
            }
        }
        return parked;
    }

    /** Parks a definition at a position; null unparks it. */
    void park(String source, String persistenceId, @Nullable Long ordering) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement delete = connection.prepareStatement(
                        "DELETE FROM \"parked\" WHERE \"source\" = ? AND \"persistence_id\" = ?")) {
            delete.setString(1, source);
            delete.setString(2, persistenceId);
            delete.executeUpdate();
            if (ordering != null) {
                try (PreparedStatement insert = connection.prepareStatement(
                        "INSERT INTO \"parked\" (\"source\", \"persistence_id\", \"ordering\") VALUES (?, ?, ?)")) {
                    insert.setString(1, source);
                    insert.setString(2, persistenceId);
                    insert.setLong(3, ordering);
                    insert.executeUpdate();
                }
            }
        }
    }
}
