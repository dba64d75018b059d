package dev.windrose.live.journal;

import dev.windrose.live.jdbc.Statements;
import java.sql.Connection;
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
            return Statements.update(
                                    connection,
                                    "UPDATE \"lease\" SET \"owner\" = ?, \"until\" = " + later
                                            + " WHERE \"name\" = ? AND (\"owner\" = ? OR \"until\" < " + now + ")",
                                    owner,
                                    seconds,
                                    name,
                                    owner)
                            == 1
                    || Statements.update(
                                    connection,
                                    "INSERT INTO \"lease\" (\"name\", \"owner\", \"until\") VALUES (?, ?, " + later
                                            + ") ON CONFLICT DO NOTHING",
                                    name,
                                    owner,
                                    seconds)
                            == 1;
        }
    }

    /** Owner and expiry of the lease as a text that changes with each renewal; empty when it is free. */
    public String holder(String name) throws SQLException {
        return Statements.select(
                        database,
                        "SELECT \"owner\", \"until\" FROM \"lease\" WHERE \"name\" = ?",
                        row -> row.getString(1) + " until " + row.getString(2),
                        name)
                .stream()
                .findFirst()
                .orElse("");
    }

    /** Releases the lease, if this owner has it. */
    public void release(String name, String owner) throws SQLException {
        Statements.update(database, "DELETE FROM \"lease\" WHERE \"name\" = ? AND \"owner\" = ?", name, owner);
    }
}
