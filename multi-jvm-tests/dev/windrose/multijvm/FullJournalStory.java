package dev.windrose.multijvm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.stage.Api;
import dev.windrose.stage.Figures;
import dev.windrose.stage.NodeProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A node whose journal holds ten edits of each of a thousand rules starts again, after a stop and after a kill. */
@Tag("drill")
class FullJournalStory {

    private static final int RULES = Drill.times(1000);
    private static final int EDITS = 10;
    private static final int WRITERS = 8;
    private static final Duration STARTS_WITHIN = Duration.ofMinutes(2);

    @Test
    void startsAgainSoonWithTenEditsOfAThousandRules() throws Exception {
        Figures figures = new Figures("36: restart with " + EDITS + " edits of each of " + RULES + " rules", 0);
        NodeProcess.Spec spec = Cluster.alone("full-journal", Map.of(), Drill.AS_SHIPPED);
        try (NodeProcess node = NodeProcess.of(spec)) {
            node.start();
            node.awaits("/health/ready/control", STARTS_WITHIN);
            edit(node);
            figures.put("rules", RULES);
            figures.put("edits", (long) RULES * EDITS);

            node.stop(Duration.ofSeconds(30));
            figures.atMost("files of the journal after a stop, MiB", journalMiB(spec.data()), 64);
            figures.atMost("takes writes after a stop, s", started(node), 15);
            node.kill();
            figures.atMost("takes writes after a kill, s", started(node), 15);
            figures.atMost("rules that lack the last edit", lacking(node), 0);
        }
        Drill.report(figures);
    }

    private static double started(NodeProcess node) throws Exception {
        long began = System.nanoTime();
        node.start();
        node.awaits("/health/ready/control", STARTS_WITHIN);
        try (Api api = node.api(Cluster.TIMEOUT)) {
            Api.Answer first = api.call("PATCH", "/api/v1/rules/rule-0", "{\"name\":\"edit " + (EDITS - 1) + "\"}");
            assertThat(first.done()).as(first.toString()).isTrue();
        }
        return (System.nanoTime() - began) / 1e9;
    }

    private static void edit(NodeProcess node) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
        try {
            List<Future<?>> writers = new ArrayList<>();
            for (int w = 0; w < WRITERS; w++) {
                int first = w;
                writers.add(threads.submit(() -> {
                    try (Api api = node.api(Cluster.TIMEOUT)) {
                        for (int rule = first; rule < RULES; rule += WRITERS) {
                            Writes.createPriority(api, "rule-" + rule, "us-east-1");
                            for (int i = 1; i < EDITS; i++) {
                                Writes.rename(api, "rule-" + rule, "edit " + i);
                            }
                        }
                    }
                    return null;
                }));
            }
            for (Future<?> writer : writers) {
                writer.get(30, TimeUnit.MINUTES);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static int lacking(NodeProcess node) throws IOException {
        int lacking = 0;
        try (Api api = node.api(Cluster.TIMEOUT)) {
            for (int rule = 0; rule < RULES; rule++) {
                Api.Answer answer = api.get("/api/v1/rules/rule-" + rule);
                if (!answer.body().path("name").asText().equals("edit " + (EDITS - 1))) {
                    lacking++;
                }
            }
        }
        return lacking;
    }

    private static double journalMiB(Path data) throws IOException {
        long bytes = 0;
        try (var files = Files.walk(data)) {
            for (Path file : files.filter(f -> f.getFileName().toString().startsWith("journal"))
                    .toList()) {
                bytes += Files.size(file);
            }
        }
        assertThat(bytes).as("bytes of the journal's files in " + data).isPositive();
        return bytes / 1048576.0;
    }
}
