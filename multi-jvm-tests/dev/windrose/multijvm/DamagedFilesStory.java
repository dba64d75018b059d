package dev.windrose.multijvm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.stage.Api;
import dev.windrose.stage.Figures;
import dev.windrose.stage.NodeProcess;
import dev.windrose.stage.Witness;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a node finds on its disk when it starts is not what it wrote. */
@Tag("drill")
class DamagedFilesStory {

    private static final Duration SOON = Duration.ofSeconds(90);
    private static final String RULE = "on-a-bad-disk";

    /** Changes the bytes of a file. */
    private interface Damage {
        byte[] of(byte[] bytes);
    }

    @Test
    void theSnapshotBeforeIsTakenAndALostJournalComesBackFromTheOthers() throws Exception {
        Figures figures = new Figures("18: damaged snapshots, a damaged journal", 0);
        List<Witness> others = new ArrayList<>();
        try (Cluster cluster = Cluster.start("damaged", Cluster.SMALL)) {
            try (Api us = cluster.api(0)) {
                Writes.createPriority(us, RULE, "us-east-1", "eu-west-1");
            }
            Views.agree(cluster, RULE, SOON);
            Views.decideBy(cluster, RULE, SOON);
            for (int other : List.of(1, 2)) {
                others.add(
                        Witness.of(cluster.node(other).port(), "asia", RULE, Duration.ofMillis(5), (port, seen) -> {}));
            }
            long from = System.nanoTime();
            snapshots(cluster, figures);
            journal(cluster, figures);
            long wrong = 0;
            long answers = 0;
            for (Witness witness : others) {
                answers += witness.since(from).size();
                wrong += wrong(witness, from);
            }
            figures.put("answers of the other regions", answers);
            figures.atMost("wrong ones", wrong, 0);
        } finally {
            others.forEach(Witness::close);
        }
        Drill.report(figures);
    }

    private static void snapshots(Cluster cluster, Figures figures) throws Exception {
        Map<String, Damage> damages = new LinkedHashMap<>();
        damages.put("truncated", bytes -> java.util.Arrays.copyOf(bytes, bytes.length / 2));
        damages.put("a flipped bit", bytes -> flipped(bytes, bytes.length / 2));
        damages.put("a wrong checksum", bytes -> flipped(bytes, "windrose-table 1 ".length()));
        damages.put("empty", bytes -> new byte[0]);
        damages.put("zeros", bytes -> new byte[bytes.length]);
        NodeProcess node = cluster.node(0);
        long passedOver = 0;
        long right = 0;
        double slowest = 0;
        for (Map.Entry<String, Damage> damage : damages.entrySet()) {
            assertThat(node.stop(Duration.ofSeconds(30))).isTrue();
            Path newest = file(node, "table.snapshot");
            Files.write(newest, damage.getValue().of(Files.readAllBytes(newest)));
            long started = System.nanoTime();
            node.start();
            node.awaits("/health/ready", SOON);
            slowest = Math.max(slowest, (System.nanoTime() - started) / 1e9);
            try (Api us = cluster.api(0)) {
                right += "us-east-1".equals(us.region("asia", RULE)) ? 1 : 0;
            }
            passedOver += says(node, "snapshot skipped") ? 1 : 0;
            node.awaits("/health/ready/control", Cluster.STARTS_WITHIN);
        }
        figures.put("damaged snapshots", damages.size());
        figures.atLeast("right answers at once, from the one before", right, damages.size());
        figures.atLeast("damages told in the log", passedOver, damages.size());
        figures.put("data plane ready after the start of the JVM, slowest, s", slowest);
    }

    /** The database file itself is damaged beyond use; its node serves on, and gets all back when the file is removed. */
    private static void journal(Cluster cluster, Figures figures) throws Exception {
        NodeProcess node = cluster.node(0);
        assertThat(node.stop(Duration.ofSeconds(30))).isTrue();
        Path journal = file(node, "journal.db");
        byte[] bytes = Files.readAllBytes(journal);
        for (int i = 0; i < bytes.length; i += 64) {
            bytes[i] ^= 0x10;
        }
        Files.write(journal, bytes);
        node.start();
        node.awaits("/health/ready", SOON);
        try (Api us = cluster.api(0)) {
            long from = System.nanoTime();
            try (Witness here = Witness.of(node.port(), "asia", RULE, Duration.ofMillis(5), (port, seen) -> {})) {
                assertThat(here.await(seen -> true, 2000, SOON)).isTrue();
                figures.put("answers beside a damaged journal", here.since(from).size());
                figures.atMost("wrong ones beside it", wrong(here, from), 0);
            }
            figures.atMost("control planes Up on a damaged journal", us.says("/health/ready/control") ? 1 : 0, 0);
            figures.atLeast(
                    "writes refused with 503",
                    us.call("PATCH", "/api/v1/rules/" + RULE, "{\"name\":\"x\"}")
                                            .status()
                                    == 503
                            ? 1
                            : 0,
                    1);
            figures.atLeast("told in the log", says(node, "journal") ? 1 : 0, 1);
        }
        try (Api eu = cluster.api(1)) {
            Writes.rename(eu, RULE, "written while the journal was damaged");
        }
        assertThat(node.stop(Duration.ofSeconds(30))).isTrue();
        try (Stream<Path> files = Files.list(journal.getParent())) {
            for (Path each : files.filter(path -> path.getFileName().toString().startsWith("journal"))
                    .toList()) {
                Files.delete(each);
            }
        }
        long started = System.nanoTime();
        node.start();
        node.awaits("/health/ready/control", Cluster.STARTS_WITHIN);
        Views.agree(cluster, RULE, SOON);
        figures.put("answers as the others do after its files were removed, s", (System.nanoTime() - started) / 1e9);
        try (Api us = cluster.api(0)) {
            Await.until(
                    "the new journal has the rule",
                    SOON,
                    () -> us.call("PATCH", "/api/v1/rules/" + RULE, "{\"name\":\"written in the new journal\"}")
                            .done());
            figures.put("takes writes of what it had lost after, s", (System.nanoTime() - started) / 1e9);
            Views.agree(cluster, RULE, SOON);
            figures.atMost("rules that differ", Views.differing(cluster, List.of(RULE)), 0);
        }
    }

    private static byte[] flipped(byte[] bytes, int at) {
        byte[] flipped = bytes.clone();
        flipped[at] ^= 0x04;
        return flipped;
    }

    private static long wrong(Witness witness, long from) {
        return witness.since(from).stream()
                .filter(seen -> !seen.region().equals("us-east-1"))
                .count();
    }

    private static boolean says(NodeProcess node, String words) throws IOException {
        return Files.readString(node.log()).contains(words);
    }

    private static Path file(NodeProcess node, String name) throws IOException {
        try (Stream<Path> files = Files.walk(node.spec().data())) {
            return files.filter(file -> file.getFileName().toString().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new IOException(
                            "no " + name + " below " + node.spec().data()));
        }
    }
}
