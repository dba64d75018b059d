package dev.windrose.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.boot.Capabilities;
import dev.windrose.boot.Node;
import dev.windrose.boot.settings.Settings;
import dev.windrose.stage.Api;
import dev.windrose.stage.NodeProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** A whole node of one region in this JVM, on free ports, with files of its own. */
public final class RealNode implements AutoCloseable {

    private static final Duration STARTS_WITHIN = Duration.ofSeconds(60);

    private final Node node;
    private final int port;

    /** Starts it; returns when it takes writes. */
    public static RealNode start(Path data, Map<String, String> more) throws IOException, InterruptedException {
        RealNode started = new RealNode(data, more);
        long deadline = System.nanoTime() + STARTS_WITHIN.toNanos();
        try (Api api = new Api(started.port, Duration.ofSeconds(2))) {
            while (!api.says("/health/ready/control")) {
                assertThat(System.nanoTime()).as("takes writes in time").isLessThan(deadline);
                TimeUnit.MILLISECONDS.sleep(50);
            }
        }
        return started;
    }

    private RealNode(Path data, Map<String, String> more) throws IOException {
        NodeProcess.Ports ports = NodeProcess.Ports.free();
        Map<String, String> settings = new TreeMap<>(Map.of(
                "windrose.node.region",
                "us-east-1",
                "windrose.node.data-dir",
                data.toString(),
                "windrose.node.port",
                Integer.toString(ports.cluster()),
                "windrose.http.port",
                Integer.toString(ports.http()),
                "windrose.manage.port",
                Integer.toString(ports.manage())));
        settings.putAll(more);
        port = ports.http();
        node = Node.start(
                Capabilities.devSettings(new Settings.Sources(null, settings, Map.of())), "1.2.3", line -> {});
    }

    public int port() {
        return port;
    }

    public String server() {
        return "http://127.0.0.1:" + port;
    }

    /** What the command answers that speaks to this node. */
    Ran run(String line, String... more) {
        List<String> all = new ArrayList<>(List.of(more));
        all.addAll(List.of("--server", server()));
        return Ran.of(line, all.toArray(String[]::new));
    }

    @Override
    public void close() {
        node.stop();
    }
}
