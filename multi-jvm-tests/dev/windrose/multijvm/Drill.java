package dev.windrose.multijvm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.stage.Api;
import dev.windrose.stage.Figures;
import dev.windrose.stage.NodeProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** What the drills share: how their figures are shown, and what lost and doubled mean. */
final class Drill {

    /** Nodes as they ship: their memory and their compiler. */
    static final String AS_SHIPPED = "";

    /** Prints the one line of JSON, adds it to target/multi-jvm/drills.jsonl, and fails when a figure was missed. */
    static void report(Figures figures) throws IOException {
        tell(figures);
        assertThat(figures.passed()).as(figures.table()).isTrue();
    }

    /** As {@link #report}, for a story in which a time may be missed where machines are slow. */
    static void tell(Figures figures) throws IOException {
        String line = figures.json().replaceFirst("\"seed\"", "\"commit\":\"" + commit() + "\",\"seed\"");
        System.out.println(line);
        Path lines = Cluster.home().resolveSibling("multi-jvm").resolve("drills.jsonl");
        Files.createDirectories(lines.getParent());
        Files.writeString(
                lines, line + "\n", StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /** Of the working tree, with a plus when it has changes; empty where there is none. */
    private static String commit() {
        try {
            Process git = new ProcessBuilder("git", "describe", "--always", "--dirty=+")
                    .directory(Cluster.home().toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String said = new String(git.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).trim();
            return said.matches("[0-9a-z.+-]*") ? said : "";
        } catch (IOException e) {
            return "";
        }
    }

    /** Time in which all regions have to be equal when a fault is over and nobody writes any more. */
    private static final Duration EQUAL_WITHIN = Duration.ofSeconds(15);

    /** When the writers have stopped: waits until all regions are equal, but not for long, and counts what is not. */
    static void countLostAndDiffering(Cluster cluster, Writers writers, String shared, Figures figures)
            throws IOException, InterruptedException {
        List<Long> acknowledged = writers.acknowledged();
        List<String> rules = new ArrayList<>(writers.rules());
        rules.add(shared);
        long from = System.nanoTime();
        long differing = Views.differing(cluster, rules);
        List<String> missing = writers.missing(acknowledged);
        while (differing + missing.size() > 0 && System.nanoTime() - from < EQUAL_WITHIN.toNanos()) {
            TimeUnit.MILLISECONDS.sleep(50);
            differing = Views.differing(cluster, rules);
            missing = writers.missing(acknowledged);
        }
        figures.put("writes acknowledged", writers.acknowledgedNames().size());
        figures.put("all regions equal after the last write, s", (System.nanoTime() - from) / 1e9);
        figures.atMost("acknowledged writes missing in a region 15 s after", missing.size(), 0);
        figures.atMost("rules that differ 15 s after", differing, 0);
    }

    /** How long the fault of a drill lasts, in s; -Dwindrose.drill.seconds shortens a trial. */
    static int seconds(int usual) {
        return Integer.getInteger("windrose.drill.seconds", usual);
    }

    /** How many times a drill repeats; -Dwindrose.drill.times shortens a trial. */
    static int times(int usual) {
        return Integer.getInteger("windrose.drill.times", usual);
    }

    /**
     * Stops all nodes and looks for every acknowledged name in every journal.
     *
     * @param text matches every name that was sent
     */
    static void countLostAndDoubled(Cluster cluster, Set<String> acknowledged, Pattern text, Figures figures)
            throws IOException, SQLException {
        for (NodeProcess node : cluster.nodes()) {
            node.stop(Duration.ofSeconds(30));
        }
        long lost = 0;
        long doubled = 0;
        for (NodeProcess node : cluster.nodes()) {
            Map<String, Integer> found = Journals.occurrences(node, text);
            lost += acknowledged.stream()
                    .filter(name -> !found.containsKey(name))
                    .count();
            doubled += found.values().stream().filter(count -> count > 1).count();
        }
        figures.put("writes acknowledged", acknowledged.size());
        figures.atMost("acknowledged writes lost, all journals", lost, 0);
        figures.atMost("changes doubled, all journals", doubled, 0);
    }

    /** What a node keeps after a collection, in MiB. */
    static double heapMiB(NodeProcess node) throws IOException, InterruptedException {
        Process collect = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        Long.toString(node.pid()),
                        "GC.run")
                .redirectErrorStream(true)
                .redirectOutput(new java.io.File("/dev/null"))
                .start();
        assertThat(collect.waitFor(30, TimeUnit.SECONDS) && collect.exitValue() == 0)
                .as("jcmd GC.run")
                .isTrue();
        try (Api api = node.api(Cluster.TIMEOUT)) {
            return api.meter("jvm_memory_used_bytes", "area=\"heap\"") / (1 << 20);
        }
    }

    private Drill() {}
}
