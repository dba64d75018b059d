package dev.windrose.multijvm;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.windrose.live.reach.HostileOrigins;
import dev.windrose.stage.Api;
import dev.windrose.stage.Figures;
import dev.windrose.stage.NodeProcess;
import dev.windrose.stage.Origin;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rules whose targets keep whoever checks them waiting, beside a rule that is well, for minutes and over a restart. */
@Tag("drill")
class HostileTargetsStory {

    private static final int MONITORS = 7;
    private static final Duration STARTS_WITHIN = Duration.ofMinutes(5);
    private static final int EDITS = 20;

    /** More than that are asked every 10 s, as rules are that say nothing of it: the origins run on the same cores. */
    private static final int MANY = 100;

    private static final int SETTLES_WITHIN_SECONDS = 30;

    private final List<HostileOrigins> origins = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(ints = {16, 48, 500})
    void theNodeDoesWhatItDoesWithoutThem(int targets) throws Exception {
        // -Dwindrose.drill.targets=48 runs that one alone.
        assumeTrue(Integer.getInteger("windrose.drill.targets", targets) == targets);
        Figures figures = new Figures("37: " + targets + " hostile targets, and a restart", 0);
        NodeProcess.Spec spec = Cluster.alone("hostile-targets-" + targets, Map.of(), Drill.AS_SHIPPED);
        try (Origin good = Origin.start("us-east-1", 0);
                NodeProcess node = NodeProcess.of(spec)) {
            node.start();
            node.awaits("/health/ready/control", STARTS_WITHIN);
            long writes = 0;
            try (Api api = node.api(Cluster.TIMEOUT)) {
                Writes.acknowledged(api, "PUT", "/api/v1/rules/good", rule("good", good.port()));
                writes++;
                writes += hostile(api, targets);
            }
            TimeUnit.SECONDS.sleep(Drill.seconds(600));
            try (Api api = node.api(Cluster.TIMEOUT)) {
                figures.put("hostile checks that ended", api.meter("windrose_health_checks_total", "unhealthy"));
                for (int i = 0; i < EDITS; i++) {
                    Writes.acknowledged(
                            api,
                            "PUT",
                            "/api/v1/rules/good",
                            rule("good", good.port()).replace("\"good\",\"alg", "\"good " + i + "\",\"alg"));
                    writes++;
                }
                figures.atMost("changes that are missing in the audit", writes - audited(node, targets), 0);
                figures.atMost("a slow client is ended after, s", slowClient(node), 10);
            }
            long began = System.nanoTime();
            node.stop(Duration.ofSeconds(30));
            figures.atMost("stop, s", seconds(began), 20);
            began = System.nanoTime();
            node.start();
            node.awaits("/health/ready/control", STARTS_WITHIN);
            figures.atMost("takes writes after the restart, s", seconds(began), 60);
            TimeUnit.SECONDS.sleep(20);
            double beside;
            double after;
            try (Api api = node.api(Cluster.TIMEOUT)) {
                figures.atMost("a slow client is ended after the restart, s", slowClient(node), 10);
                beside = files(api);
                for (int i = 0; i < targets; i += MONITORS + 1) {
                    Writes.acknowledged(api, "DELETE", "/api/v1/rules/hostile-" + i, null);
                }
                TimeUnit.SECONDS.sleep(SETTLES_WITHIN_SECONDS);
                after = files(api);
                System.out.println("open after they are gone: " + open(node));
            }
            // What a process has open by itself, after the same start, tells what the others left open.
            node.stop(Duration.ofSeconds(30));
            node.start();
            node.awaits("/health/ready/control", STARTS_WITHIN);
            TimeUnit.SECONDS.sleep(20);
            try (Api api = node.api(Cluster.TIMEOUT)) {
                double without = files(api);
                System.out.println("open without them: " + open(node));
                figures.put("files open beside them, above those without", beside - without);
                figures.atMost("files open after they are gone, above those without", after - without, 10);
            }
            figures.atMost("transitions of the good target", transitions(spec, good.port()), 0);
        } finally {
            for (HostileOrigins origin : origins) {
                origin.close();
            }
        }
        Drill.report(figures);
    }

    /** Entries about calls for rules; what the node records by itself has no path. */
    private static long audited(NodeProcess node, int targets) throws IOException, InterruptedException {
        Shell shell = new Shell(Cluster.logs("hostile-targets").resolve(targets + "-audit"));
        return shell.run(node.port(), "audit", "export")
                .said()
                .lines()
                .filter(line -> line.contains("\"path\":\"/api/v1/rules/"))
                .count();
    }

    private static double seconds(long began) {
        return (System.nanoTime() - began) / 1e9;
    }

    /** How many files of each kind the node has open. */
    private static Map<String, Integer> open(NodeProcess node) throws IOException {
        Map<String, Integer> kinds = new TreeMap<>();
        try (var files = Files.list(Path.of("/proc", Long.toString(node.pid()), "fd"))) {
            for (Path file : files.toList()) {
                try {
                    kinds.merge(Files.readSymbolicLink(file).toString().replaceAll("[0-9]+|:.*", ""), 1, Integer::sum);
                } catch (NoSuchFileException e) {
                    // It was closed meanwhile.
                }
            }
        }
        kinds.keySet().removeIf(kind -> kind.endsWith(".jar"));
        return kinds;
    }

    private static double files(Api api) throws IOException {
        return api.meter("process_files_open_files", "");
    }

    private static String rule(String id, int port) {
        return Api.rule(id, "us-east-1")
                .replace(
                        "\"failover_enabled\"",
                        "\"endpoints\":{\"us-east-1\":\"http://127.0.0.1:" + port + "\"},\"failover_enabled\"");
    }

    /** As many checks as that: each rule asks one origin in several ways. */
    private int hostile(Api api, int targets) throws IOException, InterruptedException {
        HostileOrigins.Kind[] kinds = HostileOrigins.Kind.values();
        int rules = 0;
        for (int i = 0; i < targets; i += MONITORS + 1) {
            HostileOrigins origin = HostileOrigins.start(kinds[rules % kinds.length]);
            origins.add(origin);
            StringJoiner monitors = new StringJoiner(",");
            for (int m = 0; m < MONITORS; m++) {
                monitors.add("\"m" + m + "\":{\"path\":\"/health?monitor=" + m + "\"}");
            }
            String rule = Api.rule("hostile-" + i, "us-east-1")
                    .replace(
                            "\"interval_ms\":1000,\"timeout_ms\":500",
                            "\"interval_ms\":" + (targets > MANY ? 10_000 : 2000) + ",\"timeout_ms\":2000")
                    .replace(
                            "\"failover_enabled\"",
                            "\"endpoints\":{\"us-east-1\":\"" + origin.endpoint() + "\"},\"monitors\":{" + monitors
                                    + "},\"failover_enabled\"");
            Writes.acknowledged(api, "PUT", "/api/v1/rules/hostile-" + i, rule);
            rules++;
        }
        return rules;
    }

    /** How long a client that never finishes its headers is kept. */
    private static double slowClient(NodeProcess node) throws IOException {
        try (Socket slow = new Socket("127.0.0.1", node.spec().ports().http())) {
            slow.setSoTimeout(30_000);
            long began = System.nanoTime();
            slow.getOutputStream().write("GET / HTTP/1.1\r\nHost:".getBytes(StandardCharsets.US_ASCII));
            try {
                if (slow.getInputStream().read() >= 0) {
                    return 30;
                }
            } catch (java.net.SocketException e) {
                // Reset, which ends it as well.
            } catch (java.net.SocketTimeoutException e) {
                return 30;
            }
            return seconds(began);
        }
    }

    /** Times that the node believed something bad of a target, as its logs say. */
    private static long transitions(NodeProcess.Spec spec, int port) throws IOException {
        long bad = 0;
        try (var logs = Files.list(spec.logs())) {
            for (var log : logs.toList()) {
                bad += Files.readAllLines(log).stream()
                        .filter(line -> line.contains("target [http://127.0.0.1:" + port + "]")
                                && (line.contains("-> UNHEALTHY") || line.contains("-> DEGRADED")))
                        .count();
            }
        }
        return bad;
    }
}
