package dev.windrose.live.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.windrose.Postgres;
import dev.windrose.watch.DefinitionMeters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatabaseTest {

    private static Database embedded(Path files) {
        Database database = Database.open(Journals.in(files), new DefinitionMeters(new SimpleMeterRegistry()));
        database.migrate();
        return database;
    }

    private static void execute(Database database, String... statements) throws SQLException {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private static String event(String id, int payload) {
        return "INSERT INTO \"event_journal\" (\"persistence_id\", \"sequence_number\", \"writer\","
                + " \"write_timestamp\", \"adapter_manifest\", \"event_payload\", \"event_ser_id\","
                + " \"event_ser_manifest\") VALUES ('" + id + "', 1, '', 0, '', zeroblob(" + payload + "), 1, '')";
    }

    private static List<Long> places(Database database) throws SQLException {
        return new JournalReader(database.dataSource()).orderings(0);
    }

    @Test
    void aPlaceIsNeverGivenTwiceEvenAfterTheNewestEventWasDeleted(@TempDir Path files) throws SQLException {
        try (Database database = embedded(files)) {
            execute(database, event("a", 1), event("b", 1), "DELETE FROM \"event_journal\" WHERE \"ordering\" = 2");
        }
        try (Database database = embedded(files)) {
            execute(database, event("c", 1));
            assertThat(places(database)).containsExactly(1L, 3L);
        }
    }

    @Test
    void itsFilesAreForTheirOwnUserAloneFromTheFirstMomentOn(@TempDir Path files) throws Exception {
        try (Database database = embedded(files)) {
            execute(database, event("a", 1));
            for (String name : List.of("journal.db", "journal.db-wal")) {
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(files.resolve(name))))
                        .as(name)
                        .isEqualTo("rw-------");
            }
        }
    }

    @Test
    void oneThatIsClosedWhileAConnectionIsLentCanBeOpenedAgain(@TempDir Path files) throws SQLException {
        Database first = embedded(files);
        Connection lent = first.dataSource().getConnection();
        first.close();
        try (Database second = embedded(files)) {
            execute(second, event("a", 1));
            assertThat(places(second)).containsExactly(1L);
        } finally {
            lent.close();
        }
    }

    @Test
    void anEmbeddedOneThatWasFullWritesAgainWhenThereIsRoom(@TempDir Path files) throws SQLException {
        try (Database database = embedded(files)) {
            execute(database, "PRAGMA max_page_count = 60");
            assertThatThrownBy(() -> execute(database, event("a", 1_000_000))).hasMessageContaining("SQLITE_FULL");
            assertThatThrownBy(() -> inTransaction(database, event("b", 1), event("c", 1_000_000)))
                    .hasMessageContaining("SQLITE_FULL");
            assertThat(places(database)).isEmpty();

            execute(database, "PRAGMA max_page_count = 1000000", event("d", 1_000_000));
            inTransaction(database, event("e", 1));
            assertThat(places(database)).containsExactly(1L, 2L);
        }
    }

    private static void inTransaction(Database database, String... statements) throws SQLException {
        try (Connection connection = database.dataSource().getConnection()) {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                for (String sql : statements) {
                    statement.execute(sql);
                }
            }
            connection.commit();
        }
    }

    @Test
    void writesIntoAFileThatWasDeletedAreRefused(@TempDir Path files) throws Exception {
        try (Database database = embedded(files)) {
            assertThat(database.answers()).isTrue();
            Path aside = files.resolve("aside");
            Files.move(files.resolve("journal.db"), aside);
            assertThat(database.answers()).isFalse();
            assertThatThrownBy(() -> execute(database, event("a", 1))).hasMessageContaining("deleted or replaced");
            Files.move(aside, files.resolve("journal.db"));
            execute(database, event("a", 1));
        }
    }

    @Test
    void noOtherProcessOpensAnEmbeddedOneThatIsInUse(@TempDir Path files) throws Exception {
        Path file = files.resolve("journal.db");
        // Its log is known from the first time.
        embedded(files).close();
        try (Database database = embedded(files);
                Connection other = DriverManager.getConnection(JournalSettings.SQLITE + file);
                Statement statement = other.createStatement()) {
            statement.execute("PRAGMA busy_timeout = 0");
            assertThat(database.answers()).isTrue();
            assertThat(files.resolve("journal.db-shm")).doesNotExist();
            assertThatThrownBy(() -> statement.executeQuery("SELECT COUNT(*) FROM \"fact\""))
                    .hasMessageContaining("SQLITE_BUSY");
        }
    }

    @Test
    void aFileWithADamagedPageIsNotUsed(@TempDir Path files) throws Exception {
        try (Database database = embedded(files)) {
            for (int i = 0; i < 200; i++) {
                execute(database, event("id-" + i, 500));
            }
        }
        Path file = files.resolve("journal.db");
        byte[] bytes = Files.readAllBytes(file);
        // The last page but two is one of the events.
        Arrays.fill(bytes, bytes.length - 3 * 4096, bytes.length - 3 * 4096 + 100, (byte) 0x55);
        Files.write(file, bytes);
        try (Database database = Database.open(Journals.in(files), new DefinitionMeters(new SimpleMeterRegistry()))) {
            assertThatThrownBy(database::migrate).hasMessageContaining("its file is damaged");
            assertThat(database.damage(false)).isNotEmpty();
        }
    }

    @Test
    void aCleanStopLeavesOneFileWithEverythingInIt(@TempDir Path files) throws Exception {
        try (Database database = embedded(files)) {
            execute(database, event("a", 1));
            assertThat(Files.size(files.resolve("journal.db-wal"))).isPositive();
        }
        try (Stream<Path> left = Files.list(files)) {
            assertThat(left.map(path -> path.getFileName().toString())).containsExactly("journal.db");
        }
    }

    @Test
    void inPostgresqlNodesAndAToolKeepEachOtherOut() throws SQLException {
        JournalSettings settings = Journals.postgres(Postgres.database());
        DefinitionMeters meters = new DefinitionMeters(new SimpleMeterRegistry());
        try (Database tool = Database.openAlone(settings, meters);
                Database node = Database.open(settings, meters)) {
            tool.migrate();
            assertThat(node.answers()).isFalse();
            assertThatThrownBy(node::migrate).hasStackTraceContaining("windrose journal command is using it");
            assertThatThrownBy(() -> Database.openAlone(settings, meters)).hasMessageContaining("not in use by a node");
        }
        try (Database one = Database.open(settings, meters);
                Database other = Database.open(settings, meters)) {
            assertThat(one.answers()).isTrue();
            assertThat(other.answers()).isTrue();
            assertThatThrownBy(() -> Database.openAlone(settings, meters)).hasMessageContaining("not in use by a node");
        }
        Database.openAlone(settings, meters).close();
    }
}
