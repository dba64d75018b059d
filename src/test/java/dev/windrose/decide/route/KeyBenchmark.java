package dev.windrose.decide.route;

import dev.windrose.Measured;
import dev.windrose.model.Client;
import dev.windrose.model.RegionId;
import dev.windrose.model.RuleId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * What it costs to find the target of a key, beside the table that was here before, in one run; and what a new set of targets
 * costs. {@code mvn -Pbenchmark test -Dtest=KeyBenchmark}.
 */
public class KeyBenchmark extends Measured {

    @Param({"3", "20", "64"})
    public int targets;

    private final Client[] clients = new Client[1 << 14];
    private List<String> names;
    private double[] weights;
    private Choice[] choices;
    private ConsistentHash now;
    private MaglevTable before;
    private KeyTables tables;
    private int next = 0;

    @Setup
    public void fill() {
        for (int i = 0; i < clients.length; i++) {
            clients[i] = new Client(null, null, "user-" + i);
        }
        names = new ArrayList<>();
        weights = new double[targets];
        choices = new Choice[targets];
        for (int i = 0; i < targets; i++) {
            names.add("region-" + i);
            weights[i] = 1;
            choices[i] = new Choice(
                    new RuleId("web"),
                    i,
                    new RegionId("region-" + i),
                    null,
                    Reason.CONSISTENT_HASH,
                    Tier.SERVING,
                    null,
                    30,
                    TargetLoad.IDLE,
                    TargetLoad.IDLE);
        }
        tables = new KeyTables();
        now = new ConsistentHash(tables.of(names, weights), choices, -1L, (client, sequence) -> choices[0]);
        before = new MaglevTable(names, weights);
    }

    @Benchmark
    public Choice lookup() {
        return now.select(clients[next++ & clients.length - 1], 0);
    }

    @Benchmark
    public Choice lookupBefore() {
        return before.select(clients[next++ & clients.length - 1].affinityKey(), choices, -1L);
    }

    /** A rule that is compiled again, as with every change of health. */
    @Benchmark
    public Selector compileAgain() {
        return new ConsistentHash(tables.of(names, weights), choices, -1L, (client, sequence) -> choices[0]);
    }

    /** A set of targets and weights that no rule had yet. */
    @Benchmark
    public KeyTable compileNew() {
        return new KeyTables().of(names, weights).table();
    }

    @Benchmark
    public MaglevTable compileBefore() {
        return new MaglevTable(names, weights);
    }

    @Test
    @Tag("benchmark")
    void lookupsAndTables() throws RunnerException {
        Measured.print(
                new Runner(new OptionsBuilder()
                                .include(KeyBenchmark.class.getName())
                                .addProfiler(GCProfiler.class)
                                .build())
                        .run(),
                "targets");
        for (int count : new int[] {2, 3, 16, 64}) {
            List<String> some = new ArrayList<>();
            double[] equal = new double[count];
            for (int i = 0; i < count; i++) {
                some.add("region-" + i);
                equal[i] = 1;
            }
            System.out.printf(
                    "a table of %d targets: %d bytes%n",
                    count, new KeyTables().of(some, equal).table().bytes());
        }
    }
}
