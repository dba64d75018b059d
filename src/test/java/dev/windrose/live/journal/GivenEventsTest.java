package dev.windrose.live.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.watch.RuleMeters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GivenEventsTest {

    private static final byte[] METADATA = {7, 8};

    @TempDir
    private Path files;

    private Database database;

    @BeforeEach
    void open() {
        database = opened();
    }

    @AfterEach
    void close() {
        database.close();
    }

    private Database opened() {
        Database made = Database.open(
                Journals.at("jdbc:h2:file:" + files.resolve("journal") + ";WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE"),
                new RuleMeters(new SimpleMeterRegistry()));
        made.migrate();
        return made;
    }

    /** The process ends and starts again. */
    private void restart() {
        database.close();
        database = opened();
    }

    private static StoredEvent event(long ordering, String id, long sequenceNumber) {
        return new StoredEvent(
                ordering,
                id,
                sequenceNumber,
                1_000 + ordering,
                new byte[] {(byte) ordering},
                33,
                "m",
                METADATA,
                34,
                "n");
    }

    private void lose(long ordering) throws SQLException {
        execute("DELETE FROM \"event_journal\" WHERE \"ordering\" = " + ordering);
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private List<StoredEvent> journal() throws SQLException {
        return new JournalReader(database.dataSource()).page(0);
    }

    private List<Long> places() throws SQLException {
        return journal().stream().map(StoredEvent::ordering).toList();
    }

    @Test
    void whatTheDatabaseLostOfWhatOthersKnowIsPutBackAsItWas() throws Exception {
        database.given().record(List.of(event(1, "a", 1), event(2, "b", 1), event(3, "a", 2)));
        restart();
        assertThat(journal())
                .usingRecursiveFieldByFieldElementComparator()
                .containsExactly(event(1, "a", 1), event(2, "b", 1), event(3, "a", 2));

        lose(3);
        restart();
        assertThat(journal())
                .usingRecursiveFieldByFieldElementComparator()
                .containsExactly(event(1, "a", 1), event(2, "b", 1), event(3, "a", 2));
    }

    @Test
    void theNextEventComesAfterWhatWasPutBack() throws Exception {
        database.given().record(List.of(event(41, "a", 1)));
        restart();
        execute(
                "INSERT INTO \"event_journal\" (\"persistence_id\", \"sequence_number\", \"writer\", \"write_timestamp\","
                        + " \"adapter_manifest\", \"event_payload\", \"event_ser_id\", \"event_ser_manifest\")"
                        + " VALUES ('b', 1, '', 0, '', X'00', 1, '')");
        assertThat(places()).containsExactly(41L, 42L);
    }

    @Test
    void whatWouldLeaveAHoleInItsDefinitionStaysOut() throws Exception {
        database.given().record(List.of(event(1, "a", 1), event(2, "a", 3)));
        restart();
        assertThat(places()).containsExactly(1L);
    }

    @Test
    void aPlaceThatIsTakenStaysAsItIs() throws Exception {
        database.given().record(List.of(event(1, "a", 1)));
        restart();
        database.given().record(List.of(event(1, "b", 1)));
        restart();
        assertThat(journal()).extracting(StoredEvent::persistenceId).containsExactly("a");
    }

    @Test
    void aRecordCutShortIsPassedOverAndWrittenOver() throws Exception {
        database.given().record(List.of(event(1, "a", 1)));
        database.close();
        cut(files.resolve("journal.given"));
        database = opened();
        assertThat(places()).containsExactly(1L);

        database.given().record(List.of(event(2, "a", 2)));
        restart();
        assertThat(places()).containsExactly(1L, 2L);
    }

    @Test
    void aChangedRecordAndWhatFollowsItArePassedOver() throws Exception {
        database.given().record(List.of(event(1, "a", 1), event(2, "a", 2)));
        database.close();
        Path file = files.resolve("journal.given");
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 1] ^= 1;
        Files.write(file, bytes);
        database = opened();
        assertThat(places()).containsExactly(1L);
    }

    private static void cut(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length - 5), StandardOpenOption.APPEND);
    }

    @Test
    void aFullFileIsKeptBesideTheNextOne() throws Exception {
        byte[] large = new byte[100_000];
        int many = (int) (GivenEvents.FILE_BYTES / large.length) + 10;
        for (long n : LongStream.rangeClosed(1, many).toArray()) {
            database.given().record(List.of(new StoredEvent(n, "a", n, 0, large, 33, "m", METADATA, 34, "n")));
        }
        assertThat(Files.size(files.resolve("journal.given.1")))
                .isBetween(GivenEvents.FILE_BYTES, GivenEvents.FILE_BYTES * 2);
        restart();
        assertThat(new JournalReader(database.dataSource()).head()).isEqualTo(many);
    }

    @Test
    void aDatabaseThatIsNotAFileNeedsNone() throws Exception {
        try (GivenEvents none = new GivenEvents("jdbc:postgresql://localhost/windrose")) {
            none.record(List.of(event(1, "a", 1)));
            assertThat(none.restore(database.dataSource())).isZero();
        }
    }
}
