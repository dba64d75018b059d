package dev.windrose.live.journal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The members of a region as recorded in its PostgreSQL, timed only by the database's clock, and the lease among them.
 * Each start of a control plane is a separate member. A member that was declared down is refused the lease and every
 * later write ({@code windrose_fence} in the database). Blocks.
 *
 * <p>An embedded database has no such table: one process holds its file.
 */
public final class MemberTable {

    /**
     * A member as identified by the cluster.
     *
     * @param address host:port
     * @param uid of its actor system
     */
    public record Named(String address, long uid) {}

    /**
     * What a member reports with each heartbeat.
     *
     * @param up whether it is an Up member of a cluster
     * @param cluster its id; empty while unknown
     * @param regions with members in the cluster as this one sees it, this region included
     * @param nodes of the cluster as this one sees it, itself included
     */
    public record Said(boolean up, String cluster, int regions, int nodes) {}

    /**
     * Another member of the region that was not declared down.
     *
     * @param ageMs since its last heartbeat, by the database's clock
     */
    public record Other(Named named, long epoch, Said said, long ageMs) {}

    /** SQLSTATE of a write refused because its member was declared down. */
    public static final String FENCED = "WR001";

    /** Namespace of the advisory locks by member; also in {@code windrose_fence}. */
    private static final int LOCKS = 8020;

    private static final int FENCED_TABLES = 6;
    private static final int KEPT_AT_MOST = 1000;
    private static final String KEPT_FOR = "7 days";

    private final Database database;
    private final String id;

    MemberTable(Database database, String id) {
        this.database = database;
        this.id = id;
    }

    /** This member's row in the database. */
    public String id() {
        return id;
    }

    /** The triggers may be missing or disabled after a restore: then nothing would be refused. */
    void verify() throws SQLException {
        try (Connection connection = database.duties().getConnection();
                PreparedStatement select = connection.prepareStatement("SELECT COUNT(*) FROM pg_trigger WHERE"
                        + " \"tgname\" = 'windrose_fence' AND \"tgenabled\" IN ('O', 'A')"
                        + " AND \"tgrelid\" = ANY(ARRAY['event_journal', 'snapshot', 'replication_cursor', 'parked', 'fact',"
                        + " 'metric_sample']::regclass[])");
                ResultSet row = select.executeQuery()) {
            row.next();
            if (row.getInt(1) != FENCED_TABLES) {
                throw new SQLException("triggers windrose_fence: " + row.getInt(1) + " on (expected: " + FENCED_TABLES
                        + ", see V20__member.sql; ALTER TABLE ... ENABLE TRIGGER windrose_fence)");
            }
        }
    }

    /** Registers this member, without a name yet. Members not heard from for long are removed. */
    void enter() throws SQLException {
        transaction(connection -> {
            try (PreparedStatement prune = connection.prepareStatement("DELETE FROM \"member\" WHERE \"beat\" <"
                    + " clock_timestamp() - INTERVAL '" + KEPT_FOR + "' OR \"id\" IN (SELECT \"id\" FROM \"member\""
                    + " WHERE \"downed\" IS NOT NULL ORDER BY \"downed\" DESC OFFSET " + KEPT_AT_MOST + ")")) {
                prune.executeUpdate();
            }
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO \"member\" (\"id\", \"epoch\","
                    + " \"address\", \"uid\", \"beat\", \"up\", \"cluster\", \"regions\", \"nodes\")"
                    + " VALUES (?, ?, '', 0, clock_timestamp(), FALSE, '', 0, 0)")) {
                insert.setString(1, id);
                insert.setLong(2, raised(connection));
                return insert.executeUpdate() == 1;
            }
        });
    }

    /** Names this member. An earlier member of the same address has ended, and is declared down. */
    public void named(Named name) throws SQLException {
        transaction(connection -> {
            for (String earlier : select(connection, "\"address\" = ? AND \"id\" <> ?", name.address(), id)) {
                fence(connection, earlier);
            }
            try (PreparedStatement update = connection.prepareStatement(
                    "UPDATE \"member\" SET \"address\" = ?, \"uid\" = ? WHERE \"id\" = ?")) {
                update.setString(1, name.address());
                update.setLong(2, name.uid());
                update.setString(3, id);
                return update.executeUpdate() == 1;
            }
        });
    }

    /** Writes a heartbeat; false when this member was declared down. */
    public boolean beat(Said said) throws SQLException {
        try (Connection connection = database.duties().getConnection();
                PreparedStatement update = connection.prepareStatement("UPDATE \"member\" SET \"beat\" ="
                        + " clock_timestamp(), \"up\" = ?, \"cluster\" = ?, \"regions\" = ?, \"nodes\" = ?"
                        + " WHERE \"id\" = ? AND \"downed\" IS NULL")) {
            update.setBoolean(1, said.up());
            update.setString(2, said.cluster());
            update.setInt(3, said.regions());
            update.setInt(4, said.nodes());
            update.setString(5, id);
            return update.executeUpdate() == 1;
        }
    }

    /** The epoch of the region in which this member registered. */
    public long epoch() throws SQLException {
        try (Connection connection = database.duties().getConnection();
                PreparedStatement select =
                        connection.prepareStatement("SELECT \"epoch\" FROM \"member\" WHERE \"id\" = ?")) {
            select.setString(1, id);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? row.getLong(1) : 0;
            }
        }
    }

    /** The other named members of the region that were not declared down, dead ones included. */
    public List<Other> others() throws SQLException {
        List<Other> others = new ArrayList<>();
        try (Connection connection = database.duties().getConnection();
                PreparedStatement select = connection.prepareStatement("SELECT \"address\", \"uid\", \"epoch\", \"up\","
                        + " \"cluster\", \"regions\", \"nodes\","
                        + " CAST(EXTRACT(EPOCH FROM clock_timestamp() - \"beat\") * 1000 AS BIGINT)"
                        + " FROM \"member\" WHERE \"id\" <> ? AND \"downed\" IS NULL AND \"address\" <> ''")) {
            select.setString(1, id);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    others.add(new Other(
                            new Named(row.getString(1), row.getLong(2)),
                            row.getLong(3),
                            new Said(row.getBoolean(4), row.getString(5), row.getInt(6), row.getInt(7)),
                            row.getLong(8)));
                }
            }
        }
        return others;
    }

    /**
     * Acquires or renews the lease, and in the same transaction declares other members down.
     *
     * @param seconds after which the lease expires unless renewed
     * @param gone the members to declare down
     * @return false when another has the lease, or this member was itself declared down
     */
    public boolean takeOver(String lease, String owner, long seconds, Collection<Named> gone) throws SQLException {
        return transaction(connection -> {
            // The lease's row first: of two that declare each other down, the second then sees what the first did.
            try (PreparedStatement upsert = connection.prepareStatement("INSERT INTO \"lease\" (\"name\", \"owner\","
                    + " \"until\") VALUES (?, ?, clock_timestamp() + CAST(? AS INTEGER) * INTERVAL '1' SECOND)"
                    + " ON CONFLICT (\"name\") DO UPDATE SET \"owner\" = EXCLUDED.\"owner\","
                    + " \"until\" = clock_timestamp() + CAST(? AS INTEGER) * INTERVAL '1' SECOND"
                    + " WHERE \"lease\".\"owner\" = EXCLUDED.\"owner\" OR \"lease\".\"until\" < clock_timestamp()")) {
                upsert.setString(1, lease);
                upsert.setString(2, owner);
                upsert.setLong(3, seconds);
                upsert.setLong(4, seconds);
                if (upsert.executeUpdate() == 0) {
                    return false;
                }
            }
            return takenForGone(connection, gone);
        });
    }

    /**
     * Records members as down that the cluster has already downed.
     *
     * @return false when this member was itself declared down, and nothing was changed
     */
    public boolean downed(Collection<Named> gone) throws SQLException {
        return transaction(connection -> takenForGone(connection, gone));
    }

    private boolean takenForGone(Connection connection, Collection<Named> gone) throws SQLException {
        if (select(connection, "\"id\" = ? AND \"id\" = ?", id, id).isEmpty()) {
            return false;
        }
        boolean any = false;
        for (Named name : gone) {
            String where = "\"address\" = ? AND \"uid\" = CAST(? AS BIGINT)";
            for (String member : select(connection, where, name.address(), Long.toString(name.uid()))) {
                fence(connection, member);
                any = true;
            }
        }
        if (any) {
            raised(connection);
        }
        return true;
    }

    /** The members not declared down, for a condition with two parameters. */
    private static List<String> select(Connection connection, String where, String first, String second)
            throws SQLException {
        List<String> ids = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT \"id\" FROM \"member\" WHERE \"downed\" IS NULL AND " + where + " ORDER BY \"id\"")) {
            select.setString(1, first);
            select.setString(2, second);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    ids.add(rows.getString(1));
                }
            }
        }
        return ids;
    }

    /*
     * A node that is paused in the middle of a transaction holds its locks for as long as it is. So its connections are
     * ended first; what it has committed by then is visible to its successor, and it commits nothing after.
     */
    private void fence(Connection connection, String member) throws SQLException {
        try (PreparedStatement end = connection.prepareStatement("SELECT pg_terminate_backend(\"pid\") FROM"
                + " pg_stat_activity WHERE \"datname\" = current_database() AND \"application_name\" = ?")) {
            end.setString(1, Database.applicationName(member));
            end.executeQuery().close();
        }
        try (PreparedStatement lock =
                connection.prepareStatement("SELECT pg_advisory_xact_lock(" + LOCKS + ", hashtext(?))")) {
            lock.setString(1, member);
            lock.executeQuery().close();
        }
        try (PreparedStatement update = connection.prepareStatement("UPDATE \"member\" SET \"downed\" ="
                + " clock_timestamp(), \"downed_by\" = ? WHERE \"id\" = ? AND \"downed\" IS NULL")) {
            update.setString(1, id);
            update.setString(2, member);
            update.executeUpdate();
        }
    }

    private static long raised(Connection connection) throws SQLException {
        try (PreparedStatement raise = connection.prepareStatement(
                        "UPDATE \"region_epoch\" SET \"epoch\" = \"epoch\" + 1 RETURNING \"epoch\"");
                ResultSet row = raise.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    private interface Work {
        boolean in(Connection connection) throws SQLException;
    }

    /** Less than the lease's timeout: an operation reported as not done must not be done later. */
    private static final long GIVEN_UP_NANOS = Duration.ofMillis(2500).toNanos();

    private boolean transaction(Work work) throws SQLException {
        long began = System.nanoTime();
        try (Connection connection = database.duties().getConnection()) {
            connection.setAutoCommit(false);
            try (Statement bounds = connection.createStatement()) {
                bounds.execute("SET LOCAL lock_timeout = '2s'; SET LOCAL statement_timeout = '2s'");
                boolean done = work.in(connection);
                if (System.nanoTime() - began > GIVEN_UP_NANOS) {
                    throw new SQLTimeoutException("given up: whoever asked for it goes on without an answer");
                }
                if (done) {
                    connection.commit();
                } else {
                    connection.rollback();
                }
                return done;
            } catch (SQLException e) {
                rollBack(connection, e);
                throw e;
            } finally {
                back(connection);
            }
        }
    }

    private static void rollBack(Connection connection, SQLException cause) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            cause.addSuppressed(e);
        }
    }

    private static void back(Connection connection) throws SQLException {
        if (!connection.isClosed()) {
            connection.setAutoCommit(true);
        }
    }

    /** Whether a statement failed because its member was declared down. */
    public static boolean fenced(@Nullable Throwable failure) {
        return caused(failure, sql -> FENCED.equals(sql.getSQLState()));
    }

    private static boolean caused(@Nullable Throwable failure, Predicate<SQLException> is) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < 50; depth++) {
            if (cause instanceof SQLException sql && is.test(sql)) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }
}
