package dev.windrose.multijvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.windrose.stage.Api;
import dev.windrose.stage.Figures;
import dev.windrose.stage.NodeProcess;
import dev.windrose.stage.Witness;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The disk of one node is full for a while. Its files are on a file system of their own, which only root can make. */
@Tag("drill")
class DiskFullStory {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String RULE = "on-a-full-disk";

    @Test
    void decisionsGoOnWritesAreRefusedAndItRecoversByItself() throws Exception {
        Figures figures = new Figures("19: disk full", 0);
        try (Cluster cluster = Cluster.start("disk-full", Cluster.SMALL)) {
            NodeProcess node = cluster.node(0);
            assertThat(node.stop(Duration.ofSeconds(30))).isTrue();
            Path data = node.spec().data();
            Path aside = data.resolveSibling("aside");
            Trees.copy(data, aside);
            assumeTrue(ran("mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", data.toString()), "needs root to mount");
            try {
                Trees.copy(aside, data);
                node.start();
                node.awaits("/health/ready/control", SOON);
                drill(cluster, data.resolve("ballast"), figures);
            } finally {
                node.kill();
                ran("umount", data.toString());
            }
        }
        Drill.report(figures);
    }

    private static void drill(Cluster cluster, Path ballast, Figures figures) throws Exception {
        try (Api us = cluster.api(0)) {
            Writes.createPriority(us, RULE, "us-east-1", "eu-west-1");
            Views.agree(cluster, RULE, SOON);
            Views.decideBy(cluster, RULE, SOON);
            try (Witness witness = Witness.of(us.port(), "asia", RULE, Duration.ofMillis(5), (port, seen) -> {})) {
                assertThat(witness.await(seen -> seen.region().equals("us-east-1"), 100, SOON))
                        .isTrue();
                long from = System.nanoTime();
                fill(ballast);
                long done = 0;
                long clean = 0;
                long other = 0;
                long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(Drill.seconds(30));
                while (System.nanoTime() < until) {
                    int status = us.call("PATCH", "/api/v1/rules/" + RULE, "{\"name\":\"n" + done + "\"}")
                            .status();
                    done += status == 200 ? 1 : 0;
                    clean += status == 503 || status == 507 ? 1 : 0;
                    other += status != 200 && status != 503 && status != 507 ? 1 : 0;
                    TimeUnit.MILLISECONDS.sleep(50);
                }
                figures.put("writes done on what was left of the files", done);
                figures.put("writes refused with 503", clean);
                figures.atMost("writes that ended in another way", other, 0);
                Files.delete(ballast);
                long freed = System.nanoTime();
                Await.until(
                        "it takes writes again",
                        SOON,
                        () -> us.call("PATCH", "/api/v1/rules/" + RULE, "{\"name\":\"there is room again\"}")
                                .done());
                figures.atMost(
                        "takes writes again, without a restart, after, s", (System.nanoTime() - freed) / 1e9, 30);
                Views.agree(cluster, RULE, SOON);
                figures.put("answers", witness.since(from).size());
                figures.atMost(
                        "wrong answers",
                        witness.since(from).stream()
                                .filter(seen -> !seen.region().equals("us-east-1"))
                                .count(),
                        0);
            }
        }
    }

    private static void fill(Path ballast) throws IOException {
        byte[] block = new byte[4096];
        try (OutputStream out = Files.newOutputStream(ballast)) {
            while (true) {
                out.write(block);
            }
        } catch (IOException e) {
            // Full, as wanted.
            assertThat(Files.size(ballast)).isPositive();
        }
    }

    private static boolean ran(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
    }
}
