package dev.windrose.live.audit;

import dev.windrose.decide.audit.AuditChain;
import dev.windrose.decide.audit.AuditEntry;
import dev.windrose.decide.audit.AuditEvent;
import dev.windrose.live.jdbc.Statements;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
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
        Statements.transaction(database, connection -> {
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
                return insert.executeBatch();
            }
        });
    }

    /** By its row number alone: tampering with a row's content must not stop new entries. */
    private static AuditChain.@Nullable Head newest(Connection connection, String chain) throws SQLException {
        List<AuditChain.Head> newest = Statements.select(
                connection,
                "SELECT \"sequence\", \"hash\" FROM \"audit\" WHERE \"chain\" = ? ORDER BY \"sequence\" DESC LIMIT 1",
                row -> new AuditChain.Head(chain, row.getLong(1), row.getString(2)),
                chain);
        return newest.isEmpty() ? null : newest.get(0);
    }

    /** Entries of a chain after a number, in order, as the lines that were written. */
    List<String> lines(String chain, long after, int atMost) throws SQLException {
        return lines(chain, "\"sequence\"", after, atMost);
    }

    /** Summaries of the newest entries of a chain; unreadable ones are omitted. */
    Set<AuditEvent> newest(String chain, int atMost) throws SQLException {
        Set<AuditEvent> events = new HashSet<>();
        for (String line : lines(chain, "\"sequence\" DESC", 0, atMost)) {
            try {
                events.add(AuditJson.entry(line).event());
            } catch (IllegalArgumentException e) {
                // Verification finds it.
            }
        }
        return events;
    }

    private List<String> lines(String chain, String order, long after, int atMost) throws SQLException {
        return Statements.select(
                database,
                "SELECT \"body\" FROM \"audit\" WHERE \"chain\" = ? AND \"sequence\" > ? ORDER BY " + order + " LIMIT "
                        + atMost,
                row -> row.getString(1),
                chain,
                after);
    }

    /** The oldest and the newest entry of each chain. */
    Map<String, AuditChain.Seen> chains(int atMost) throws SQLException {
        Map<String, AuditChain.Seen> chains = new TreeMap<>();
        try (Connection connection = database.getConnection()) {
            List<AuditChain.Head> oldest = Statements.select(
                    connection,
                    "SELECT \"chain\", MIN(\"sequence\") FROM \"audit\" GROUP BY \"chain\" ORDER BY \"chain\" LIMIT "
                            + atMost,
                    row -> new AuditChain.Head(row.getString(1), row.getLong(2), ""));
            for (AuditChain.Head first : oldest) {
                AuditChain.Head newest = newest(connection, first.chain());
                if (newest != null) {
                    chains.put(first.chain(), new AuditChain.Seen(first.sequence(), newest.sequence(), newest.hash()));
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
            dropped = Statements.update(
                    database,
                    "DELETE FROM \"audit\" WHERE \"chain\" = ? AND \"sequence\" IN (SELECT \"sequence\" FROM \"audit\""
                            + " WHERE \"chain\" = ? AND \"at_ms\" < ? AND \"sequence\" <"
                            + " (SELECT MAX(\"sequence\") FROM \"audit\" WHERE \"chain\" = ?) ORDER BY \"sequence\" LIMIT "
                            + PART + ")",
                    chain,
                    chain,
                    beforeEpochMs,
                    chain);
        } while (dropped == PART);
    }
}
