package dev.windrose.live.journal;

import dev.windrose.live.jdbc.Statements;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.stream.Collectors;
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
        return Statements.select(
                        database,
                        "SELECT \"incarnation\", \"ordering\" FROM \"replication_cursor\" WHERE \"source\" = ?",
                        row -> new Cursor(row.getString(1), row.getLong(2)),
                        source)
                .stream()
                .findFirst()
                .orElse(Cursor.START);
    }

    void save(String source, Cursor cursor) throws SQLException {
        try (Connection connection = database.getConnection()) {
            int updated = Statements.update(
                    connection,
                    "UPDATE \"replication_cursor\" SET \"incarnation\" = ?, \"ordering\" = ? WHERE \"source\" = ?",
                    cursor.incarnation(),
                    cursor.ordering(),
                    source);
            if (updated == 0) {
                Statements.update(
                        connection,
                        "INSERT INTO \"replication_cursor\" (\"incarnation\", \"ordering\", \"source\") VALUES (?, ?, ?)",
                        cursor.incarnation(),
                        cursor.ordering(),
                        source);
            }
        }
    }

    /** Definitions whose events could not be applied, with the position of the first. */
    Map<String, Long> parked(String source) throws SQLException {
        return Statements.select(
                        database,
                        "SELECT \"persistence_id\", \"ordering\" FROM \"parked\" WHERE \"source\" = ?",
                        row -> Map.entry(row.getString(1), row.getLong(2)),
                        source)
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /** Parks a definition at a position; null unparks it. */
    void park(String source, String persistenceId, @Nullable Long ordering) throws SQLException {
        try (Connection connection = database.getConnection()) {
            Statements.update(
                    connection,
                    "DELETE FROM \"parked\" WHERE \"source\" = ? AND \"persistence_id\" = ?",
                    source,
                    persistenceId);
            if (ordering != null) {
                Statements.update(
                        connection,
                        "INSERT INTO \"parked\" (\"source\", \"persistence_id\", \"ordering\") VALUES (?, ?, ?)",
                        source,
                        persistenceId,
                        ordering);
            }
        }
    }
}
