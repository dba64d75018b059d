package dev.windrose.live.journal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import javax.sql.DataSource;

/** Leases as rows of the region's database, timed only by the database's clock. Blocks. */
public final class LeaseTable {

    private final DataSource database;
    private final String now;
    private final String later;

    LeaseTable(Database database) {
        this.database = database.duties();
        boolean embedded = database.settings().embedded();
        this.now = embedded ? "CAST(unixepoch('subsec') * 1000 AS INTEGER)" : "CURRENT_TIMESTAMP";
        this.later = now + (embedded ? " + ? * 1000" : " + CAST(? AS INTEGER) * INTERVAL '1' SECOND");
    }

    /**
     * Acquires or renews the lease.
     *
     * @param seconds after which it expires unless renewed
     * @return false when another owner has it
     */
    public boolean acquire(String name, String owner, long seconds) throws SQLException {
        try (Connection connection = database.getConnection()) {
            try (PreparedStatement update = connection.prepareStatement("UPDATE \"lease\" SET \"owner\" = ?,"
                    + " \"until\" = " + later + " WHERE \"name\" = ? AND (\"owner\" = ? OR \"until\" < " + now + ")")) {
                update.setString(1, owner);
                update.setLong(2, seconds);
                update.setString(3, name);
                update.setString(4, owner);
                if (update.executeUpdate() == 1) {
                    return true;
                }
            }
            return insert(connection, name, owner, seconds);
        }
    }

    private boolean insert(Connection connection, String name, String owner, long seconds) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO \"lease\" (\"name\", \"owner\","
                + " \"until\") VALUES (?, ?, " + later + ") ON CONFLICT DO NOTHING")) {
            insert.setString(1, name);
            insert.setString(2, owner);
            insert.setLong(3, seconds);
            return insert.executeUpdate() == 1;
        }
    }

    /** Owner and expiry of the lease as a text that changes with each renewal; empty when it is free. */
    public String holder(String name) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement select =
                        connection.prepareStatement("SELECT \"owner\", \"until\" FROM \"lease\" WHERE \"name\" = ?")) {
            select.setString(1, name);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? row.getString(1) + " until " + row.getString(2) : "";
            }
        }
    }

    /** Releases the lease, if this owner has it. */
    public void release(String name, String owner) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement delete =
                        connection.prepareStatement("DELETE FROM \"lease\" WHERE \"name\" = ? AND \"owner\" = ?")) {
            delete.setString(1, name);
            delete.setString(2, owner);
            delete.executeUpdate();
        }
    }
}
