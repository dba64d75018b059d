package dev.windrose.multijvm;

import dev.windrose.stage.Api;
import dev.windrose.stage.Figures;
import dev.windrose.stage.NodeProcess;
import dev.windrose.stage.Origin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.StringJoiner;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Thousands of targets, checked by one node of one region. */
@Tag("drill")
class ManyTargetsStory {

    private static final int RULES = 625;
    private static final int MONITORS = 7;
    private static final double TICKS_PER_SECOND = 100;

    @Test
    void fiveThousandTargetsCostHalfACore() throws Exception {
        Figures figures = new Figures("5,000 targets every 10 s from one region", 0);
        try (Origin origin = Origin.start("us-east-1", 0)) {
            NodeProcess.Spec spec =
                    Cluster.alone("many-targets", Map.of("windrose.health.targets", "6000"), Drill.AS_SHIPPED);
            try (NodeProcess node = NodeProcess.of(spec);
                    Api api = node.api(Cluster.TIMEOUT)) {
                node.start();
                node.awaits("/health/ready/control", Cluster.STARTS_WITHIN);
                TimeUnit.SECONDS.sleep(10);
                double idle = cores(node);
                double idleMiB = residentMiB(node);
                Writes.acknowledged(
                        api,
                        "PUT",
                        "/api/v1/regions/us-east-1",
                        "{\"region_id\":\"us-east-1\",\"endpoints\":[\"http://127.0.0.1:" + origin.port() + "\"]}");
                for (int i = 0; i < RULES; i++) {
                    Writes.acknowledged(api, "POST", "/api/v1/rules/create", rule(i));
                }
                Await.until(
                        "all are checked",
                        Duration.ofSeconds(60),
                        () -> api.meter("windrose_health_targets", "") == RULES * (MONITORS + 1));
                TimeUnit.SECONDS.sleep(30);
                double busy = cores(node);
                figures.put("targets", RULES * (MONITORS + 1));
                figures.put("cores idle", idle);
                figures.atMost("cores above idle", busy - idle, 0.5);
                figures.atMost("resident memory above idle, MiB", residentMiB(node) - idleMiB, 300);
                figures.put("checks that began late", api.meter("windrose_health_late_total", ""));
            }
        }
        Drill.report(figures);
    }

    private static String rule(int number) {
        StringJoiner monitors = new StringJoiner(",");
        for (int i = 0; i < MONITORS; i++) {
            monitors.add("\"m" + i + "\":{\"path\":\"/health?rule=" + number + "&monitor=" + i + "\"}");
        }
        String rule = Api.rule("many-" + number, "us-east-1");
        return rule.replace("\"/health\"", "\"/health?rule=" + number + "\"")
                .replace("\"interval_ms\":1000", "\"interval_ms\":10000")
                .replace("\"failover_enabled\"", "\"monitors\":{" + monitors + "},\"failover_enabled\"");
    }

    /** Cores that the process uses, over half a minute. */
    private static double cores(NodeProcess node) throws IOException, InterruptedException {
        long before = ticks(node);
        long from = System.nanoTime();
        TimeUnit.SECONDS.sleep(30);
        return (ticks(node) - before) / TICKS_PER_SECOND / ((System.nanoTime() - from) / 1e9);
    }

    private static long ticks(NodeProcess node) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + node.pid() + "/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    }

    private static double residentMiB(NodeProcess node) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + node.pid() + "/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Double.parseDouble(line.replaceAll("[^0-9]", "")) / 1024;
            }
        }
        throw new IOException("no VmRSS of " + node.pid());
    }
}
