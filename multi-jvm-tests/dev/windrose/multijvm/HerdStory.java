package dev.windrose.multijvm;

import dev.windrose.stage.Api;
import dev.windrose.stage.Figures;
import dev.windrose.stage.LatencyHistogram;
import dev.windrose.stage.NodeProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Every node of every region starts at the same moment, with many rules, while many clients ask all the time. */
@Tag("drill")
class HerdStory {

    private static final int RULES = Drill.times(10_000);
    private static final int CLIENTS = 2_000;
    private static final Duration EACH_EVERY = Duration.ofSeconds(2);

    /** An edit is answered when the table has it; so many share a table. */
    private static final int WRITERS = 60;

    @Test
    void allStartAtOnceWithTenThousandRulesAndTwoThousandClients() throws Exception {
        Figures figures = new Figures("26: all nodes start at once", 0);
        List<Client> clients = new ArrayList<>();
        try (Cluster cluster = Cluster.start("herd", Drill.AS_SHIPPED)) {
            make(cluster);
            List<NodeProcess> nodes = cluster.nodes();
            nodes.forEach(NodeProcess::kill);
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(new Client(nodes.get(i % nodes.size()), "herd-" + i % RULES));
            }
            clients.forEach(Client::start);
            long started = System.nanoTime();
            for (NodeProcess node : nodes) {
                node.start();
            }
            List<Thread> watchers = new ArrayList<>();
            LatencyHistogram data = new LatencyHistogram();
            LatencyHistogram control = new LatencyHistogram();
            for (NodeProcess node : nodes) {
                watchers.add(watch(node, "/health/ready", started, data));
                watchers.add(watch(node, "/health/ready/control", started, control));
            }
            double busiest = busiest(cluster, watchers);
            TimeUnit.SECONDS.sleep(20);
            figures.put("rules", RULES);
            figures.put("clients", CLIENTS);
            figures.atMost("data plane ready after the start of the JVMs, slowest node, s", data.maxMs() / 1e3, 10);
            figures.put("takes writes after, slowest node, s", control.maxMs() / 1e3);
            figures.put("statements of one database, busiest second", busiest);
            figures.atMost("control planes that had to start again", starts(cluster) - nodes.size(), 0);
            long failed = 0;
            long answered = 0;
            long silent = 0;
            for (Client client : clients) {
                failed += client.failedAfterFirst.get();
                answered += client.answered.get();
                silent += client.answered.get() == 0 ? 1 : 0;
            }
            figures.put("answers", answered);
            figures.atMost("clients that were never answered", silent, 0);
            figures.atMost("answers that failed once a node had answered", failed, 0);
        } finally {
            clients.forEach(client -> client.closed = true);
        }
        Drill.report(figures);
    }

    private static void make(Cluster cluster) throws Exception {
        AtomicLong next = new AtomicLong();
        AtomicLong failed = new AtomicLong();
        List<Thread> writers = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            int node = i % 3;
            Thread writer = new Thread(() -> {
                try (Api api = cluster.api(node)) {
                    for (long n = next.getAndIncrement(); n < RULES; n = next.getAndIncrement()) {
                        make(api, "herd-" + n);
                    }
                } catch (AssertionError e) {
                    failed.incrementAndGet();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            writer.start();
            writers.add(writer);
        }
        for (Thread writer : writers) {
            writer.join();
        }
        if (failed.get() > 0) {
            throw new IllegalStateException(failed + " writers failed (expected: all rules made)");
        }
        Await.until("all regions have all rules in their table", Duration.ofMinutes(5), () -> {
            for (int i = 0; i < 3; i++) {
                try (Api api = cluster.api(i)) {
                    if (api.meter("windrose_table_rules", "") < RULES) {
                        return false;
                    }
                }
            }
            return true;
        });
        // The snapshots have them, too.
        TimeUnit.SECONDS.sleep(15);
    }

    /** However busy the machine is: an answer that got lost is asked for again, and the rule may be there already. */
    private static void make(Api api, String rule) throws InterruptedException {
        String body = Api.rule(rule, "us-east-1", "eu-west-1").replace("weighted_round_robin", "priority");
        Await.until(rule + " is made", Duration.ofMinutes(2), () -> {
            Api.Answer answer = api.call("POST", "/api/v1/rules/create", body);
            return answer.done() || answer.status() == 400;
        });
    }

    private static Thread watch(NodeProcess node, String path, long started, LatencyHistogram into) {
        Thread thread = new Thread(() -> {
            try {
                node.awaits(path, Duration.ofMinutes(5));
                synchronized (into) {
                    into.addNanos(System.nanoTime() - started);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        thread.start();
        return thread;
    }

    /** Statements per second of the database that was asked most, in its busiest second until all watchers are done. */
    private static double busiest(Cluster cluster, List<Thread> watchers) throws InterruptedException {
        double busiest = 0;
        double[] before = new double[3];
        long[] at = new long[3];
        while (watchers.stream().anyMatch(Thread::isAlive)) {
            TimeUnit.SECONDS.sleep(1);
            for (int i = 0; i < 3; i++) {
                try (Api api = cluster.node(i).api(Duration.ofSeconds(5))) {
                    double now = api.meter("windrose_journal_borrowed_total", "");
                    long nanos = System.nanoTime();
                    if (at[i] > 0) {
                        busiest = Math.max(busiest, (now - before[i]) / ((nanos - at[i]) / 1e9));
                    }
                    before[i] = now;
                    at[i] = nanos;
                } catch (IOException e) {
                    // It does not listen yet.
                }
            }
        }
        return busiest;
    }

    private static double starts(Cluster cluster) throws IOException {
        double starts = 0;
        for (int i = 0; i < 3; i++) {
            try (Api api = cluster.api(i)) {
                starts += api.meter("windrose_control_starts", "");
            }
        }
        return starts;
    }

    /** Asks one node by one rule, and keeps its connection. */
    private static final class Client {
        private final Api api;
        private final String path;
        private final AtomicLong answered = new AtomicLong();
        private final AtomicLong failedAfterFirst = new AtomicLong();
        private volatile boolean closed;

        Client(NodeProcess node, String rule) {
            this.api = node.api(Duration.ofSeconds(10));
            this.path = "/api/v1/route/asia?rule_id=" + rule;
        }

        void start() {
            Thread thread = new Thread(null, this::ask, "herd", 128 * 1024);
            thread.setDaemon(true);
            thread.start();
        }

        private void ask() {
            try (api) {
                while (!closed) {
                    if (api.says(path)) {
                        answered.incrementAndGet();
                    } else if (answered.get() > 0) {
                        failedAfterFirst.incrementAndGet();
                    }
                    TimeUnit.NANOSECONDS.sleep(EACH_EVERY.toNanos());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
