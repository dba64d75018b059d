package dev.windrose.live.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.windrose.Postgres;
import dev.windrose.watch.DefinitionMeters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MemberTableTest {

    private static final String LEASE = "members-of-us-east-1";
    private static final MemberTable.Named A = new MemberTable.Named("windrose-control@a:1", 11);
    private static final MemberTable.Named B = new MemberTable.Named("windrose-control@b:1", -22);
    private static final MemberTable.Said UP = new MemberTable.Said(true, "one", 2, 3);

    private Database first;
    private Database second;
    private MemberTable a;
    private MemberTable b;

    MemberTableTest() throws SQLException {
        String url = Postgres.database();
        first = opened(url);
        second = opened(url);
        a = Objects.requireNonNull(first.members());
        b = Objects.requireNonNull(second.members());
    }

    private static Database opened(String url) {
        return Database.open(Journals.postgres(url), new DefinitionMeters(new SimpleMeterRegistry()));
    }

    @BeforeEach
    void enter() throws SQLException {
        first.migrate();
        second.migrate();
        a.named(A);
        b.named(B);
    }

    @AfterEach
    void close() {
        first.close();
        second.close();
    }

    private static boolean fenced(Throwable failure) {
        return Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
                .anyMatch(cause -> cause instanceof SQLException sql && MemberTable.FENCED.equals(sql.getSQLState()));
    }

    @Test
    void membersSeeEachOthersBeatsAndWhatTheySay() throws SQLException {
        assertThat(a.beat(UP)).isTrue();
        assertThat(b.others()).singleElement().satisfies(other -> {
            assertThat(other.named()).isEqualTo(A);
            assertThat(other.said()).isEqualTo(UP);
            assertThat(other.ageMs()).isBetween(0L, 5000L);
            assertThat(other.epoch()).isEqualTo(a.epoch()).isLessThan(b.epoch());
        });
    }

    @Test
    void whoeverWasTakenForGoneIsRefusedTheLeaseThoughItIsFree() throws SQLException {
        assertThat(a.takeOver(LEASE, "a", 30, List.of(B))).isTrue();
        new LeaseTable(first).release(LEASE, "a");
        reconnect(second);

        assertThat(b.takeOver(LEASE, "b", 30, List.of(A))).isFalse();
        assertThat(b.beat(UP)).isFalse();
        assertThat(b.downed(List.of(A))).isFalse();
        assertThat(a.beat(UP)).as("the other was not taken for gone by it").isTrue();
        assertThat(a.takeOver(LEASE, "a", 30, List.of()))
                .as("the lease is still free")
                .isTrue();
    }

    @Test
    void whoeverIsRefusedTheLeaseTakesNobodyForGone() throws SQLException {
        assertThat(a.takeOver(LEASE, "a", 30, List.of())).isTrue();
        assertThat(b.takeOver(LEASE, "b", 30, List.of(A))).isFalse();
        assertThat(a.beat(UP)).isTrue();
        assertThat(a.takeOver(LEASE, "a", 30, List.of())).as("held on to").isTrue();
    }

    @Test
    void everyTakingForGoneRaisesTheEpoch() throws SQLException {
        long before = epoch();
        a.takeOver(LEASE, "a", 30, List.of());
        assertThat(epoch()).isEqualTo(before);
        a.takeOver(LEASE, "a", 30, List.of(B));
        assertThat(epoch()).isEqualTo(before + 1);
        a.downed(List.of(B));
        assertThat(epoch()).as("it is gone already").isEqualTo(before + 1);
    }

    @Test
    void nothingIsWrittenForWhoeverWasTakenForGone() throws SQLException {
        insert(second, 1);
        a.takeOver(LEASE, "a", 30, List.of(B));
        reconnect(second);
        assertThatThrownBy(() -> insert(second, 2))
                .satisfies(failure -> assertThat(fenced(failure)).isTrue());
        assertThatThrownBy(() -> new JournalFacts(second.dataSource()).renewIncarnation())
                .satisfies(failure -> assertThat(fenced(failure)).isTrue());
        insert(first, 2);
        assertThat(events()).isEqualTo(2);
    }

    @Test
    void aWriteThatWasUnderWayIsThereOrNotBeforeAnotherTakesOver() throws Exception {
        try (Connection sleeper = second.dataSource().getConnection()) {
            sleeper.setAutoCommit(false);
            insert(sleeper, 1);
            assertThat(a.takeOver(LEASE, "a", 30, List.of(B)))
                    .as("a node that sleeps in the middle of a transaction holds nobody up")
                    .isTrue();
            insert(first, 1);
            assertThatThrownBy(sleeper::commit).isInstanceOf(SQLException.class);
        }
        assertThat(events()).isEqualTo(1);
    }

    @Test
    void ofTwoThatTakeEachOtherForGoneAtOnceOneStays() throws Exception {
        for (int round = 0; round < 5; round++) {
            CompletableFuture<Boolean> one = tried(a, "a", B);
            CompletableFuture<Boolean> two = tried(b, "b", A);
            boolean first = one.get(30, TimeUnit.SECONDS);
            boolean second = two.get(30, TimeUnit.SECONDS);
            assertThat(first ^ second)
                    .as("round %s: a [%s] b [%s]", round, first, second)
                    .isTrue();
            reconnect(first ? this.second : this.first);
            assertThat(a.beat(UP)).isEqualTo(first);
            assertThat(b.beat(UP)).isEqualTo(second);
            close();
            anew();
        }
    }

    /** Lets the pools find that their connections were ended. */
    private static void reconnect(Database database) throws SQLException {
        for (DataSource pool : List.of(database.dataSource(), database.duties())) {
            for (int i = 0; i < database.settings().connections(); i++) {
                try (Connection connection = pool.getConnection();
                        Statement statement = connection.createStatement()) {
                    statement.execute("SELECT 1");
                } catch (SQLException e) {
                    assertThat(e.getSQLState()).isIn("57P01", "08006", "08003");
                }
            }
        }
    }

    private void anew() throws SQLException {
        String url = Postgres.database();
        first = opened(url);
        second = opened(url);
        a = Objects.requireNonNull(first.members());
        b = Objects.requireNonNull(second.members());
        enter();
    }

    /** As the lease does: tried again when the connection was ended in the middle. */
    private static CompletableFuture<Boolean> tried(MemberTable table, String owner, MemberTable.Named gone) {
        return CompletableFuture.supplyAsync(() -> {
            for (int i = 0; i < 5; i++) {
                try {
                    return table.takeOver(LEASE, owner, 30, List.of(gone));
                } catch (SQLException e) {
                    // Its connection was ended, or it waited for long.
                }
            }
            return false;
        });
    }

    @Test
    void aLaterMemberOfTheSameAddressTakesTheEarlierForGone() throws SQLException {
        b.named(new MemberTable.Named(A.address(), 99));
        reconnect(first);
        assertThat(a.beat(UP)).isFalse();
        assertThatThrownBy(() -> insert(first, 1)).isInstanceOf(SQLException.class);
        assertThat(b.beat(UP)).isTrue();
    }

    @Test
    void whatTheDatabaseDoesNotKnowWritesNothing() throws SQLException {
        administer("DELETE FROM \"member\" WHERE \"address\" = '" + B.address() + "'");
        assertThat(b.beat(UP)).isFalse();
        assertThatThrownBy(() -> insert(second, 1))
                .satisfies(failure -> assertThat(fenced(failure)).isTrue());
    }

    @Test
    void aDatabaseThatWouldRefuseNothingIsNotUsed() throws SQLException {
        administer("ALTER TABLE \"event_journal\" DISABLE TRIGGER windrose_fence");
        try (Database third = opened(first.settings().url())) {
            assertThatThrownBy(third::migrate).hasMessageContaining("triggers windrose_fence: 5 on (expected: 6");
        }
    }

    @Test
    void ofTwoNodesThatStartAtOnceOnAnEmptyDatabaseOneNamesIt() throws Exception {
        for (int round = 0; round < 20; round++) {
            administer("DELETE FROM \"fact\"");
            CompletableFuture<String> one = named(first);
            CompletableFuture<String> two = named(second);
            assertThat(one.get(30, TimeUnit.SECONDS)).isEqualTo(two.get(30, TimeUnit.SECONDS));
            assertThat(new JournalFacts(first.dataSource()).store()
                            + new JournalFacts(second.dataSource()).incarnation())
                    .isEqualTo(one.join());
        }
    }

    private static CompletableFuture<String> named(Database database) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                JournalFacts facts = new JournalFacts(database.dataSource());
                return facts.store() + facts.incarnation();
            } catch (SQLException e) {
                throw new CompletionException(e);
            }
        });
    }

    @Test
    void theGoneAreRememberedForAWeekAndNoMoreThanAThousand() throws SQLException {
        administer("INSERT INTO \"member\" SELECT 'old-' || n, n, 'x', n, clock_timestamp() - INTERVAL '6 days', FALSE,"
                + " '', 0, 0, clock_timestamp(), 'y' FROM generate_series(1, 1500) n");
        administer(
                "INSERT INTO \"member\" SELECT 'older-' || n, n, 'x', n, clock_timestamp() - INTERVAL '8 days', FALSE,"
                        + " '', 0, 0, NULL, NULL FROM generate_series(1, 10) n");
        try (Database third = opened(first.settings().url())) {
            third.migrate();
        }
        assertThat(count("SELECT COUNT(*) FROM \"member\" WHERE \"id\" LIKE 'old-%'"))
                .isEqualTo(1000);
        assertThat(count("SELECT COUNT(*) FROM \"member\" WHERE \"id\" LIKE 'older-%'"))
                .isZero();
        assertThat(a.beat(UP)).isTrue();
    }

    private static void insert(Database database, long number) throws SQLException {
        try (Connection connection = database.dataSource().getConnection()) {
            insert(connection, number);
        }
    }

    private static void insert(Connection connection, long number) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO \"event_journal\" (\"persistence_id\","
                + " \"sequence_number\", \"writer\", \"write_timestamp\", \"adapter_manifest\", \"event_payload\","
                + " \"event_ser_id\", \"event_ser_manifest\") VALUES ('p', ?, 'w', 0, '', '', 1, '')")) {
            insert.setLong(1, number);
            insert.executeUpdate();
        }
    }

    private long events() throws SQLException {
        return count("SELECT COUNT(*) FROM \"event_journal\"");
    }

    private long epoch() throws SQLException {
        return count("SELECT \"epoch\" FROM \"region_epoch\"");
    }

    private long count(String sql) throws SQLException {
        try (Connection connection = first.dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    private void administer(String sql) throws SQLException {
        try (Connection connection = first.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        }
    }
}
