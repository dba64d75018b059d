package dev.windrose.stage;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * One node as a process of its own, started from a distribution, that can be killed, stopped and started again on the
 * same ports and files. Ends with this JVM at the latest, and is only ever touched by its handle.
 */
public final class NodeProcess implements AutoCloseable {

    /**
     * The ports of one node on loopback.
     *
     * @param http of the API
     * @param cluster of the exchange with other nodes
     * @param manage of the management
     */
    public record Ports(int http, int cluster, int manage) {

        private static final int LOWEST = 13_000;
        private static final int ENDS_BELOW = 31_000;
        private static final Set<Integer> TAKEN = ConcurrentHashMap.newKeySet();

        /** Three that are free now; below those that a system gives to outgoing connections, so that they stay free. */
        public static Ports free() throws IOException {
            return new Ports(one(), one(), one());
        }

        private static int one() throws IOException {
            for (int i = 0; i < 1000; i++) {
                int port = ThreadLocalRandom.current().nextInt(LOWEST, ENDS_BELOW);
                if (TAKEN.add(port)) {
                    try (ServerSocket socket = new ServerSocket()) {
                        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                        return port;
                    } catch (IOException e) {
                        // Somebody has it; the next may be free.
                    }
                }
            }
            throw new IOException("ports: none free of 1000 tried between " + LOWEST + " and " + ENDS_BELOW);
        }

        /** host:port for the other nodes. */
        public String address() {
            return "127.0.0.1:" + cluster;
        }
    }

    /**
     * What to start.
     *
     * @param home of the distribution: the directory of {@code bin/windrose}
     * @param data directory of the node's files
     * @param logs directory of what the node prints, one file for each start
     * @param settings as for {@code --set}, over the ones made from the rest
     * @param javaOptions such as {@code -Xmx256m}; empty for none
     */
    public record Spec(
            Path home,
            String region,
            Path data,
            Path logs,
            Ports ports,
            Map<String, String> settings,
            String javaOptions) {

        public Spec {
            settings = Map.copyOf(settings);
        }

        /** The same node with one setting more. */
        public Spec with(String key, String value) {
            Map<String, String> more = new java.util.HashMap<>(settings);
            more.put(key, value);
            return new Spec(home, region, data, logs, ports, more, javaOptions);
        }
    }

    private final Spec spec;
    private final @Nullable Supplier<SSLSocketFactory> encryption;
    private @Nullable Process process;
    private int starts;

    private NodeProcess(Spec spec, @Nullable Supplier<SSLSocketFactory> encryption) {
        this.spec = spec;
        this.encryption = encryption;
        Runtime.getRuntime().addShutdownHook(new Thread(this::kill, "end-" + spec.region()));
    }

    /** A node that does not run yet. */
    public static NodeProcess of(Spec spec) {
        return of(spec, null);
    }

    /**
     * A node that does not run yet.
     *
     * @param encryption makes the sockets of clients of its API; null when its settings say nothing of TLS
     */
    public static NodeProcess of(Spec spec, @Nullable Supplier<SSLSocketFactory> encryption) {
        if (!Files.isExecutable(spec.home().resolve("bin/windrose"))) {
            throw new IllegalArgumentException(
                    "home: " + spec.home() + " (expected: a distribution with bin/windrose; run: mvn package)");
        }
        return new NodeProcess(spec, encryption);
    }

    public String region() {
        return spec.region();
    }

    public Spec spec() {
        return spec;
    }

    /** Port of the API. */
    public int port() {
        return spec.ports().http();
    }

    /** A client of its API; for one thread. */
    public Api api(Duration timeout) {
        return new Api(port(), timeout, encryption);
    }

    public synchronized void start() throws IOException {
        if (alive()) {
            throw new IllegalStateException(region() + ": runs already (expected: stopped)");
        }
        Files.createDirectories(spec.logs());
        Files.createDirectories(spec.data());
        starts++;
        File log = spec.logs().resolve(region() + "-" + starts + ".log").toFile();
        ProcessBuilder builder = new ProcessBuilder(command());
        builder.directory(spec.data().toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("WINDROSE_"));
        builder.environment().put("WINDROSE_JAVA_OPTS", spec.javaOptions());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
        builder.redirectErrorStream(true).redirectOutput(log);
        process = builder.start();
    }

    private List<String> command() {
        Map<String, String> all = new java.util.TreeMap<>();
        all.put("windrose.node.data-dir", spec.data().toAbsolutePath().toString());
        all.put("windrose.node.port", Integer.toString(spec.ports().cluster()));
        all.put("windrose.http.port", Integer.toString(spec.ports().http()));
        all.put("windrose.manage.port", Integer.toString(spec.ports().manage()));
        all.putAll(spec.settings());
        List<String> command = new ArrayList<>();
        command.add(spec.home().resolve("bin/windrose").toAbsolutePath().toString());
        command.addAll(List.of("node", "--region", region(), "--dev"));
        all.forEach((key, value) -> {
            command.add("--set");
            command.add(key + "=" + value);
        });
        return command;
    }

    public synchronized boolean alive() {
        return process != null && process.isAlive();
    }

    /** Id of the process. */
    public long pid() {
        Process now = current();
        if (now == null) {
            throw new IllegalStateException(region() + ": was never started (expected: started)");
        }
        return now.pid();
    }

    /**
     * Waits until a path of its API is answered with 2xx.
     *
     * @throws IllegalStateException when it is not in time, or the process has ended
     */
    public void awaits(String path, Duration atMost) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        try (Api api = api(Duration.ofSeconds(2))) {
            while (!api.says(path)) {
                if (!alive()) {
                    throw new IllegalStateException(region() + ": ended while starting, see " + log());
                }
                if (System.nanoTime() - deadline > 0) {
                    throw new IllegalStateException(
                            region() + ": " + path + " not answered within " + atMost.toSeconds() + " s, see " + log());
                }
                TimeUnit.MILLISECONDS.sleep(20);
            }
        }
    }

    /** What it printed since it was last started. */
    public Path log() {
        return spec.logs().resolve(region() + "-" + starts + ".log");
    }

    /** As {@code kill -9} does; returns when the process is gone. */
    public void kill() {
        Process now = current();
        if (now != null) {
            now.destroyForcibly();
            await(now, Duration.ofSeconds(10));
        }
    }

    /**
     * In good order, as SIGTERM does.
     *
     * @return false when it had to be killed
     */
    public boolean stop(Duration atMost) {
        Process now = current();
        if (now == null) {
            return true;
        }
        now.destroy();
        if (await(now, atMost)) {
            return true;
        }
        kill();
        return false;
    }

    /** Stands still, with everything open, until {@link #goOn()}. */
    public void standStill() throws IOException, InterruptedException {
        signal("-STOP");
    }

    public void goOn() throws IOException, InterruptedException {
        signal("-CONT");
    }

    private void signal(String signal) throws IOException, InterruptedException {
        Process now = current();
        if (now == null || !now.isAlive()) {
            throw new IllegalStateException(region() + ": does not run (expected: running)");
        }
        Process sent = new ProcessBuilder("kill", signal, Long.toString(now.pid()))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (!sent.waitFor(5, TimeUnit.SECONDS) || sent.exitValue() != 0) {
            throw new IOException("kill " + signal + " " + now.pid() + ": failed");
        }
    }

    private synchronized @Nullable Process current() {
        return process;
    }

    private static boolean await(Process process, Duration atMost) {
        try {
            return process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public void close() {
        kill();
    }
}
