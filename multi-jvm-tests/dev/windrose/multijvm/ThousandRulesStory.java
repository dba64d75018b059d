package dev.windrose.multijvm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.stage.Api;
import dev.windrose.stage.Figures;
import dev.windrose.stage.LatencyHistogram;
import dev.windrose.stage.NodeProcess;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("drill")
class ThousandRulesStory {

    private static final String STATEMENTS = "windrose_journal_borrowed_total";
    private static final String CHANGING = "rule-0";
    private static final int FEW = 10;
    private static final int MANY = 1000;

    @Test
    void aThousandRulesCostTheDatabaseNoMoreThanTenAndTheMemoryLittle() throws Exception {
        Figures figures = new Figures("thousand-rules", 0);
        try (Cluster cluster = Cluster.start("thousand-rules", Drill.AS_SHIPPED)) {
            make(cluster, 0, FEW);
            double few = statementsPerSecond(cluster);
            make(cluster, FEW, MANY);
            double many = statementsPerSecond(cluster);
            figures.atMost("statements per second and database at idle, 10 rules", few, 10);
            figures.atMost("statements per second and database at idle, 1,000 rules", many, 10);
            figures.atMost("difference, statements per second", Math.abs(many - few), 1);

            LatencyHistogram reach = reach(cluster, Drill.times(200));
            figures.put("change acknowledged until it decides elsewhere: p50, ms", reach.ms(0.5));
            figures.atMost("change acknowledged until it decides elsewhere: p99, ms", reach.ms(0.99), 1000);

            double heap = 0;
            for (NodeProcess node : cluster.nodes()) {
                heap = Math.max(heap, Drill.heapMiB(node));
            }
            figures.atMost("heap of a node with 1,000 rules after a collection, MiB", heap, 512);
        }
        Drill.report(figures);
    }

    private static void make(Cluster cluster, int from, int to) throws Exception {
        try (Api api = cluster.api(0)) {
            Writes.createPriority(api, "rule-" + from, "us-east-1", "eu-west-1");
            for (int i = from + 1; i < to; i++) {
                Writes.create(api, "rule-" + i);
            }
        }
        Await.until("all regions have " + to + " rules", Duration.ofSeconds(60), () -> {
            for (int i = 0; i < 3; i++) {
                try (Api api = cluster.api(i)) {
                    if (api.get("/health").body().path("total_rules").asInt() != to) {
                        return false;
                    }
                }
            }
            return true;
        });
    }

    /** Of the region that asks its database most, over half a minute in which nobody writes. */
    private static double statementsPerSecond(Cluster cluster) throws Exception {
        TimeUnit.SECONDS.sleep(15);
        double[] before = statements(cluster);
        long start = System.nanoTime();
        TimeUnit.SECONDS.sleep(30);
        double[] after = statements(cluster);
        double seconds = (System.nanoTime() - start) / 1e9;
        double most = 0;
        for (int i = 0; i < 3; i++) {
            assertThat(after[i]).as("the meter " + STATEMENTS).isPositive();
            most = Math.max(most, (after[i] - before[i]) / seconds);
        }
        return most;
    }

    private static double[] statements(Cluster cluster) throws Exception {
        double[] statements = new double[3];
        for (int i = 0; i < 3; i++) {
            try (Api api = cluster.api(i)) {
                statements[i] = api.meter(STATEMENTS, "");
            }
        }
        return statements;
    }

    /** From the acknowledgement of a change until another region decides by it, for both others. */
    private static LatencyHistogram reach(Cluster cluster, int changes) throws Exception {
        LatencyHistogram reach = new LatencyHistogram();
        String[] order = {"[\"us-east-1\",\"eu-west-1\"]", "[\"eu-west-1\",\"us-east-1\"]"};
        String[] first = {"us-east-1", "eu-west-1"};
        for (int i = 1; i <= changes; i++) {
            int writer = i % 3;
            try (Api api = cluster.api(writer)) {
                Writes.acknowledged(
                        api, "PATCH", "/api/v1/rules/" + CHANGING, "{\"target_regions\":" + order[i % 2] + "}");
            }
            long acknowledged = System.nanoTime();
            Thread[] watchers = new Thread[2];
            LatencyHistogram[] seen = {new LatencyHistogram(), new LatencyHistogram()};
            for (int other = 0; other < 2; other++) {
                int node = (writer + 1 + other) % 3;
                String wanted = first[i % 2];
                LatencyHistogram into = seen[other];
                watchers[other] = new Thread(() -> watch(cluster, node, wanted, acknowledged, into));
                watchers[other].start();
            }
            for (int other = 0; other < 2; other++) {
                watchers[other].join();
                assertThat(seen[other].count())
                        .as("change " + i + " reached the others")
                        .isEqualTo(1);
                reach.add(seen[other]);
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
        return reach;
    }

    private static void watch(Cluster cluster, int node, String wanted, long since, LatencyHistogram into) {
        try (Api api = cluster.api(node)) {
            while (System.nanoTime() - since < TimeUnit.SECONDS.toNanos(30)) {
                if (wanted.equals(api.region("asia", CHANGING))) {
                    into.addNanos(System.nanoTime() - since);
                    return;
                }
                LockSupport.parkNanos(1_000_000);
            }
        } catch (java.io.IOException e) {
            // Counted as not reached, which fails the drill.
            Thread.yield();
        }
    }
}
