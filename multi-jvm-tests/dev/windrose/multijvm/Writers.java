package dev.windrose.multijvm;

import dev.windrose.stage.Api;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One writer at each region that keeps renaming a rule of its own, and a rule that all share, and remembers what was
 * acknowledged. What was acknowledged must be found everywhere afterwards: its own rule has the last name acknowledged,
 * or one that was sent after it, whose answer got lost. No name is ever sent twice, so that each can be looked for.
 */
final class Writers implements AutoCloseable {

    private static final class Writer {
        private final int region;
        private final String rule;
        private final AtomicLong sent = new AtomicLong();
        private final AtomicLong acknowledged = new AtomicLong();
        private final AtomicLong count = new AtomicLong();
        private Thread thread = new Thread();

        private Writer(int region, String rule) {
            this.region = region;
            this.rule = rule;
        }
    }

    private final Cluster cluster;
    private final String shared;
    private final long everyMs;
    private final List<Writer> writers = new ArrayList<>();
    private final Set<String> names = ConcurrentHashMap.newKeySet();
    private volatile @Nullable History history;
    private volatile boolean stopped;

    /**
     * Starts to write; the rules are named {@code prefix-0} and so on, and made in each region.
     *
     * @param rate writes per second and region
     */
    static Writers start(Cluster cluster, String prefix, int rate, String shared)
            throws IOException, InterruptedException {
        Writers all = new Writers(cluster, shared, 1000 / rate);
        for (int i = 0; i < 3; i++) {
            Writer writer = new Writer(i, prefix + "-" + i);
            try (Api api = cluster.api(i)) {
                Writes.create(api, writer.rule);
                Writes.rename(api, writer.rule, writer.rule + "#0");
            }
            writer.thread = new Thread(() -> all.write(writer), "writer-" + i);
            writer.thread.setDaemon(true);
            all.writers.add(writer);
        }
        all.writers.forEach(writer -> writer.thread.start());
        return all;
    }

    private Writers(Cluster cluster, String shared, long everyMs) {
        this.cluster = cluster;
        this.shared = shared;
        this.everyMs = everyMs;
    }

    /** Tells every write from now on. */
    void tell(History listener) {
        history = listener;
    }

    /** The rules of the writers, one in each region. */
    List<String> rules() {
        return writers.stream().map(writer -> writer.rule).toList();
    }

    private void told(Writer writer, String name, boolean acknowledged) {
        History listener = history;
        if (listener != null) {
            listener.add(new History.Entry(History.Kind.WRITE, writer.region, writer.rule, name, acknowledged));
        }
    }

    private void write(Writer writer) {
        try (Api api = cluster.node(writer.region).api(Duration.ofSeconds(60))) {
            while (!stopped) {
                long number = writer.sent.incrementAndGet();
                String name = writer.rule + "#" + number;
                try {
                    boolean done = renamed(api, writer.rule, name);
                    told(writer, name, done);
                    if (done) {
                        writer.acknowledged.set(number);
                        writer.count.incrementAndGet();
                    }
                    renamed(api, shared, "shared-" + name);
                } catch (IOException e) {
                    // Its node is dead, or was while it was asked: not acknowledged, so nothing is promised.
                    TimeUnit.MILLISECONDS.sleep(50);
                }
                TimeUnit.MILLISECONDS.sleep(everyMs);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean renamed(Api api, String rule, String name) throws IOException {
        boolean done = api.call("PATCH", "/api/v1/rules/" + rule, "{\"name\":\"" + name + "\"}")
                .done();
        if (done) {
            names.add(name);
        }
        return done;
    }

    /** Every name whose write was acknowledged. */
    Set<String> acknowledgedNames() {
        return Set.copyOf(names);
    }

    /** Waits until every writer has had so many acknowledged. */
    void awaitAcknowledged(long count, Duration atMost) throws InterruptedException {
        Await.until(
                count + " writes acknowledged in each region",
                atMost,
                () -> writers.stream().allMatch(writer -> writer.count.get() >= count));
    }

    /** Waits until the writers of some regions have had so many more acknowledged than now. */
    void awaitMore(List<Integer> regions, long more, Duration atMost) throws InterruptedException {
        List<Long> wanted =
                writers.stream().map(writer -> writer.count.get() + more).toList();
        Await.until(
                more + " more writes acknowledged in regions " + regions,
                atMost,
                () -> regions.stream().allMatch(i -> writers.get(i).count.get() >= wanted.get(i)));
    }

    /** Sends nothing more; returns when all is answered. */
    void stop() throws InterruptedException {
        stopped = true;
        for (Writer writer : writers) {
            writer.thread.join(TimeUnit.SECONDS.toMillis(70));
        }
    }

    /** For each writer, the number of the last write that was acknowledged. */
    List<Long> acknowledged() {
        return writers.stream().map(writer -> writer.acknowledged.get()).toList();
    }

    /**
     * Waits until every region shows of every writer's rule what was acknowledged, or what was sent after it.
     *
     * @param acknowledged of {@link #acknowledged()}
     * @return milliseconds until it was so
     */
    double awaitEverywhere(List<Long> acknowledged, Duration atMost) throws InterruptedException {
        return Await.until("writes " + acknowledged + " of " + rules() + " in every region", atMost, () -> {
            List<String> missing = missing(acknowledged);
            if (!missing.isEmpty()) {
                throw new IOException("missing " + missing);
            }
            return true;
        });
    }

    /** Waits until every region shows what was last acknowledged, or sent after it. */
    void awaitAllEverywhere(Duration atMost) throws InterruptedException {
        awaitEverywhere(acknowledged(), atMost);
        for (String rule : rules()) {
            Views.agree(cluster, rule, atMost);
        }
    }

    /** What regions show instead of what was acknowledged; nothing when all is there. */
    List<String> missing(List<Long> acknowledged) throws IOException {
        List<String> missing = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            try (Api api = cluster.api(i)) {
                for (Writer writer : writers) {
                    String name = api.get("/api/v1/rules/" + writer.rule)
                            .body()
                            .path("name")
                            .asText("#-1");
                    long number = Long.parseLong(name.substring(name.indexOf('#') + 1));
                    if (number < acknowledged.get(writer.region)) {
                        missing.add("region " + i + " has " + name);
                    }
                }
            }
        }
        return missing;
    }

    @Override
    public void close() {
        stopped = true;
    }
}
