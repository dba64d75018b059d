package dev.windrose.multijvm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.live.journal.EditingProcess;
import dev.windrose.live.journal.JournalSettings;
import dev.windrose.stage.Figures;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that edits rules over the real persistence and has nobody to get its events back from. After each start every
 * rule has its last acknowledged edit or the one that was on its way, and takes the next one.
 */
class KilledAloneStory {

    private static final long SEED = 15;
    private static final int RULES = 8;

    @TempDir
    private Path files;

    private final long[] acknowledged = new long[RULES];
    private final AtomicReference<@Nullable Process> running = new AtomicReference<>();
    private final Thread ending = new Thread(() -> {
        Process last = running.get();
        if (last != null) {
            last.destroyForcibly();
        }
    });

    private long lost = 0;
    private long kills = 0;

    @BeforeEach
    void endsWhatRuns() {
        Runtime.getRuntime().addShutdownHook(ending);
    }

    @AfterEach
    void endsNothing() {
        Runtime.getRuntime().removeShutdownHook(ending);
    }

    @Test
    void nothingAcknowledgedIsLostWhenItIsKilled() throws Exception {
        Figures figures = new Figures("killed-alone, short", SEED);
        kill(8, 2, new Random(SEED));
        stop(8, 50);
        told(figures);
    }

    @Test
    @Tag("drill")
    void nothingAcknowledgedIsLostInFiveHundredKillsOfEightWriters() throws Exception {
        Figures figures = new Figures("killed-alone, 8 writers", SEED);
        kill(8, Drill.times(500), new Random(SEED));
        told(figures);
    }

    @Test
    @Tag("drill")
    void nothingAcknowledgedIsLostInFiveHundredKillsOfOneWriter() throws Exception {
        Figures figures = new Figures("killed-alone, 1 writer", SEED);
        kill(1, Drill.times(500), new Random(SEED + 1));
        told(figures);
    }

    @Test
    @Tag("drill")
    void nothingIsLostInAHundredCleanStops() throws Exception {
        Figures figures = new Figures("stopped-alone", SEED);
        for (int i = 0; i < Drill.times(100); i++) {
            stop(i % 2 == 0 ? 1 : 8, 20);
            assertThat(files.resolve("journal.db-wal")).doesNotExist();
        }
        told(figures);
    }

    /** A process that ends with this one, however that ends. */
    private Process start(int writers, int edits) throws IOException {
        Process started = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        EditingProcess.class.getName(),
                        JournalSettings.SQLITE + files.resolve("journal.db"),
                        Integer.toString(RULES),
                        Integer.toString(writers),
                        Integer.toString(edits))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        running.set(started);
        return started;
    }

    private void kill(int writers, int times, Random random) throws Exception {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(Drill.seconds(24 * 3600));
        for (int i = 0; i < times && System.nanoTime() < until; i++) {
            Process process = start(writers, 0);
            try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
                long[] found = new long[RULES];
                String line = lines.readLine();
                for (; line != null && !line.startsWith("ack"); line = lines.readLine()) {
                    heard(line, found);
                }
                look(found);
                assertThat(line).as("the first write after a start").isNotNull();
                Thread killer = new Thread(() -> {
                    try {
                        TimeUnit.MILLISECONDS.sleep(random.nextInt(700));
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    // By its handle: what it said before is still read.
                    process.toHandle().destroyForcibly();
                });
                killer.start();
                for (; line != null; line = lines.readLine()) {
                    heard(line, acknowledged);
                }
                killer.join();
            }
            process.waitFor();
            kills++;
        }
    }

    private void stop(int writers, int edits) throws Exception {
        Process process = start(writers, edits);
        long[] found = new long[RULES];
        List<String> lines = process.inputReader(StandardCharsets.UTF_8).lines().toList();
        lines.stream().filter(line -> line.startsWith("found")).forEach(line -> heard(line, found));
        look(found);
        lines.stream().filter(line -> line.startsWith("ack")).forEach(line -> heard(line, acknowledged));
        assertThat(process.waitFor()).isZero();
        assertThat(lines).endsWith("closed");
        kills++;
    }

    private static void heard(String line, long[] numbers) {
        String[] words = line.split(" ", -1);
        if (words.length == 3 && (words[0].equals("found") || words[0].equals("ack"))) {
            numbers[Integer.parseInt(words[1])] = Long.parseLong(words[2]);
        }
    }

    private void look(long[] found) {
        for (int rule = 0; rule < RULES; rule++) {
            lost += Math.max(0, acknowledged[rule] - found[rule]);
            assertThat(found[rule]).as("edits of rule " + rule).isBetween(acknowledged[rule], acknowledged[rule] + 1);
            acknowledged[rule] = found[rule];
        }
    }

    /** Edit n of a rule is its event n: one that was written twice would make them differ. */
    private void told(Figures figures) throws IOException, SQLException {
        long events = 0;
        long wrong = 0;
        try (Connection database = DriverManager.getConnection(JournalSettings.SQLITE + files.resolve("journal.db"));
                Statement select = database.createStatement()) {
            for (int rule = 0; rule < RULES; rule++) {
                try (ResultSet row = select.executeQuery("SELECT COUNT(*), MAX(\"sequence_number\") FROM"
                        + " \"event_journal\" WHERE \"persistence_id\" LIKE '%rule:r" + rule + "|%'")) {
                    row.next();
                    events += row.getLong(1);
                    boolean fits = row.getLong(1) == row.getLong(2)
                            && row.getLong(1) >= acknowledged[rule]
                            && row.getLong(1) <= acknowledged[rule] + 1;
                    wrong += fits ? 0 : 1;
                }
            }
        }
        figures.put("starts", kills);
        figures.atLeast("edits acknowledged", events, 1);
        figures.atMost("acknowledged edits lost", lost, 0);
        figures.atMost("rules with an edit lost or doubled", wrong, 0);
        figures.put("bytes of the file", Files.size(files.resolve("journal.db")));
        Drill.report(figures);
    }
}
