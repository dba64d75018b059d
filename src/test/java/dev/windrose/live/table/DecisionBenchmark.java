package dev.windrose.live.table;

import dev.windrose.decide.health.Checks;
import dev.windrose.decide.rule.Change;
import dev.windrose.decide.rule.RuleState;
import dev.windrose.decide.rule.Stamp;
import dev.windrose.model.Client;
import dev.windrose.model.DefinitionKey;
import dev.windrose.model.RegionId;
import dev.windrose.model.RuleId;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/** What one decision costs in the process: the rule is looked up, decided and counted. {@code mvn -Pbenchmark test}. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class DecisionBenchmark {

    private static final int TARGETS = 20;

    @Param({"1000"})
    public int rules;

    @Param({
        "weighted_round_robin",
        "least_connections",
        "performance_based",
        "geographic",
        "priority",
        "consistent_hash"
    })
    public String algorithm;

    private Director director;
    private String[] names;
    private Client[] clients;
    private int next = 0;

    @Setup
    public void fill() {
        StringBuilder targets = new StringBuilder();
        String[] regions = {
            "us-east-1",
            "us-east-2",
            "us-west-1",
            "us-west-2",
            "ca-central-1",
            "sa-east-1",
            "eu-west-1",
            "eu-west-2",
            "eu-west-3",
            "eu-central-1",
            "eu-north-1",
            "eu-south-1",
            "af-south-1",
            "me-south-1",
            "ap-south-1",
            "ap-east-1",
            "ap-southeast-1",
            "ap-southeast-2",
            "ap-northeast-1",
            "ap-northeast-2"
        };
        for (int i = 0; i < TARGETS; i++) {
            targets.append(i == 0 ? "" : " ").append(regions[i]);
        }
        Map<DefinitionKey, RuleState> definitions = new HashMap<>();
        names = new String[rules];
        for (int i = 0; i < rules; i++) {
            names[i] = "rule-" + i;
            definitions.put(
                    DefinitionKey.rule(new RuleId(names[i])),
                    RuleState.EMPTY.after(new Change(
                            Change.Kind.CREATED,
                            Map.of("name", names[i], "algorithm", algorithm, "target_regions", targets.toString()),
                            new Stamp(1, "us-east-1"),
                            "benchmark",
                            "")));
        }
        TableInMemory table = new TableInMemory(new RegionId("us-east-1"), Checks.DEFAULTS);
        table.hear(definitions);
        director = table.director();
        clients = new Client[1024];
        for (int i = 0; i < clients.length; i++) {
            clients[i] = new Client(regions[i % TARGETS], null, "user-" + i);
        }
    }

    @Benchmark
    public long decide() {
        int n = next++;
        return director.begin(
                director.route(names[(n * 0x9E3779B1 >>> 1) % names.length], clients[n & (clients.length - 1)]));
    }

    @Test
    @Tag("benchmark")
    void everyAlgorithmAndThreeSizes() throws RunnerException {
        String self = DecisionBenchmark.class.getName();
        new Runner(new OptionsBuilder()
                        .include(self)
                        .addProfiler(GCProfiler.class)
                        .build())
                .run();
        new Runner(new OptionsBuilder()
                        .include(self)
                        .param("rules", "10", "10000")
                        .param("algorithm", "weighted_round_robin", "geographic")
                        .addProfiler(GCProfiler.class)
                        .build())
                .run();
    }
}
