package dev.windrose.live.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import com.typesafe.config.ConfigFactory;
import dev.windrose.watch.DefinitionMeters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A data directory of the version before, whose process was killed: H2 2.5.252 with 40 events of 3 rules and a row in every
 * other table. Place 41 was given to a row that is gone; place 42 stands in {@code journal.given} alone.
 */
class H2MigrationTest {

    private static final ActorTestKit KIT = ActorTestKit.create(
            ConfigFactory.parseResources("windrose/wire.conf").withFallback(ConfigFactory.load()));
    private static final String HASH_BEFORE = "37d5f6c3d42fa7f9a040be2d29effe4a84b8b0f3e5a493365a16787c2f93488a";
    private static final long EVENTS = 40;
    private static final long GIVEN = 42;

    @TempDir
    private Path data;

    @BeforeEach
    void unpack() throws IOException {
        for (String file : List.of("journal.mv.db", "journal.given")) {
            try (InputStream packed =
                    H2MigrationTest.class.getResourceAsStream("/journal/h2-2.5.252/" + file + ".gz")) {
                Files.copy(new GZIPInputStream(packed), data.resolve(file));
            }
        }
    }

    @AfterAll
    static void shutDown() {
        KIT.shutdownTestKit();
    }

    private Database opened() {
        return Database.open(Journals.in(data), new DefinitionMeters(new SimpleMeterRegistry()));
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(data)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private static String text(Database database, String select) throws SQLException {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(select)) {
            StringBuilder text = new StringBuilder();
            while (row.next()) {
                for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
                    text.append(i > 1 || !text.isEmpty() ? " " : "").append(row.getString(i));
                }
            }
            return text.toString();
        }
    }

    private static List<Long> places(Database database) throws SQLException {
        return new JournalReader(database.dataSource()).orderings(0);
    }

    @Test
    void everyTableIsCarriedOverWithItsPlacesAndWhatOnlyJournalGivenHad() throws Exception {
        try (Database database = opened()) {
            database.migrate();

            assertThat(places(database))
                    .containsExactlyElementsOf(
                            LongStream.concat(LongStream.rangeClosed(1, EVENTS), LongStream.of(GIVEN))
                                    .boxed()
                                    .toList());
            assertThat(text(database, "SELECT * FROM \"event_tag\"")).isEqualTo("40 t");
            assertThat(text(
                            database,
                            "SELECT \"persistence_id\", \"sequence_number\", \"created\", \"snapshot_ser_id\","
                                    + " hex(\"snapshot_payload\"), \"meta_payload\" FROM \"snapshot\""))
                    .isEqualTo("definition|rule:rule-0|us-east-1 2 1700 77 0102 null");
            assertThat(text(database, "SELECT * FROM \"replication_cursor\"")).isEqualTo("eu-west-1 inc-eu 12");
            assertThat(text(database, "SELECT * FROM \"parked\""))
                    .isEqualTo("eu-west-1 definition|rule:bad|us-east-1 9");
            assertThat(text(database, "SELECT * FROM \"fact\" ORDER BY \"name\""))
                    .isEqualTo("founded true incarnation inc-us");
            assertThat(text(database, "SELECT * FROM \"metric_sample\""))
                    .isEqualTo("m1 rule-0 1700000000000 {\"p99\":1}");
            assertThat(text(database, "SELECT * FROM \"lease\"")).isEqualTo("members-of-us-east-1 a 1796032800250");
            assertThat(text(database, "SELECT * FROM \"audit\"")).isEqualTo("us-east-1/a:1 1 1700 h {\"who\":\"ada\"}");
        }
        assertThat(files()).containsExactly("journal.db", "journal.given.carried-over", "journal.mv.db.carried-over");
    }

    @Test
    void theEventsMakeTheStateThatTheyMadeBefore() throws Exception {
        Files.delete(data.resolve("journal.given"));
        try (Database database = opened()) {
            database.migrate();
            JournalCheck.Report report =
                    new JournalTools(KIT.system(), "us-east-1").verify(database, (done, all) -> {});
            assertThat(report.hash()).isEqualTo(HASH_BEFORE);
            assertThat(report.faults()).as("the made-up snapshot").isEqualTo(1);
        }
    }

    @Test
    void theNextEventComesAfterAllPlacesThatWereEverGiven() throws Exception {
        Files.delete(data.resolve("journal.given"));
        try (Database database = opened()) {
            database.migrate();
            try (Connection connection = database.dataSource().getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("INSERT INTO \"event_journal\" (\"persistence_id\", \"sequence_number\", \"writer\","
                        + " \"write_timestamp\", \"adapter_manifest\", \"event_payload\", \"event_ser_id\","
                        + " \"event_ser_manifest\") VALUES ('b', 1, '', 0, '', X'00', 1, '')");
            }
            assertThat(places(database)).endsWith(40L, 42L);
        }
    }

    @Test
    void aCopyThatAKillCutShortBeginsAnew() throws Exception {
        Files.writeString(data.resolve("journal.db.part"), "half of a copy");
        try (Database database = opened()) {
            database.migrate();
            assertThat(places(database)).hasSize(41);
        }
        assertThat(files()).doesNotContain("journal.db.part");
    }

    @Test
    void aKillBetweenTheCopyAndTheSettingAsideLosesNothing() throws Exception {
        Path old = data.resolve("journal.mv.db");
        byte[] bytes = Files.readAllBytes(old);
        try (Database database = opened()) {
            database.migrate();
        }
        Files.write(old, bytes);
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minusSeconds(60)));
        try (Database database = opened()) {
            database.migrate();
            assertThat(places(database)).hasSize(41);
        }
        assertThat(files()).doesNotContain("journal.mv.db");
    }

    @Test
    void anOldJournalThatWasWrittenAfterTheNewOneIsNotSetAside() throws Exception {
        Path old = data.resolve("journal.mv.db");
        byte[] bytes = Files.readAllBytes(old);
        try (Database database = opened()) {
            database.migrate();
        }
        Files.write(old, bytes);
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().plusSeconds(60)));
        try (Database database = opened()) {
            assertThatThrownBy(database::migrate).hasMessageContaining("two journals");
        }
        assertThat(files()).contains("journal.mv.db", "journal.db");
    }

    @Test
    void anOldJournalThatCannotBeReadStaysAsItIsAndSaysSo() throws Exception {
        byte[] damaged = new byte[8192];
        Files.write(data.resolve("journal.mv.db"), damaged);
        try (Database database = opened()) {
            assertThatThrownBy(database::migrate)
                    .hasMessageContaining("cannot be migrated, nothing was changed")
                    .hasMessageContaining("journal.mv.db");
        }
        assertThat(Files.readAllBytes(data.resolve("journal.mv.db"))).isEqualTo(damaged);
        assertThat(files()).contains("journal.mv.db", "journal.given").doesNotContain("journal.db", "journal.db.part");
    }

    @Test
    void aFreshDirectoryNeedsNone(@TempDir Path fresh) throws Exception {
        try (Database database = Database.open(Journals.in(fresh), new DefinitionMeters(new SimpleMeterRegistry()))) {
            database.migrate();
            assertThat(places(database)).isEmpty();
        }
    }
}
