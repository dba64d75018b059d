package dev.windrose.live.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.watch.DefinitionMeters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LeaseTableTest {

    private static final String NAME = "members-of-us-east-1";

    private final Database database = Database.open(Journals.fresh(), new DefinitionMeters(new SimpleMeterRegistry()));
    private final LeaseTable leases = new LeaseTable(database);

    @BeforeEach
    void makeTables() {
        database.migrate();
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void oneOfTwoHasIt() throws SQLException {
        assertThat(leases.acquire(NAME, "a", 30)).isTrue();
        assertThat(leases.acquire(NAME, "b", 30)).isFalse();
        assertThat(leases.acquire(NAME, "a", 30)).as("held on to").isTrue();
        assertThat(leases.acquire("another", "b", 30)).isTrue();
    }

    @Test
    void itIsFreeWhenItWasGivenBackByItsOwner() throws SQLException {
        leases.acquire(NAME, "a", 30);
        leases.release(NAME, "b");
        assertThat(leases.acquire(NAME, "b", 30)).isFalse();
        leases.release(NAME, "a");
        assertThat(leases.acquire(NAME, "b", 30)).isTrue();
        assertThat(leases.acquire(NAME, "a", 30)).isFalse();
    }

    @Test
    void itIsFreeWhenItsTimeIsOver() throws SQLException {
        leases.acquire(NAME, "a", 30);
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("UPDATE \"lease\" SET \"until\" = \"until\" - 31000");
        }
        assertThat(leases.acquire(NAME, "b", 30)).isTrue();
        assertThat(leases.acquire(NAME, "a", 30)).isFalse();
    }

    @Test
    void whoHasItIsSeenToLiveByHoldingOnToIt() throws Exception {
        assertThat(leases.holder(NAME)).isEmpty();
        leases.acquire(NAME, "a", 30);
        String before = leases.holder(NAME);
        assertThat(leases.acquire(NAME, "b", 30)).isFalse();
        assertThat(leases.holder(NAME))
                .as("a try of another is no sign of life")
                .isEqualTo(before);
        leases.acquire(NAME, "a", 31);
        assertThat(leases.holder(NAME)).isNotEqualTo(before).startsWith("a until ");
    }
}
