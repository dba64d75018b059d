package dev.windrose.cli;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import com.fasterxml.jackson.databind.JsonNode;
import com.typesafe.config.ConfigFactory;
import dev.windrose.cli.remote.Exit;
import dev.windrose.live.journal.LongJournal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Journals on disk, as {@code windrose journal} takes them. {@code -Dwindrose.journal.events=1000000} makes them long. */
class JournalCommandTest {

    private static final ActorTestKit KIT = ActorTestKit.create(
            ConfigFactory.parseResources("windrose/wire.conf").withFallback(ConfigFactory.load()));
    private static final int EVENTS = Integer.getInteger("windrose.journal.events", 20_000);
    private static final int RULES = 200;

    @TempDir
    private Path files;

    @AfterAll
    static void shutDown() {
        KIT.shutdownTestKit();
    }

    private Ran run(String command, Path data, String... more) {
        return Ran.of("journal " + command + " -o json --region us-east-1 --set windrose.node.data-dir=" + data, more);
    }

    private static void execute(Path data, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + data.resolve("journal.db"));
                Statement statement = connection.createStatement()) {
            assertThat(statement.executeUpdate(sql)).isPositive();
        }
    }

    @Test
    void aReplayIntoAFreshDatabaseMakesTheStateThatALiveNodeHas() throws Exception {
        Path data = Files.createDirectories(files.resolve("data"));
        String hash = LongJournal.write(KIT.system(), data, RULES, EVENTS);
        Ran verified = run("verify", data);
        assertThat(verified.code()).as(verified.err()).isZero();
        assertThat(verified.json().at("/state_hash").asText()).isEqualTo(hash);
        assertThat(verified.json().at("/events").asInt()).isEqualTo(EVENTS);

        Path fresh = files.resolve("fresh");
        Ran replayed = run("replay", data, "--to", fresh.toString());
        assertThat(replayed.code()).as(replayed.err()).isZero();
        System.out.println("verify: " + verified.json());
        System.out.println("replay: " + replayed.json());
        assertThat(replayed.json().at("/state_hash").asText()).isEqualTo(hash);
        assertThat(run("replay", data, "--to", fresh.toString()).err()).contains("expected: an empty database");

        try (RealNode node = RealNode.start(fresh, Map.of())) {
            assertThat(heard(node, RULES).at("/state_hash").asText()).isEqualTo(hash);
            Ran busy = run("verify", fresh);
            assertThat(busy.code()).isEqualTo(Exit.WRONG);
            assertThat(busy.err()).contains("expected: not in use by another node");
            Ran same = run("replay", data, "--to", files.resolve("again").toString(), "--same-as", node.server());
            assertThat(same.json().at("/same").asBoolean()).as(same.out()).isTrue();
            // It goes on after the last event, and what it writes then is in its history with the rest.
            assertThat(node.run("rule pause rule-0").code()).isZero();
            assertThat(journal(node).at("/state_hash").asText()).isNotEqualTo(hash);
        }
    }

    /** What the node has heard when it has read that many definitions. */
    private static JsonNode heard(RealNode node, int definitions) throws InterruptedException {
        JsonNode live = journal(node);
        for (int i = 0; i < 600 && live.at("/definitions").asInt() < definitions; i++) {
            TimeUnit.MILLISECONDS.sleep(100);
            live = journal(node);
        }
        return live;
    }

    private static JsonNode journal(RealNode node) {
        return node.run("journal status -o json").json();
    }

    @Test
    void anExportIsImportedAsItWasAndADamagedOneIsRefused() throws Exception {
        Path data = Files.createDirectories(files.resolve("data"));
        String hash = LongJournal.write(KIT.system(), data, 20, 3_000);
        Path file = files.resolve("journal.events");
        assertThat(run("export", data, file.toString()).json().at("/events").asInt())
                .isEqualTo(3_000);
        Path copy = files.resolve("copy");
        Ran imported = run("import", copy, file.toString());
        assertThat(imported.json().at("/state_hash").asText())
                .as(imported.err())
                .isEqualTo(hash);
        assertThat(run("verify", copy).json().at("/sound").asBoolean()).isTrue();
        assertThat(run("import", copy, file.toString()).err()).contains("expected: an empty database");

        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length - 20));
        assertThat(run("import", files.resolve("cut"), file.toString()).err()).contains("truncated");
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
        assertThat(run("import", files.resolve("damaged"), file.toString()).err())
                .contains("damaged after");
        Files.writeString(file, "something else");
        assertThat(run("import", files.resolve("other"), file.toString()).err()).contains("not a journal export");
    }

    @Test
    void whatIsBrokenIsFoundAndMendedWithoutUsingANumberTwice() throws Exception {
        Path data = Files.createDirectories(files.resolve("data"));
        LongJournal.write(KIT.system(), data, 5, 500);
        execute(data, "UPDATE \"event_journal\" SET \"event_payload\" = X'00FF' WHERE \"ordering\" = 100");
        execute(data, "DELETE FROM \"event_journal\" WHERE \"ordering\" = 200");
        execute(
                data,
                "INSERT INTO \"snapshot\" (\"persistence_id\", \"sequence_number\", \"created\", \"snapshot_ser_id\","
                        + " \"snapshot_ser_manifest\", \"snapshot_payload\") VALUES"
                        + " ('definition|rule:rule-1|us-east-1', 3, 0, 1, 'x', X'00')");
        Ran broken = run("verify", data);
        assertThat(broken.code()).isEqualTo(Exit.FAILED);
        assertThat(broken.json().at("/findings").findValuesAsText("fault"))
                .containsExactlyInAnyOrder("unreadable", "gap", "snapshot");
        assertThat(run("replay", data, "--to", files.resolve("x").toString()).err())
                .contains("event at position 100 cannot be read");

        Ran dry = run("repair", data);
        assertThat(dry.json().at("/replaced").asInt()).isEqualTo(1);
        assertThat(run("verify", data).code()).isEqualTo(Exit.FAILED);
        assertThat(run("repair", data, "--yes").err()).contains("--keep: missing");
        Ran mended =
                run("repair", data, "--yes", "--keep", files.resolve("kept").toString());
        assertThat(mended.code()).as(mended.out() + mended.err()).isZero();
        assertThat(mended.json().at("/filled").asInt()).isEqualTo(1);
        assertThat(mended.json().at("/snapshots_forgotten").asInt()).isEqualTo(1);
        assertThat(Files.size(files.resolve("kept"))).isPositive();
        Ran again = run("verify", data);
        assertThat(again.json().at("/sound").asBoolean()).as(again.out()).isTrue();
        assertThat(again.json().at("/events").asInt()).isEqualTo(500);

        try (RealNode node = RealNode.start(data, Map.of())) {
            assertThat(heard(node, 5).at("/state_hash")).isEqualTo(again.json().at("/state_hash"));
            assertThat(node.run("rule pause rule-1").code()).isZero();
        }
    }

    @Test
    void aJournalThatIsNotThereIsNotMade() throws IOException {
        Path nowhere = files.resolve("nowhere");
        assertThat(run("verify", nowhere).code()).isEqualTo(Exit.FAILED);
        assertThat(Files.exists(nowhere.resolve("journal.db"))).isFalse();
    }
}
