package dev.windrose.live.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.Postgres;
import dev.windrose.watch.DefinitionMeters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What it costs that PostgreSQL asks of every write whether its member is down. {@code mvn -Pbenchmark test}. */
@Tag("benchmark")
class FenceBenchmark {

    private static final int ROUNDS = 20;
    private static final int WRITES = 200;

    @Test
    void aWriteWithAndWithoutTheQuestion() throws SQLException {
        List<Long> with = new ArrayList<>();
        List<Long> without = new ArrayList<>();
        try (Database database = Database.open(
                Journals.postgres(Postgres.database()), new DefinitionMeters(new SimpleMeterRegistry()))) {
            database.migrate();
            // Side by side, in turns, so that whatever else the machine does meets both.
            for (int round = 0; round < ROUNDS; round++) {
                ask(database, "DISABLE");
                write(database, "without-" + round, without);
                ask(database, "ENABLE");
                write(database, "with-" + round, with);
            }
        }
        Collections.sort(with);
        Collections.sort(without);
        System.out.printf(
                "write, us: without p50 %d p99 %d, with p50 %d p99 %d%n",
                us(without, 0.5), us(without, 0.99), us(with, 0.5), us(with, 0.99));
        assertThat(with).hasSize(ROUNDS * WRITES);
    }

    private static long us(List<Long> sorted, double share) {
        return sorted.get((int) (share * (sorted.size() - 1))) / 1000;
    }

    private static void ask(Database database, String how) throws SQLException {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("ALTER TABLE \"event_journal\" " + how + " TRIGGER windrose_fence");
        }
    }

    private static void write(Database database, String id, List<Long> nanos) throws SQLException {
        try (Connection connection = database.dataSource().getConnection();
                PreparedStatement insert = connection.prepareStatement(
                        "INSERT INTO \"event_journal\""
                                + " (\"persistence_id\", \"sequence_number\", \"writer\", \"write_timestamp\", \"adapter_manifest\","
                                + " \"event_payload\", \"event_ser_id\", \"event_ser_manifest\") VALUES (?, ?, 'w', 0, '', ?, 1, '')")) {
            for (int i = 0; i < WRITES; i++) {
                insert.setString(1, id);
                insert.setLong(2, i);
                insert.setBytes(3, new byte[600]);
                long began = System.nanoTime();
                insert.executeUpdate();
                nanos.add(System.nanoTime() - began);
            }
        }
    }
}
