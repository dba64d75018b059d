package dev.windrose.multijvm;

import dev.windrose.stage.Api;
import dev.windrose.stage.NodeProcess;
import dev.windrose.stage.Origin;
import dev.windrose.stage.Wan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/** Regions as real processes with files of their own, three of one node each if not said otherwise, and their origins. */
final class Cluster implements AutoCloseable {

    static final List<String> REGIONS = List.of("us-east-1", "eu-west-1", "ap-southeast-1");

    static final Duration STARTS_WITHIN = Duration.ofSeconds(Integer.getInteger("windrose.story.starts-within", 90));
    static final Duration TIMEOUT = Duration.ofSeconds(10);

    /** For stories: little memory, and compiled for a quick start, since each process lives for a minute or two. */
    static final String SMALL = "-Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1";

    /**
     * One node.
     *
     * @param journal where its region keeps its journal; null: embedded
     */
    record Place(String region, @Nullable PostgresJournal journal) {}

    /**
     * What encrypts a cluster.
     *
     * @param settings of the node of a region
     * @param clients makes the sockets of clients of the API
     */
    record Encryption(Function<String, Map<String, String>> settings, Supplier<SSLSocketFactory> clients) {}

    private final List<NodeProcess> nodes = new ArrayList<>();
    private final List<Origin> origins = new ArrayList<>();
    private @Nullable Wan wan;
    private final @Nullable PostgresJournal postgres;

    private Cluster(@Nullable PostgresJournal postgres) {
        this.postgres = postgres;
    }

    /** Where the last of the regions keeps its journal; null when all are embedded. */
    @Nullable
    PostgresJournal postgres() {
        return postgres;
    }

    /**
     * Starts all of it and registers the regions; returns when every node takes writes.
     *
     * @param name of the directory of its logs below target/multi-jvm
     * @param javaOptions of the nodes
     */
    static Cluster start(String name, String javaOptions) throws IOException, InterruptedException {
        return start(name, javaOptions, Map.of());
    }

    /** As above, with settings of every node. */
    static Cluster start(String name, String javaOptions, Map<String, String> settings)
            throws IOException, InterruptedException {
        return start(name, javaOptions, places(null), settings);
    }

    /** As above; the last of the regions keeps its journal in {@code postgres}, which ends with the cluster. */
    static Cluster start(String name, String javaOptions, @Nullable PostgresJournal postgres)
            throws IOException, InterruptedException {
        return start(name, javaOptions, places(postgres), Map.of());
    }

    /** As above, with HTTPS and TLS between the nodes. */
    static Cluster start(String name, String javaOptions, Map<String, String> settings, Encryption encryption)
            throws IOException, InterruptedException {
        return start(name, javaOptions, places(null), settings, encryption);
    }

    private static List<Place> places(@Nullable PostgresJournal postgres) {
        List<Place> places = new ArrayList<>();
        for (String region : REGIONS) {
            places.add(new Place(region, region.equals(REGIONS.get(2)) ? postgres : null));
        }
        return places;
    }

    /**
     * As above, with the nodes that are named; those of one region share its journal, and the first founds the cluster.
     *
     * @param settings of every node
     */
    static Cluster start(String name, String javaOptions, List<Place> places, Map<String, String> settings)
            throws IOException, InterruptedException {
        return start(name, javaOptions, places, settings, null);
    }

    private static Cluster start(
            String name,
            String javaOptions,
            List<Place> places,
            Map<String, String> settings,
            @Nullable Encryption encryption)
            throws IOException, InterruptedException {
        Cluster cluster = new Cluster(places.stream()
                .map(Place::journal)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null));
        try {
            cluster.prepare(name, javaOptions, places, settings, encryption);
            for (NodeProcess node : cluster.nodes) {
                node.start();
            }
            cluster.awaitReady();
            cluster.registerRegions();
            return cluster;
        } catch (IOException | InterruptedException | RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    private void prepare(
            String name,
            String javaOptions,
            List<Place> places,
            Map<String, String> settings,
            @Nullable Encryption encryption)
            throws IOException {
        List<NodeProcess.Ports> ports = new ArrayList<>();
        List<Integer> listening = new ArrayList<>();
        for (Place place : places) {
            ports.add(NodeProcess.Ports.free());
            listening.add(NodeProcess.Ports.free().cluster());
        }
        List<String> seeds = ports.stream().map(NodeProcess.Ports::address).toList();
        List<String> regions = places.stream().map(Place::region).distinct().toList();
        for (String region : regions) {
            origins.add(Origin.start(region, 0));
        }
        wan = Wan.between(ports.stream().map(NodeProcess.Ports::cluster).toList(), listening);
        Path data = data(name);
        for (int i = 0; i < places.size(); i++) {
            Map<String, String> all = new HashMap<>(settings);
            PostgresJournal journal = places.get(i).journal();
            if (journal != null) {
                all.putAll(journal.settings());
            }
            all.put("windrose.node.regions", String.join(",", regions));
            all.put("windrose.node.seeds", String.join(",", seeds));
            all.put("akka.remote.artery.bind.hostname", "127.0.0.1");
            all.put("akka.remote.artery.bind.port", Integer.toString(listening.get(i)));
            all.put("akka.remote.artery.advanced.tcp.outbound-client-hostname", Wan.addressOf(i));
            String region = places.get(i).region();
            if (encryption != null) {
                all.putAll(encryption.settings().apply(region));
            }
            // The second node of a region has files of its own.
            String files = places.subList(0, i).stream()
                            .anyMatch(earlier -> earlier.region().equals(region))
                    ? region + "-" + i
                    : region;
            Path logs = files.equals(region) ? logs(name) : logs(name).resolve(files);
            nodes.add(NodeProcess.of(
                    new NodeProcess.Spec(home(), region, data.resolve(files), logs, ports.get(i), all, javaOptions),
                    encryption == null ? null : encryption.clients()));
        }
    }

    /** One node alone, with files and ports of its own. */
    static NodeProcess.Spec alone(String name, Map<String, String> settings, String javaOptions) throws IOException {
        return new NodeProcess.Spec(
                home(), "us-east-1", data(name), logs(name), NodeProcess.Ports.free(), settings, javaOptions);
    }

    /** The distribution under test. */
    static Path home() {
        return Path.of(System.getProperty("windrose.home", "target/windrose")).toAbsolutePath();
    }

    static Path logs(String name) {
        return home().resolveSibling("multi-jvm").resolve(name).resolve("log");
    }

    /** An empty directory for the files of nodes. */
    static Path data(String name) throws IOException {
        Path parent = home().resolveSibling("multi-jvm").resolve(name);
        Files.createDirectories(parent);
        return Files.createTempDirectory(parent, "data-");
    }

    /** What lies between the nodes. */
    Wan wan() {
        Wan between = wan;
        if (between == null) {
            throw new IllegalStateException("wan: not there (expected: a cluster that has started)");
        }
        return between;
    }

    NodeProcess node(int index) {
        return nodes.get(index);
    }

    List<NodeProcess> nodes() {
        return List.copyOf(nodes);
    }

    Origin origin(int index) {
        return origins.get(index);
    }

    /** A client of one node's API; for one thread. */
    Api api(int index) {
        return nodes.get(index).api(TIMEOUT);
    }

    void awaitReady() throws InterruptedException {
        for (NodeProcess node : nodes) {
            node.awaits("/health/ready/control", STARTS_WITHIN);
        }
    }

    /** Whatever the story before left: every node runs and takes writes, every origin is well. */
    void heal() throws IOException, InterruptedException {
        wan().mend();
        for (NodeProcess node : nodes) {
            if (node.alive()) {
                node.goOn();
            } else {
                node.start();
            }
        }
        for (Origin origin : origins) {
            command(origin, "{\"reset\":true}");
        }
        awaitReady();
        awaitHealthy();
    }

    /** Waits until no node believes a region unhealthy any more, so that one story is not the fault of the next. */
    private void awaitHealthy() throws InterruptedException {
        Await.until("every node believes every region healthy", STARTS_WITHIN, () -> {
            for (int i = 0; i < nodes.size(); i++) {
                try (Api api = api(i)) {
                    if (api.get("/api/v1/health")
                                    .body()
                                    .path("unhealthy_regions")
                                    .asInt(1)
                            > 0) {
                        return false;
                    }
                }
            }
            return true;
        });
    }

    /** Tells an origin how to behave, by its control port. */
    static void command(Origin origin, String command) throws IOException {
        try (Api api = new Api(origin.controlPort(), TIMEOUT)) {
            Api.Answer answer = api.call("POST", "/command", command);
            if (!answer.done()) {
                throw new IOException(origin.region() + " " + command + ": " + answer.body());
            }
        }
    }

    private void registerRegions() throws IOException, InterruptedException {
        try (Api api = api(0)) {
            for (Origin origin : origins) {
                Writes.acknowledged(
                        api,
                        "PUT",
                        "/api/v1/regions/" + origin.region(),
                        "{\"region_id\":\"" + origin.region() + "\",\"endpoints\":[\"http://127.0.0.1:" + origin.port()
                                + "\"]}");
            }
        }
    }

    @Override
    public void close() throws IOException {
        nodes.forEach(NodeProcess::close);
        if (wan != null) {
            wan.close();
        }
        for (Origin origin : origins) {
            origin.close();
        }
        if (postgres != null) {
            postgres.close();
        }
    }
}
