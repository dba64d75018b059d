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

/** The table of the audit. Everything blocks, for the time of a short statement. */
final class AuditTable {

    /** Rows dropped in one transaction. */
    private static final int PART = 1000;

    private final DataSource database;

    AuditTable(DataSource database) {
        this.database = database;
    }

    /** Adds events at the end of a chain, all or none. */
    void append(String chain, List<AuditEvent> events) throws SQLException {
        try (Connection connection = database.getConnection()) {
            boolean committing = connection.getAutoCommit();
            connection.setAutoCommit(false);
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO \"audit\""
                    + " (\"chain\", \"sequence\", \"at_ms\", \"hash\", \"body\") VALUES (?, ?, ?, ?, ?)")) {
                long sequence = 0;
                String previous = AuditChain.START;
                List<AuditEntry> last = read(connection, chain, "\"sequence\" DESC", 0, 1);
                if (!last.isEmpty()) {
                    sequence = last.get(0).sequence();
                    previous = last.get(0).hash();
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

    /** Entries of a chain after a number, in their order. */
    List<AuditEntry> read(String chain, long after, int atMost) throws SQLException {
        try (Connection connection = database.getConnection()) {
            return read(connection, chain, "\"sequence\"", after, atMost);
        }
    }

    /** What the newest entries of a chain tell. */
    Set<AuditEvent> newest(String chain, int atMost) throws SQLException {
        Set<AuditEvent> events = new HashSet<>();
        try (Connection connection = database.getConnection()) {
            read(connection, chain, "\"sequence\" DESC", 0, atMost).forEach(entry -> events.add(entry.event()));
        }
        return events;
    }

    private static List<AuditEntry> read(Connection connection, String chain, String order, long after, int atMost)
            throws SQLException {
        List<AuditEntry> entries = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement("SELECT \"body\" FROM \"audit\" WHERE \"chain\" = ?"
                + " AND \"sequence\" > ? ORDER BY " + order + " LIMIT " + atMost)) {
            select.setString(1, chain);
            select.setLong(2, after);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    entries.add(AuditJson.entry(rows.getString(1)));
                }
            }
        }
        return entries;
    }

    /** The newest sequence number of each chain. */
    Map<String, Long> chains(int atMost) throws SQLException {
        Map<String, Long> chains = new TreeMap<>();
        try (Connection connection = database.getConnection();
                PreparedStatement select = connection.prepareStatement(
                        "SELECT \"chain\", MAX(\"sequence\") FROM \"audit\" GROUP BY \"chain\" ORDER BY \"chain\" LIMIT "
                                + atMost);
                ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                chains.put(rows.getString(1), rows.getLong(2));
            }
        }
        return chains;
    }

    /**
     * Drops what is older than a time, but for the newest entry of the chain, which the next one follows; a part at a time, so that
     * others have the database in between.
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
