package dev.windrose.multijvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.windrose.live.journal.EditingProcess;
import dev.windrose.live.journal.JournalSettings;
import dev.windrose.stage.Figures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The power fails after any system call of a process that edits rules: its calls are recorded by {@code strace} and played
 * again up to that call. What was forced is on the disk; of what was not, all, nothing, or some sectors. Every such state has
 * each edit that was acknowledged by then.
 */
@Tag("drill")
class ForcedWritesStory {

    private static final long SEED = 16;
    private static final int RULES = 4;

    /** Enough for several checkpoints of the log; fewer in a trial. */
    private static final int EDITS = Integer.getInteger("windrose.forced.edits", 1_200);

    private static final int STATES_AT_MOST = 3_000;

    @TempDir
    private Path files;

    private final Map<String, Disk> disks = new HashMap<>();
    private final long[] acknowledged = new long[RULES];
    private final Random random = new Random(SEED);
    private long states = 0;
    private long lost = 0;
    private long wrong = 0;

    @Test
    void everyEditThatWasAcknowledgedIsThereWheneverThePowerFails() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/strace")), "needs strace");
        Path trace = files.resolve("trace");
        record(trace);
        long calls;
        try (Stream<String> lines = Files.lines(trace)) {
            calls = lines.filter(line -> line.contains("pwrite64(") || line.contains("sync(")).count();
        }
        double chance = Math.min(1, STATES_AT_MOST / 3.0 / calls);
        long[] forced = {0, 0};
        Calls recorded = new Calls(RULES);
        try (Stream<String> lines = Files.lines(trace)) {
            for (String line : (Iterable<String>) lines::iterator) {
                Calls.Call call = recorded.next(line);
                if (call == null) {
                    continue;
                }
                play(call, forced);
                boolean interesting = call.file().endsWith("journal.db") || call.at() == 0;
                if (recorded.ready() && (interesting || random.nextDouble() < chance)) {
                    look();
                }
            }
        }
        Figures figures = new Figures("forced writes", SEED);
        figures.put("edits acknowledged", sum());
        figures.put("forced writes of the log", forced[0]);
        figures.put("forced writes of the file", forced[1]);
        figures.atLeast("states that a loss of power can leave", states, 500);
        figures.atMost("acknowledged edits lost", lost, 0);
        figures.atMost("states damaged or with an edit in part", wrong, 0);
        Drill.report(figures);
    }

    private long sum() {
        long sum = 0;
        for (long each : acknowledged) {
            sum += each;
        }
        return sum;
    }

    private void record(Path trace) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        "/usr/bin/strace",
                        "-f",
                        "-y",
                        "-xx",
                        "-s",
                        "300000",
                        "-e",
                        "trace=write,pwrite64,fsync,fdatasync,ftruncate,unlink",
                        "-e",
                        "signal=none",
                        "-o",
                        trace.toString(),
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        EditingProcess.class.getName(),
                        JournalSettings.SQLITE + Files.createDirectory(files.resolve("data")).resolve("journal.db"),
                        Integer.toString(RULES),
                        Integer.toString(RULES),
                        Integer.toString(EDITS))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(process.waitFor()).isZero();
    }

    private void play(Calls.Call call, long[] forced) {
        switch (call.kind()) {
            case ACKNOWLEDGED -> acknowledged[(int) call.at()] = call.length();
            case WRITE -> disk(call.file()).write(call.at(), call.bytes());
            case TRUNCATE -> disk(call.file()).truncate(call.at());
            case FORCE -> {
                disk(call.file()).force();
                forced[call.file().endsWith("-wal") ? 0 : 1]++;
            }
            case DELETE -> disks.remove(call.file());
        }
    }

    private Disk disk(String file) {
        return disks.computeIfAbsent(file, name -> new Disk());
    }

    /** Makes the states that a loss of power now can leave, and looks into each. */
    private void look() throws IOException {
        for (Disk.Left left : Disk.Left.values()) {
            Path dir = Files.createDirectories(files.resolve("left"));
            for (String name : new String[] {"journal.db", "journal.db-wal"}) {
                Disk disk = disks.entrySet().stream()
                        .filter(each -> each.getKey().endsWith("/" + name))
                        .map(Map.Entry::getValue)
                        .findFirst()
                        .orElse(null);
                if (disk == null) {
                    Files.deleteIfExists(dir.resolve(name));
                } else {
                    Files.write(dir.resolve(name), disk.after(left, random));
                }
            }
            states++;
            try {
                verify(dir.resolve("journal.db"));
            } catch (SQLException e) {
                wrong++;
                System.err.println(left + ": " + e.getMessage());
            }
        }
    }

    private void verify(Path file) throws SQLException {
        try (Connection database = DriverManager.getConnection(JournalSettings.SQLITE + file);
                Statement statement = database.createStatement()) {
            statement.execute("PRAGMA synchronous = OFF");
            try (ResultSet row = statement.executeQuery("PRAGMA quick_check")) {
                wrong += row.getString(1).equals("ok") ? 0 : 1;
            }
            for (int rule = 0; rule < RULES; rule++) {
                try (ResultSet row = statement.executeQuery("SELECT COUNT(*), COALESCE(MAX(\"sequence_number\"), 0) FROM"
                        + " \"event_journal\" WHERE \"persistence_id\" LIKE '%rule:r" + rule + "|%'")) {
                    long events = row.getLong(1);
                    lost += Math.max(0, acknowledged[rule] - events);
                    wrong += events == row.getLong(2) && events <= acknowledged[rule] + 1 ? 0 : 1;
                }
            }
        }
    }
}
