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
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One fault in a running cluster: a writer in every region, every node asked 200 times a second, and afterwards what was
 * answered wrongly, what was lost, who was downed, which targets were left, and how long it took to agree.
 */
final class Trial {

    private static final Duration AFTERWARDS = Duration.ofSeconds(60);
    private static final Duration BEAT = Duration.ofMillis(5);

    /** A machine that is short of time for a moment, with three regions and their origins on it, is no fault of a trial. */
    static final String PATIENT = "\"interval_ms\":1000,\"timeout_ms\":1000,\"fall\":3,"
            + "\"healthy_latency_ms\":1500,\"degraded_latency_ms\":3000";

    /** Makes the fault, and returns when it is over. */
    interface Fault {
        void happens(Trial trial) throws Exception;
    }

    private final Cluster cluster;
    private final Writers writers;
    private final String rule;

    private double caughtUpMs = Double.NaN;

    private Trial(Cluster cluster, Writers writers, String rule) {
        this.cluster = cluster;
        this.writers = writers;
        this.rule = rule;
    }

    Cluster cluster() {
        return cluster;
    }

    Writers writers() {
        return writers;
    }

    /** The rule that every node is asked about; everybody is sent to us-east-1 by it. */
    String rule() {
        return rule;
    }

    /** The fault is over from this moment on; returns when every node shows what was acknowledged before. */
    void over() throws InterruptedException {
        caughtUpMs = writers.awaitEverywhere(writers.acknowledged(), AFTERWARDS);
    }

    /** All three regions write and are asked; all of what is counted must be zero. */
    static void run(Cluster cluster, String name, Figures figures, Fault fault) throws Exception {
        run(cluster, name, figures, 0, List.of(0, 1, 2), fault);
    }

    /**
     * As above.
     *
     * @param mayEnd so many control planes may end
     * @param asked the nodes whose answers count
     */
    static void run(Cluster cluster, String name, Figures figures, int mayEnd, List<Integer> asked, Fault fault)
            throws Exception {
        String rule = "shared-" + name;
        try (Api us = cluster.api(0)) {
            Writes.createPriority(us, rule, "us-east-1", "eu-west-1", "ap-southeast-1");
            Writes.acknowledged(us, "PATCH", "/api/v1/rules/" + rule, "{\"health_check\":{" + PATIENT + "}}");
        }
        Views.agree(cluster, rule, AFTERWARDS);
        Views.decideBy(cluster, rule, AFTERWARDS);
        double starts = starts(cluster);
        long left = left(cluster, rule);
        List<Witness> witnesses = new ArrayList<>();
        Path file = Cluster.logs(name).resolveSibling("history.jsonl");
        try (History history = new History(file);
                Writers writers = Writers.start(cluster, name, 10, rule);
                Reader reader = new Reader(cluster, asked, writers.rules(), history)) {
            writers.tell(history);
            for (int node : asked) {
                witnesses.add(Witness.of(cluster.node(node).port(), "asia", rule, BEAT, (port, seen) -> {}));
            }
            for (Witness witness : witnesses) {
                assertThat(witness.await(seen -> seen.region().equals("us-east-1"), 100, AFTERWARDS))
                        .isTrue();
            }
            long from = System.nanoTime();
            Trial trial = new Trial(cluster, writers, rule);
            fault.happens(trial);
            long over = System.nanoTime();
            writers.stop();
            figures.put("fault, s", (over - from) / 1e9);
            Drill.countLostAndDiffering(cluster, writers, rule, figures);
            reader.close();
            for (int i = 0; i < cluster.nodes().size(); i++) {
                for (String written : writers.rules()) {
                    reader.read(i, written, History.Kind.LAST);
                }
            }
            for (int i = 0; i < asked.size(); i++) {
                for (Witness.Sighting seen : witnesses.get(i).since(from)) {
                    history.add(
                            new History.Entry(
                                    History.Kind.DECISION,
                                    asked.get(i),
                                    rule,
                                    seen.region(),
                                    seen.region().equals("us-east-1")),
                            seen.nanos());
                }
            }
            History.Findings found = history.check();
            figures.atMost("what was acknowledged before the mend is everywhere after, s", trial.caughtUpMs / 1e3, 15);
            figures.put("answers", found.decisions());
            figures.atMost("wrong answers", found.wrong(), 0);
            figures.atMost("acknowledged writes lost", found.lost(), 0);
            figures.put("reads", found.reads());
            figures.atMost("reads that went back", found.back(), 0);
            figures.atMost("control planes that ended", starts(cluster) - starts, mayEnd);
            figures.atMost("targets left", left(cluster, rule) - left, 0);
        } finally {
            witnesses.forEach(Witness::close);
        }
    }

    private static double starts(Cluster cluster) throws IOException {
        double starts = 0;
        for (int i = 0; i < cluster.nodes().size(); i++) {
            try (Api api = cluster.api(i)) {
                starts += api.meter("windrose_control_starts", "");
            }
        }
        return starts;
    }

    private static long left(Cluster cluster, String rule) throws IOException {
        Pattern recorded = Pattern.compile("rule \\[" + rule + "] target \\[.*] left");
        long left = 0;
        for (NodeProcess node : cluster.nodes()) {
            try (Stream<String> lines = Files.lines(node.log())) {
                left += lines.filter(line -> recorded.matcher(line).find()).count();
            }
        }
        return left;
    }

    /** Reads what every node shows, ten times a second, until it is closed. */
    private static final class Reader implements AutoCloseable {

        private final Cluster cluster;
        private final List<String> rules;
        private final History history;
        private final List<Thread> threads = new ArrayList<>();
        private volatile boolean closed;

        Reader(Cluster cluster, List<Integer> nodes, List<String> rules, History history) {
            this.cluster = cluster;
            this.rules = rules;
            this.history = history;
            for (int node : nodes) {
                Thread thread = new Thread(() -> look(node), "reader-" + node);
                thread.setDaemon(true);
                thread.start();
                threads.add(thread);
            }
        }

        private void look(int node) {
            try {
                while (!closed) {
                    for (String rule : rules) {
                        try {
                            read(node, rule, History.Kind.READ);
                        } catch (IOException e) {
                            // Its node is away: it shows nothing.
                        }
                    }
                    TimeUnit.MILLISECONDS.sleep(100);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        void read(int node, String rule, History.Kind kind) throws IOException {
            try (Api api = cluster.api(node)) {
                String name =
                        api.get("/api/v1/rules/" + rule).body().path("name").asText();
                if (name.contains("#")) {
                    history.add(new History.Entry(kind, node, rule, name, true));
                }
            }
        }

        @Override
        public void close() throws InterruptedException {
            closed = true;
            for (Thread thread : threads) {
                thread.join(TimeUnit.SECONDS.toMillis(15));
            }
        }
    }
}
