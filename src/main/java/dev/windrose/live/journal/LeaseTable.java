package dev.windrose.live.journal;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** Leases as rows of the region's database, by the database's clock alone. Blocks. */
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
     * Takes the lease, or holds on to it.
     *
     * @param seconds after which it is free again unless it is held on to
     * @return false when another has it
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

    /** Who has the lease and until when; another text once its owner has held on to it, empty when nobody has it. */
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

    /** Gives the lease back, if it is this owner's. */
    public void release(String name, String owner) throws SQLException {
        Statements.update(database, "DELETE FROM \"lease\" WHERE \"name\" = ? AND \"owner\" = ?", name, owner);
    }
}
