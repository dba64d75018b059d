package dev.windrose.live.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.Forall;
import dev.windrose.watch.DefinitionMeters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The power fails at any moment, simulated: of what was written since the last forced write any sectors are on the disk, torn
 * anywhere. Every such state of the embedded journal's files has all acknowledged transactions, each whole, and takes the
 * next write.
 *
 * <p>A commit writes the log alone, and a checkpoint the file alone, which the test verifies; a log that begins anew has its
 * head forced by itself. {@code ForcedWritesStory} watches the system calls for that.
 */
class PowerLossTest {

    private static final int SECTOR = 512;
    private static final int LOG_HEAD = 32;
    private static final int FRAME = 24 + 4096;
    private static final int STEPS = 12;
    private static final int SUBSETS = 4;

    /** More in a drill: -Dwindrose.power.cases. */
    private static final int CASES = Integer.getInteger("windrose.power.cases", 4);

    /** The two files as they are at one moment. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Disk(byte[] file, byte[] log) {}

    @TempDir
    private Path files;

    @Test
    void everyStateThatALossOfPowerCanLeaveHasAllAcknowledgedTransactions() {
        int[] states = new int[2];
        Forall.cases(CASES, random -> {
            Path dir = Files.createTempDirectory(files, "run");
            try (Database database = Database.open(Journals.in(dir), new DefinitionMeters(new SimpleMeterRegistry()))) {
                database.migrate();
                execute(database.dataSource(), "PRAGMA wal_autocheckpoint = 0");
                execute(database.dataSource(), "PRAGMA wal_checkpoint(PASSIVE)");
                List<Long> ends = new ArrayList<>(List.of(0L));
                Disk before = disk(dir);
                for (int step = 0; step < STEPS; step++) {
                    ends.add(commit(database.dataSource(), ends.get(ends.size() - 1), random));
                    Disk after = disk(dir);
                    assertThat(after.file()).as("a commit writes the log alone").isEqualTo(before.file());
                    states[0] += afterACommit(before, after, ends, random);
                    before = after;
                    if (random.nextInt(3) == 0) {
                        execute(database.dataSource(), "PRAGMA wal_checkpoint(PASSIVE)");
                        after = disk(dir);
                        assertThat(after.log())
                                .as("a checkpoint writes the file alone")
                                .isEqualTo(before.log());
                        states[1] += afterACheckpoint(before, after, ends, random);
                        before = after;
                    }
                }
            }
        });
        assertThat(states[0]).as("states in a commit").isGreaterThan(40);
        assertThat(states[1]).as("states in a checkpoint").isPositive();
    }

    /** Writes some events in one transaction, and returns the place of the last. */
    private static long commit(DataSource database, long last, Random random) throws SQLException {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            List<StoredEvent> events = new ArrayList<>();
            long place = last;
            for (int i = random.nextInt(1, 4); i > 0; i--) {
                place++;
                events.add(event(place));
            }
            EventRows.insert(connection, events, "writer");
            try (Statement statement = connection.createStatement()) {
                statement.execute("DELETE FROM \"snapshot\"");
                statement.execute("INSERT INTO \"snapshot\" VALUES ('d', " + place + ", 0, 1, '', zeroblob("
                        + random.nextInt(6_000) + "), NULL, NULL, NULL)");
            }
            connection.commit();
            return place;
        }
    }

    private static StoredEvent event(long place) {
        byte[] payload = new byte[(int) (place * 997 % 3_000)];
        new Random(place).nextBytes(payload);
        return new StoredEvent(place, "d", place, place, payload, 33, "m", new byte[] {1}, 34, "n");
    }

    private int afterACommit(Disk before, Disk after, List<Long> ends, Random random) throws Exception {
        int from = firstDifference(before.log(), after.log());
        if (from < LOG_HEAD) {
            // The log begins anew: its head is forced before the first frame is written.
            for (int cut = 0; cut <= LOG_HEAD; cut += 4) {
                verify(before.file(), written(before.log(), after.log(), 0, cut), ends, ends.size() - 1);
            }
            byte[] headed = written(before.log(), after.log(), 0, LOG_HEAD);
            return 9 + frames(before.file(), headed, after.log(), LOG_HEAD, ends, random);
        }
        return frames(before.file(), before.log(), after.log(), from, ends, random);
    }

    private int frames(byte[] file, byte[] old, byte[] fresh, int from, List<Long> ends, Random random)
            throws Exception {
        int to = lastDifference(old, fresh);
        TreeSet<Integer> cuts = new TreeSet<>(List.of(from, to - 1));
        for (int frame = LOG_HEAD; frame <= to; frame += FRAME) {
            cuts.addAll(List.of(frame, frame + 1, frame + 24, frame + 24 + random.nextInt(4096)));
        }
        int states = 0;
        for (int cut : cuts.subSet(from, to)) {
            verify(file, written(old, fresh, from, cut), ends, ends.size() - 1);
            states++;
        }
        for (int i = 0; i < SUBSETS; i++) {
            verify(file, someSectors(old, fresh, random), ends, ends.size() - 1);
            states++;
        }
        verify(file, fresh, ends, ends.size());
        return states + 1;
    }

    private int afterACheckpoint(Disk before, Disk after, List<Long> ends, Random random) throws Exception {
        for (int i = 0; i < SUBSETS; i++) {
            verify(someSectors(before.file(), after.file(), random), after.log(), ends, ends.size());
        }
        verify(after.file(), after.log(), ends, ends.size());
        return SUBSETS + 1;
    }

    /** @param acknowledged transactions that must be there; only the one that was on its way may be there as well */
    private void verify(byte[] file, byte[] log, List<Long> ends, int acknowledged) throws Exception {
        Path dir = Files.createDirectories(files.resolve("after"));
        Files.write(dir.resolve("journal.db"), file);
        Files.write(dir.resolve("journal.db-wal"), log);
        DataSource left = new EmbeddedFile(Journals.in(dir)).source();
        try (Connection connection = left.getConnection();
                Statement statement = connection.createStatement()) {
            // The look itself need not outlive anything.
            statement.execute("PRAGMA synchronous = OFF");
            try (ResultSet sound = statement.executeQuery("PRAGMA integrity_check")) {
                assertThat(sound.getString(1)).isEqualTo("ok");
            }
            List<StoredEvent> events = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery(
                    "SELECT \"ordering\", \"event_payload\" FROM \"event_journal\" ORDER BY \"ordering\"")) {
                while (rows.next()) {
                    StoredEvent event = event(rows.getLong(1));
                    assertThat(rows.getBytes(2)).isEqualTo(event.payload());
                    events.add(event);
                }
            }
            long last = events.size();
            assertThat(ends.subList(acknowledged - 1, ends.size()))
                    .as("whole transactions, none acknowledged lacking")
                    .contains(last);
            if (last > 0) {
                assertThat(events.get(events.size() - 1).ordering()).isEqualTo(last);
            }
            statement.execute("DELETE FROM \"event_journal\"");
            statement.execute("INSERT INTO \"event_journal\" (\"persistence_id\", \"sequence_number\", \"writer\","
                    + " \"write_timestamp\", \"adapter_manifest\", \"event_payload\", \"event_ser_id\","
                    + " \"event_ser_manifest\") VALUES ('next', 1, '', 0, '', X'00', 1, '')");
            try (ResultSet row = statement.executeQuery("SELECT \"ordering\" FROM \"event_journal\"")) {
                assertThat(row.getLong(1)).as("the next place").isEqualTo(last + 1);
            }
        }
    }

    private static Disk disk(Path dir) throws IOException {
        return new Disk(
                Files.readAllBytes(dir.resolve("journal.db")), Files.readAllBytes(dir.resolve("journal.db-wal")));
    }

    private static void execute(DataSource database, String sql) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static int firstDifference(byte[] a, byte[] b) {
        int at = Arrays.mismatch(a, b);
        return at < 0 ? b.length : at;
    }

    private static int lastDifference(byte[] old, byte[] fresh) {
        int at = fresh.length;
        while (at > 0 && at <= old.length && old[at - 1] == fresh[at - 1]) {
            at--;
        }
        return at;
    }

    /** The old bytes with the new ones in a part of them; longer than before only as far as was written. */
    private static byte[] written(byte[] old, byte[] fresh, int from, int to) {
        byte[] bytes = Arrays.copyOf(old, Math.max(old.length, to));
        System.arraycopy(fresh, from, bytes, from, to - from);
        return bytes;
    }

    /** Each sector as it was or as it was written; those between that were never written are zero. */
    private static byte[] someSectors(byte[] old, byte[] fresh, Random random) {
        byte[] bytes = Arrays.copyOf(old, Math.max(old.length, fresh.length));
        int chance = random.nextInt(1, 10);
        for (int at = 0; at < fresh.length; at += SECTOR) {
            if (random.nextInt(10) < chance) {
                System.arraycopy(fresh, at, bytes, at, Math.min(SECTOR, fresh.length - at));
            }
        }
        return bytes;
    }
}
