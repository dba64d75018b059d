package dev.windrose.multijvm;

import dev.windrose.stage.Api;
import dev.windrose.stage.Figures;
import dev.windrose.stage.LatencyHistogram;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("drill")
class BurstStory {

    private static final int CHANGES = 2000;
    private static final double RATE = 400;
    private static final int RULES = 10;
    private static final int CONNECTIONS = 8;
    private static final Duration STANDS_STILL = Duration.ofSeconds(10);

    /** One run: who has sent what. */
    private record Burst(
            int run, Cluster cluster, Set<String> acknowledged, AtomicLong tries, LatencyHistogram[] latencies) {

        String rule(int number) {
            return "burst-" + run + "-" + number % RULES;
        }

        List<Thread> writers(int region) {
            AtomicInteger next = new AtomicInteger();
            long start = System.nanoTime();
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                Thread thread = new Thread(() -> write(region, next, start), "burst-" + region);
                thread.setDaemon(true);
                thread.start();
                threads.add(thread);
            }
            return threads;
        }

        private void write(int region, AtomicInteger next, long start) {
            try (Api api = cluster.node(region).api(Duration.ofSeconds(60))) {
                for (int number = next.getAndIncrement(); number < CHANGES; number = next.getAndIncrement()) {
                    long due = start + (long) (number * 1e9 / RATE);
                    for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                        LockSupport.parkNanos(left);
                    }
                    String name = "b" + run + "-" + region + "-" + number;
                    for (int attempt = 0; !sent(api, rule(number), name + "#" + attempt, region); attempt++) {
                        TimeUnit.MILLISECONDS.sleep(100);
                    }
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private boolean sent(Api api, String rule, String name, int region) {
            long start = System.nanoTime();
            tries.incrementAndGet();
            try {
                boolean done = api.call("PATCH", "/api/v1/rules/" + rule, "{\"name\":\"" + name + "\"}")
                        .done();
                if (done) {
                    acknowledged.add(name);
                    synchronized (latencies[region]) {
                        latencies[region].addNanos(System.nanoTime() - start);
                    }
                }
                return done;
            } catch (IOException e) {
                // Not acknowledged; the next attempt has a name of its own, so this one may turn up later or not.
                return false;
            }
        }
    }

    @Test
    void threeRegionsThatWriteAtOnceEndUpEqualAlthoughOneStoodStill() throws Exception {
        int runs = Drill.times(5);
        Figures figures = new Figures("burst", 0);
        Set<String> acknowledged = ConcurrentHashMap.newKeySet();
        try (Cluster cluster = Cluster.start("burst", Drill.AS_SHIPPED)) {
            double slowest = 0;
            LatencyHistogram[] latencies = {new LatencyHistogram(), new LatencyHistogram(), new LatencyHistogram()};
            AtomicLong tries = new AtomicLong();
            for (int run = 0; run < runs; run++) {
                slowest = Math.max(slowest, run(new Burst(run, cluster, acknowledged, tries, latencies)));
            }
            LatencyHistogram all = new LatencyHistogram();
            List.of(latencies).forEach(all::add);
            figures.put("runs", runs);
            figures.put("writes sent", tries.get());
            figures.put("write: p50, ms", all.ms(0.5));
            figures.put("write: p99, ms", all.ms(0.99));
            figures.atMost("all regions equal after the last write, longest, ms", slowest, 10_000);
            Drill.countLostAndDoubled(cluster, acknowledged, Pattern.compile("b[0-9]+-[012]-[0-9]+#[0-9]+"), figures);
        }
        Drill.report(figures);
    }

    private static double run(Burst burst) throws Exception {
        Cluster cluster = burst.cluster();
        try (Api api = cluster.api(0)) {
            for (int i = 0; i < RULES; i++) {
                Writes.create(api, burst.rule(i));
            }
        }
        for (int i = 0; i < RULES; i++) {
            Views.agree(cluster, burst.rule(i), Duration.ofSeconds(10));
        }
        int still = burst.run() % 3;
        List<Thread> writers = new ArrayList<>();
        for (int region = 0; region < 3; region++) {
            writers.addAll(burst.writers(region));
        }
        TimeUnit.SECONDS.sleep(1);
        cluster.node(still).standStill();
        TimeUnit.NANOSECONDS.sleep(STANDS_STILL.toNanos());
        cluster.node(still).goOn();
        for (Thread writer : writers) {
            writer.join(TimeUnit.MINUTES.toMillis(3));
        }
        long last = System.nanoTime();
        for (int i = 0; i < RULES; i++) {
            Views.agree(cluster, burst.rule(i), Duration.ofSeconds(60));
        }
        return (System.nanoTime() - last) / 1e6;
    }
}
