package dev.windrose.live.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.windrose.Postgres;
import dev.windrose.watch.RuleMeters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class DatabaseTest {

    @Test
    void anEmbeddedOneThatHasClosedItselfSaysSoOnce() throws SQLException {
        AtomicInteger ended = new AtomicInteger();
        try (Database database = Database.open(
                Journals.inMemory(UUID.randomUUID().toString()), new RuleMeters(new SimpleMeterRegistry()))) {
            database.migrate();
            database.whenEnded(ended::incrementAndGet);
            database.failed(new SQLException("no such table"));
            database.failed(null);
            assertThat(ended).hasValue(0);

            Throwable closed = catchThrowable(() -> {
                try (Connection connection = database.dataSource().getConnection();
                        Statement statement = connection.createStatement()) {
                    statement.execute("SHUTDOWN IMMEDIATELY");
                    statement.execute("SELECT 1");
                }
            });
            database.failed(new CompletionException(closed));
            database.failed(new CompletionException(closed));
            assertThat(ended).hasValue(1);
        }
    }

    @Test
    void inPostgresqlNodesAndAToolKeepEachOtherOut() throws SQLException {
        JournalSettings settings = Journals.postgres(Postgres.database());
        RuleMeters meters = new RuleMeters(new SimpleMeterRegistry());
        try (Database tool = Database.openAlone(settings, meters);
                Database node = Database.open(settings, meters)) {
            tool.migrate();
            assertThat(node.answers()).isFalse();
            assertThatThrownBy(node::migrate).hasStackTraceContaining("windrose journal works on it");
            assertThatThrownBy(() -> Database.openAlone(settings, meters)).hasMessageContaining("used by no node");
        }
        try (Database one = Database.open(settings, meters);
                Database other = Database.open(settings, meters)) {
            assertThat(one.answers()).isTrue();
            assertThat(other.answers()).isTrue();
            assertThatThrownBy(() -> Database.openAlone(settings, meters)).hasMessageContaining("used by no node");
        }
        Database.openAlone(settings, meters).close();
    }
}
