package dev.windrose.live.audit;

import dev.windrose.decide.audit.AuditChain;
import dev.windrose.decide.audit.AuditEntry;
import dev.windrose.decide.audit.AuditEvent;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The database table of the audit. Every method blocks for the duration of a short statement. */
final class AuditTable {

    /** Rows deleted in one transaction. */
    private static final int PART = 1000;

    private final DataSource database;

    AuditTable(DataSource database) {
        this.database = database;
    }

    /** Appends events to a chain, all or none. */
    void append(String chain, List<AuditEvent> events) throws SQLException {
        try (Connection connection = database.getConnection()) {
            boolean committing = connection.getAutoCommit();
            connection.setAutoCommit(false);
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO \"audit\""
                    + " (\"chain\", \"sequence\", \"at_ms\", \"hash\", \"body\") VALUES (?, ?, ?, ?, ?)")) {
                long sequence = 0;
                String previous = AuditChain.START;
                AuditChain.Head last = newest(connection, chain);
                if (last != null) {
                    sequence = last.sequence();
                    previous = last.hash();
                }
                for (AuditEvent event : events) {
                    AuditEntry entry = AuditChain.next(chain, ++sequence, previous, event);
                    previous = entry.hash();
                    insert.setString(1, chain);
                    insert.setLong(2, sequence);
                    insert.setLong(3, event.epochMs());
                    insert.setString(4, entry.hash());
                    insert.setString(5, AuditJson.line(entry));
                    insert.addBatch();
                }
                insert.executeBatch();
                connection.commit();
            } catch (SQLException | RuntimeException e) {
                connection.rollback();
                throw e;
            } finally {
                connection.setAutoCommit(committing);
            }
        }
    }

    /** By its row number alone: tampering with a row's content must not stop new entries. */
    private static AuditChain.@Nullable Head newest(Connection connection, String chain) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT \"sequence\", \"hash\" FROM \"audit\""
                + " WHERE \"chain\" = ? ORDER BY \"sequence\" DESC LIMIT 1")) {
            select.setString(1, chain);
            try (ResultSet rows = select.executeQuery()) {
                return rows.next() ? new AuditChain.Head(chain, rows.getLong(1), rows.getString(2)) : null;
            }
        }
    }

    /** Entries of a chain after a number, in order, as the lines that were written. */
    List<String> lines(String chain, long after, int atMost) throws SQLException {
        try (Connection connection = database.getConnection()) {
            return lines(connection, chain, "\"sequence\"", after, atMost);
        }
    }

    /** Summaries of the newest entries of a chain; unreadable ones are omitted. */
    Set<AuditEvent> newest(String chain, int atMost) throws SQLException {
        Set<AuditEvent> events = new HashSet<>();
        try (Connection connection = database.getConnection()) {
            for (String line : lines(connection, chain, "\"sequence\" DESC", 0, atMost)) {
                try {
                    events.add(AuditJson.entry(line).event());
                } catch (IllegalArgumentException e) {
                    // Verification finds it.
                }
            }
        }
        return events;
    }

    private static List<String> lines(Connection connection, String chain, String order, long after, int atMost)
            throws SQLException {
        List<String> lines = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement("SELECT \"body\" FROM \"audit\" WHERE \"chain\" = ?"
                + " AND \"sequence\" > ? ORDER BY " + order + " LIMIT " + atMost)) {
            select.setString(1, chain);
            select.setLong(2, after);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    lines.add(rows.getString(1));
                }
            }
        }
        return lines;
    }

    /** The oldest and the newest entry of each chain. */
    Map<String, AuditChain.Seen> chains(int atMost) throws SQLException {
        Map<String, AuditChain.Seen> chains = new TreeMap<>();
        try (Connection connection = database.getConnection();
                PreparedStatement select =
                        connection.prepareStatement("SELECT \"chain\", MIN(\"sequence\") FROM \"audit\""
                                + " GROUP BY \"chain\" ORDER BY \"chain\" LIMIT " + atMost);
                ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                AuditChain.Head newest = newest(connection, rows.getString(1));
                if (newest != null) {
                    chains.put(
                            rows.getString(1), new AuditChain.Seen(rows.getLong(2), newest.sequence(), newest.hash()));
                }
            }
        }
        return chains;
    }

    /**
     * Deletes entries older than a time, except the newest of the chain, which the next one refers to; in batches, so
     * that others can use the database in between.
     */
    void forget(String chain, long beforeEpochMs) throws SQLException {
        int dropped;
        do {
            try (Connection connection = database.getConnection();
                    PreparedStatement delete = connection.prepareStatement("DELETE FROM \"audit\" WHERE \"chain\" = ?"
                            + " AND \"sequence\" IN (SELECT \"sequence\" FROM \"audit\" WHERE \"chain\" = ?"
                            + " AND \"at_ms\" < ? AND \"sequence\" <"
                            + " (SELECT MAX(\"sequence\") FROM \"audit\" WHERE \"chain\" = ?) ORDER BY \"sequence\" LIMIT "
                            + PART + ")")) {
                delete.setString(1, chain);
                delete.setString(2, chain);
                delete.setLong(3, beforeEpochMs);
                delete.setString(4, chain);
                dropped = delete.executeUpdate();
            }
        } while (dropped == PART);
    }
}
