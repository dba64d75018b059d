package dev.windrose.live.table;

import dev.windrose.Measured;
import dev.windrose.decide.definition.Change;
import dev.windrose.decide.definition.DefinitionState;
import dev.windrose.decide.definition.Stamp;
import dev.windrose.decide.health.Checks;
import dev.windrose.model.Client;
import dev.windrose.model.DefinitionKey;
import dev.windrose.model.RegionId;
import dev.windrose.model.RuleId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * What one decision costs in the process: the rule is looked up, decided and counted. {@code mvn -Pbenchmark test}.
 *
 * <p>{@code memory} is what one read costs that no near cache holds, on the same machine in the same run: with many rules
 * asked in no order, that is what a decision is made of. On a machine with neighbours the best of many short measurements
 * says more than their mean.
 */
public class DecisionBenchmark extends Measured {

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

    /** Which rules are asked: always the same, by Zipf's law as traffic does, or all alike. */
    @Param({"one", "zipf", "uniform"})
    public String asked;

    private Director director;
    private String[] names;
    private final int[] order = new int[1 << 16];
    private final int[] memory = new int[1 << 22];
    private int at = 0;
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
        Map<DefinitionKey, DefinitionState> definitions = new HashMap<>();
        names = new String[rules];
        for (int i = 0; i < rules; i++) {
            names[i] = "rule-" + i;
            definitions.put(
                    DefinitionKey.rule(new RuleId(names[i])),
                    DefinitionState.EMPTY.after(new Change(
                            Change.Kind.CREATED,
                            Map.of("name", names[i], "algorithm", algorithm, "target_regions", targets.toString()),
                            new Stamp(1, "us-east-1"),
                            "benchmark",
                            "")));
        }
        TableInMemory table = new TableInMemory(new RegionId("us-east-1"), Checks.DEFAULTS);
        table.hear(definitions);
        director = table.director();
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < order.length; i++) {
            order[i] = switch (asked) {
                case "one" -> rules / 2;
                // The inverse of the distribution whose density falls as 1/x.
                case "zipf" -> (int) Math.min(rules - 1, Math.exp(random.nextDouble() * Math.log(rules + 1)) - 1);
                default -> random.nextInt(rules);
            };
        }
        int lines = memory.length / 16;
        int[] shuffled = IntStream.range(0, lines).toArray();
        for (int i = lines - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int line = shuffled[i];
            shuffled[i] = shuffled[j];
            shuffled[j] = line;
        }
        for (int i = 0; i < lines; i++) {
            memory[16 * shuffled[i]] = 16 * shuffled[(i + 1) % lines];
        }
        clients = new Client[1024];
        for (int i = 0; i < clients.length; i++) {
            clients[i] = new Client(regions[i % TARGETS], null, "user-" + i);
        }
    }

    @Benchmark
    public long decide() {
        int n = next++;
        Client client = clients[n & (clients.length - 1)];
        return director.begin(director.route(names[order[n & (order.length - 1)]], client), client);
    }

    @Benchmark
    public int memory() {
        at = memory[at];
        return at;
    }

    @Test
    @Tag("benchmark")
    void everyAlgorithmAndThreeSizes() throws RunnerException {
        String decide = DecisionBenchmark.class.getName() + ".decide";
        List<RunResult> results = new ArrayList<>();
        results.addAll(new Runner(new OptionsBuilder()
                        .include(DecisionBenchmark.class.getName() + ".memory")
                        .param("algorithm", "priority")
                        .param("asked", "one")
                        .build())
                .run());
        results.addAll(new Runner(new OptionsBuilder()
                        .include(decide)
                        .param("asked", "one", "zipf")
                        .addProfiler(GCProfiler.class)
                        .build())
                .run());
        results.addAll(new Runner(new OptionsBuilder()
                        .include(decide)
                        .param("rules", "10", "1000", "10000")
                        .param("algorithm", "weighted_round_robin")
                        .addProfiler(GCProfiler.class)
                        .build())
                .run());
        Measured.print(results, "algorithm", "rules", "asked");
    }
}
