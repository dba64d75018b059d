package dev.windrose.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.windrose.Postgres;
import dev.windrose.cli.remote.Exit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code windrose journal} and {@code windrose audit} on a real PostgreSQL, with what a real node wrote there. */
class PostgresJournalTest {

    private static final int REGIONS = 3;
    private static final int EDITS = 8;

    /** Each region was made and changed so many times; snapshots were made every third time. */
    private static final int EVENTS = REGIONS * (1 + EDITS);

    @TempDir
    private static Path shared;

    /** What a node has left there; each test works on a copy. */
    private static String written = "";

    private static String hash = "";

    @TempDir
    private Path files;

    @BeforeAll
    static void aNodeWrites() throws Exception {
        written = Postgres.database();
        try (RealNode node = RealNode.start(shared.resolve("data"), settings(written))) {
            for (int i = 0; i < REGIONS; i++) {
                for (int edit = 0; edit <= EDITS; edit++) {
                    put(node, "r" + i, edit + 1);
                }
            }
            hash = status(node).at("/state_hash").asText();
        }
    }

    private static Map<String, String> settings(String url) {
        return Map.of(
                "windrose.rule.journal.url",
                url,
                "windrose.rule.journal.user",
                Postgres.USER,
                "windrose.rule.snapshot-every",
                "3");
    }

    private static void put(RealNode node, String region, int capacity) throws IOException {
        Path body = Files.writeString(shared.resolve("region.yaml"), "{capacity: " + capacity + "}");
        Ran put = node.run("region put " + region, "-f", body.toString());
        assertThat(put.code()).as(put.err()).isZero();
    }

    private static JsonNode status(RealNode node) {
        return node.run("journal status -o json").json();
    }

    /** What the node has heard when it has read all regions. */
    private static String heard(RealNode node) throws InterruptedException {
        for (int i = 0; i < 600 && status(node).at("/definitions").asInt() < REGIONS; i++) {
            TimeUnit.MILLISECONDS.sleep(50);
        }
        return status(node).at("/state_hash").asText();
    }

    /** The tool on the journal of that address. */
    private Ran run(String command, String url, String... more) {
        List<String> all = new ArrayList<>(List.of(
                "--set",
                "windrose.rule.journal.url=" + url,
                "--set",
                "windrose.rule.journal.user=" + (url.startsWith("jdbc:sqlite") ? "" : Postgres.USER)));
        all.addAll(List.of(more));
        return Ran.of(
                "journal " + command + " -o json --region us-east-1 --set windrose.node.data-dir="
                        + files.resolve("data"),
                all.toArray(String[]::new));
    }

    /** The tool on the embedded journal of that directory. */
    private static Ran embedded(String command, Path data, String... more) {
        return Ran.of("journal " + command + " -o json --region us-east-1 --set windrose.node.data-dir=" + data, more);
    }

    private static void execute(String url, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url, Postgres.USER, "");
                Statement statement = connection.createStatement()) {
            assertThat(statement.executeUpdate(sql)).as(sql).isPositive();
        }
    }

    private static long number(String url, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url, Postgres.USER, "");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    @Test
    void whatANodeWroteIsSound() throws SQLException {
        Ran verified = run("verify", written);
        assertThat(verified.code()).as(verified.out() + verified.err()).isZero();
        assertThat(verified.json().at("/events").asInt()).isEqualTo(EVENTS);
        assertThat(verified.json().at("/snapshots").asLong())
                .isEqualTo(number(written, "SELECT COUNT(*) FROM \"snapshot\""))
                .isGreaterThanOrEqualTo(REGIONS);
        assertThat(verified.json().at("/state_hash").asText()).isEqualTo(hash);
        assertThat(run("verify", Postgres.database()).code()).isEqualTo(Exit.FAILED);
    }

    @Test
    void anExportIsImportedIntoAnEmbeddedJournalAndBack() throws Exception {
        Path file = files.resolve("journal.events");
        assertThat(run("export", written, file.toString()).json().at("/events").asInt())
                .isEqualTo(EVENTS);
        Path data = files.resolve("embedded");
        Ran there = embedded("import", data, file.toString());
        assertThat(there.json().at("/state_hash").asText()).as(there.err()).isEqualTo(hash);
        try (RealNode node = RealNode.start(data, Map.of())) {
            assertThat(heard(node)).isEqualTo(hash);
            put(node, "r0", 77);
        }

        Path later = files.resolve("later.events");
        Ran exported = embedded("export", data, later.toString());
        assertThat(exported.json().at("/events").asInt()).as(exported.err()).isEqualTo(EVENTS + 1);
        String fresh = Postgres.database();
        Ran back = run("import", fresh, later.toString());
        assertThat(back.json().at("/state_hash"))
                .as(back.err())
                .isEqualTo(exported.json().at("/state_hash"));
        assertThat(run("import", fresh, later.toString()).err()).contains("expected: an empty database");
        try (RealNode node = RealNode.start(files.resolve("node"), settings(fresh))) {
            assertThat(heard(node)).isEqualTo(exported.json().at("/state_hash").asText());
            put(node, "r0", 78);
        }
        Ran verified = run("verify", fresh);
        assertThat(verified.json().at("/sound").asBoolean()).as(verified.out()).isTrue();
        assertThat(verified.json().at("/events").asInt()).isEqualTo(EVENTS + 2);
    }

    @Test
    void aReplayIntoAFreshPostgresqlMakesTheStateThatALiveNodeHas() throws Exception {
        String fresh = Postgres.database();
        Ran replayed = run("replay", written, "--to", fresh);
        assertThat(replayed.json().at("/state_hash").asText())
                .as(replayed.err())
                .isEqualTo(hash);
        assertThat(run("replay", written, "--to", fresh).err()).contains("expected: an empty database");

        try (RealNode node = RealNode.start(files.resolve("node"), settings(fresh))) {
            assertThat(heard(node)).isEqualTo(hash);
            Path data = files.resolve("directory");
            Ran same = run("replay", written, "--to", data.toString(), "--same-as", node.server());
            assertThat(same.json().at("/same").asBoolean())
                    .as(same.out() + same.err())
                    .isTrue();
            assertThat(embedded("verify", data).json().at("/state_hash").asText())
                    .isEqualTo(hash);
            String third = Postgres.database() + "?user=" + Postgres.USER;
            Ran out = embedded("replay", data, "--to", third);
            assertThat(out.json().at("/state_hash").asText()).as(out.err()).isEqualTo(hash);

            // A node that runs and a tool keep each other out.
            Ran busy = run("verify", fresh);
            assertThat(busy.code()).isEqualTo(Exit.WRONG);
            assertThat(busy.err()).contains(fresh + " (expected: not in use by a node)");
            put(node, "r1", 55);
        }
        assertThat(run("verify", fresh).json().at("/events").asInt()).isEqualTo(EVENTS + 1);
    }

    @Test
    void whatIsBrokenIsFoundAndMendedWithoutUsingANumberTwice() throws Exception {
        String url = Postgres.copyOf(written);
        String id = "definition|region:r%d|us-east-1";
        execute(
                url,
                "UPDATE \"event_journal\" SET \"event_payload\" = '\\x00ff' WHERE \"persistence_id\" = '"
                        + id.formatted(0) + "' AND \"sequence_number\" = 8");
        execute(
                url,
                "DELETE FROM \"event_journal\" WHERE \"persistence_id\" = '" + id.formatted(1)
                        + "' AND \"sequence_number\" = 8");
        execute(
                url,
                "UPDATE \"snapshot\" SET \"snapshot_payload\" = '\\x00' WHERE \"persistence_id\" = '" + id.formatted(2)
                        + "' AND \"sequence_number\" = 9");
        Ran broken = run("verify", url);
        assertThat(broken.code()).isEqualTo(Exit.FAILED);
        assertThat(broken.json().at("/findings").findValuesAsText("fault")).contains("unreadable", "gap", "snapshot");
        assertThat(run("replay", url, "--to", Postgres.database()).err()).contains("cannot be read");
        assertThat(run("export", url, files.resolve("broken").toString()).err()).contains("cannot be read");

        assertThat(run("repair", url).json().at("/replaced").asInt()).isEqualTo(1);
        assertThat(run("verify", url).code()).isEqualTo(Exit.FAILED);
        Path kept = files.resolve("kept");
        Ran mended = run("repair", url, "--yes", "--keep", kept.toString());
        assertThat(mended.code()).as(mended.out() + mended.err()).isZero();
        assertThat(mended.json().at("/replaced").asInt()).isEqualTo(1);
        assertThat(mended.json().at("/filled").asInt()).isEqualTo(1);
        assertThat(mended.json().at("/snapshots_forgotten").asInt()).isPositive();
        assertThat(Files.size(kept)).isPositive();
        Ran again = run("verify", url);
        assertThat(again.json().at("/sound").asBoolean()).as(again.out()).isTrue();
        assertThat(again.json().at("/events").asInt()).isEqualTo(EVENTS);

        try (RealNode node = RealNode.start(files.resolve("node"), settings(url))) {
            assertThat(heard(node)).isEqualTo(again.json().at("/state_hash").asText());
            for (int i = 0; i < REGIONS; i++) {
                put(node, "r" + i, 99);
            }
        }
        assertThat(run("verify", url).json().at("/sound").asBoolean()).isTrue();
    }

    @Test
    void theAuditOfItIsVerifiedAndARowThatSomebodyChangesIsFound() throws Exception {
        String url = Postgres.copyOf(written);
        Path sound = files.resolve("sound.jsonl");
        Path changed = files.resolve("changed.jsonl");
        // A node with other files, and so of another chain, reads all chains of the journal.
        try (RealNode node = RealNode.start(files.resolve("node"), settings(url))) {
            Files.writeString(sound, exported(node));
            execute(
                    url,
                    "UPDATE \"audit\" SET \"body\" = REPLACE(\"body\", 'region:r0', 'region:x0')"
                            + " WHERE \"sequence\" = 4");
            Files.writeString(changed, exported(node));
        }

        Ran verified = Ran.of("audit verify -o json", sound.toString());
        assertThat(verified.code()).as(verified.out() + verified.err()).isZero();
        assertThat(verified.json().at("/entries").asInt()).isEqualTo(EVENTS);
        Ran found = Ran.of("audit verify -o json", changed.toString());
        assertThat(found.code()).isEqualTo(Exit.FAILED);
        assertThat(found.json().at("/wrong").asText()).contains("entry 4").contains("was altered");
    }

    private static String exported(RealNode node) {
        Ran exported = node.run("audit export");
        assertThat(exported.code()).as(exported.err()).isZero();
        return exported.out();
    }
}
