package dev.windrose.live.journal;

import dev.windrose.live.jdbc.Statements;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Collection;
import java.util.List;

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
    static final String FENCED = "WR001";

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

    /** The triggers may be missing or disabled after a restore: then nothing would be refused. */
    void verify() throws SQLException {
        int on = Statements.select(
                        database.duties(),
                        "SELECT COUNT(*) FROM pg_trigger WHERE \"tgname\" = 'windrose_fence' AND \"tgenabled\" IN ('O', 'A')"
                                + " AND \"tgrelid\" = ANY(ARRAY['event_journal', 'snapshot', 'replication_cursor', 'parked', 'fact',"
                                + " 'metric_sample']::regclass[])",
                        row -> row.getInt(1))
                .get(0);
        if (on != FENCED_TABLES) {
            throw new SQLException("triggers windrose_fence: " + on + " on (expected: " + FENCED_TABLES
                    + ", see V20__member.sql; ALTER TABLE ... ENABLE TRIGGER windrose_fence)");
        }
    }

    /** Registers this member, without a name yet. Members not heard from for long are removed. */
    void enter() throws SQLException {
        transaction(connection -> {
            Statements.update(
                    connection,
                    "DELETE FROM \"member\" WHERE \"beat\" < clock_timestamp() - INTERVAL '" + KEPT_FOR
                            + "' OR \"id\" IN (SELECT \"id\" FROM \"member\" WHERE \"downed\" IS NOT NULL"
                            + " ORDER BY \"downed\" DESC OFFSET " + KEPT_AT_MOST + ")");
            return Statements.update(
                            connection,
                            "INSERT INTO \"member\" (\"id\", \"epoch\", \"address\", \"uid\", \"beat\", \"up\", \"cluster\","
                                    + " \"regions\", \"nodes\") VALUES (?, ?, '', 0, clock_timestamp(), FALSE, '', 0, 0)",
                            id,
                            raised(connection))
                    == 1;
        });
    }

    /** Names this member. An earlier member of the same address has ended, and is declared down. */
    public void named(Named name) throws SQLException {
        transaction(connection -> {
            for (String earlier : select(connection, "\"address\" = ? AND \"id\" <> ?", name.address(), id)) {
                fence(connection, earlier);
            }
            return Statements.update(
                            connection,
                            "UPDATE \"member\" SET \"address\" = ?, \"uid\" = ? WHERE \"id\" = ?",
                            name.address(),
                            name.uid(),
                            id)
                    == 1;
        });
    }

    /** Writes a heartbeat; false when this member was declared down. */
    public boolean beat(Said said) throws SQLException {
        return Statements.update(
                        database.duties(),
                        "UPDATE \"member\" SET \"beat\" = clock_timestamp(), \"up\" = ?, \"cluster\" = ?, \"regions\" = ?,"
                                + " \"nodes\" = ? WHERE \"id\" = ? AND \"downed\" IS NULL",
                        said.up(),
                        said.cluster(),
                        said.regions(),
                        said.nodes(),
                        id)
                == 1;
    }

    /** The epoch of the region in which this member registered. */
    public long epoch() throws SQLException {
        return Statements.select(
                        database.duties(),
                        "SELECT \"epoch\" FROM \"member\" WHERE \"id\" = ?",
                        row -> row.getLong(1),
                        id)
                .stream()
                .findFirst()
                .orElse(0L);
    }

    /** The other named members of the region that were not declared down, dead ones included. */
    public List<Other> others() throws SQLException {
        return Statements.select(
                database.duties(),
                "SELECT \"address\", \"uid\", \"epoch\", \"up\", \"cluster\", \"regions\", \"nodes\","
                        + " CAST(EXTRACT(EPOCH FROM clock_timestamp() - \"beat\") * 1000 AS BIGINT)"
                        + " FROM \"member\" WHERE \"id\" <> ? AND \"downed\" IS NULL AND \"address\" <> ''",
                row -> new Other(
                        new Named(row.getString(1), row.getLong(2)),
                        row.getLong(3),
                        new Said(row.getBoolean(4), row.getString(5), row.getInt(6), row.getInt(7)),
                        row.getLong(8)),
                id);
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
            int taken = Statements.update(
                    connection,
                    "INSERT INTO \"lease\" (\"name\", \"owner\", \"until\")"
                            + " VALUES (?, ?, clock_timestamp() + CAST(? AS INTEGER) * INTERVAL '1' SECOND)"
                            + " ON CONFLICT (\"name\") DO UPDATE SET \"owner\" = EXCLUDED.\"owner\","
                            + " \"until\" = clock_timestamp() + CAST(? AS INTEGER) * INTERVAL '1' SECOND"
                            + " WHERE \"lease\".\"owner\" = EXCLUDED.\"owner\" OR \"lease\".\"until\" < clock_timestamp()",
                    lease,
                    owner,
                    seconds,
                    seconds);
            return taken == 1 && takenForGone(connection, gone);
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
        return Statements.select(
                connection,
                "SELECT \"id\" FROM \"member\" WHERE \"downed\" IS NULL AND " + where + " ORDER BY \"id\"",
                row -> row.getString(1),
                first,
                second);
    }

    /*
     * A node that is paused in the middle of a transaction holds its locks for as long as it is. So its connections are
     * ended first; what it has committed by then is visible to its successor, and it commits nothing after.
     */
    private void fence(Connection connection, String member) throws SQLException {
        Statements.select(
                connection,
                "SELECT pg_terminate_backend(\"pid\") FROM pg_stat_activity WHERE \"datname\" = current_database()"
                        + " AND \"application_name\" = ?",
                row -> row.getBoolean(1),
                Database.applicationName(member));
        Statements.select(connection, "SELECT pg_advisory_xact_lock(" + LOCKS + ", hashtext(?))", row -> true, member);
        Statements.update(
                connection,
                "UPDATE \"member\" SET \"downed\" = clock_timestamp(), \"downed_by\" = ?"
                        + " WHERE \"id\" = ? AND \"downed\" IS NULL",
                id,
                member);
    }

    private static long raised(Connection connection) throws SQLException {
        return Statements.select(
                        connection,
                        "UPDATE \"region_epoch\" SET \"epoch\" = \"epoch\" + 1 RETURNING \"epoch\"",
                        row -> row.getLong(1))
                .get(0);
    }

    /** Less than the lease's timeout: an operation reported as not done must not be done later. */
    private static final long GIVEN_UP_NANOS = Duration.ofMillis(2500).toNanos();

    private boolean transaction(Statements.Work<Boolean> work) throws SQLException {
        long began = System.nanoTime();
        return Statements.transaction(database.duties(), connection -> {
            try (Statement bounds = connection.createStatement()) {
                bounds.execute("SET LOCAL lock_timeout = '2s'; SET LOCAL statement_timeout = '2s'");
            }
            boolean done = work.in(connection);
            if (System.nanoTime() - began > GIVEN_UP_NANOS) {
                throw new SQLTimeoutException("abandoned: the caller no longer waits for the answer");
            }
            if (!done) {
                connection.rollback();
            }
            return done;
        });
    }
}
