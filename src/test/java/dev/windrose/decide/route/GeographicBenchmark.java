package dev.windrose.decide.route;

import dev.windrose.Measured;
import dev.windrose.decide.geo.Gazetteer;
import dev.windrose.decide.geo.Latencies;
import dev.windrose.decide.geo.LatencyMap;
import dev.windrose.decide.geo.LatencyView;
import dev.windrose.decide.geo.PlaceKey;
import dev.windrose.decide.geo.RegionNumbers;
import dev.windrose.model.Algorithm;
import dev.windrose.model.Client;
import dev.windrose.model.Coordinate;
import dev.windrose.model.GeographicRule;
import dev.windrose.model.HealthView;
import dev.windrose.model.LatencyPolicy;
import dev.windrose.model.RegionId;
import dev.windrose.model.Residency;
import dev.windrose.model.Rule;
import dev.windrose.model.RuleGeography;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
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
 * What it costs to choose among eight regions by where the client is, with round trips known of 100,000 blocks of addresses.
 * {@code mvn -Pbenchmark test}.
 */
public class GeographicBenchmark extends Measured {

    private static final int BLOCKS = 100_000;

    /** How the client's place is known. */
    @Param({"block", "area", "coordinate"})
    public String placed;

    /** What the rule has besides the algorithm. */
    @Param({"nothing", "window", "residency", "geographic_rules"})
    public String rule;

    private final Client[] clients = new Client[1 << 16];
    private CompiledRule compiled;
    private int next = 0;

    @Setup
    public void make() {
        SplittableRandom random = new SplittableRandom(1);
        RegionNumbers numbers = new RegionNumbers();
        LatencyMap map = new LatencyMap(numbers, BLOCKS + 1000, Duration.ofHours(1), Duration.ofMillis(3));
        String[] areas = {"eu-west", "eu-central", "us-east", "us-west", "asia", "sa-east", "africa", "europe"};
        for (int i = 0; i < BLOCKS; i++) {
            String area = areas[i % areas.length];
            for (RegionId region : Tables.MANY) {
                double ms = 5 + random.nextInt(300);
                map.sample(block(i), null, PlaceKey.of(area), region, ms, 0);
                if (i < 1000) {
                    map.sample(PlaceKey.of(area), area, PlaceKey.NONE, region, ms, 0);
                }
            }
        }
        LatencyView view = map.view(Gazetteer.BUILT_IN, 0);
        Latencies latencies = new Latencies() {
            @Override
            public LatencyView view() {
                return view;
            }

            @Override
            public int number(RegionId region) {
                return numbers.of(region);
            }
        };
        List<GeographicRule> geographic = new ArrayList<>();
        if (rule.equals("geographic_rules")) {
            geographic.add(Tables.geographic("strict", "europe", 1, 6, null, Tables.EU, Tables.US));
            geographic.add(Tables.geographic("wide", "europe", 2, 200, null, Tables.EU, Tables.US));
            geographic.add(Tables.geographic("asians", "asia", 3, 200, null, Tables.ASIA));
        }
        Rule plain = Tables.rule(Tables.WEB, Algorithm.GEOGRAPHIC, Tables.MANY);
        Map<String, Set<RegionId>> bound = Map.of("europe", Set.of(Tables.EU, Tables.MANY.get(4)));
        compiled = Tables.compile(
                plain.with(new RuleGeography(
                        rule.equals("residency") ? new Residency(bound) : Residency.NONE,
                        new LatencyPolicy(rule.equals("window") ? 30 : Double.NaN, Double.NaN))),
                geographic,
                List.of(),
                HealthView.NOTHING,
                latencies,
                0.03);
        for (int i = 0; i < clients.length; i++) {
            String area = areas[i % areas.length];
            clients[i] = switch (placed) {
                case "block" -> new Client(area, null, null, block(random.nextInt(BLOCKS)));
                case "area" -> Client.in(area);
                default ->
                    new Client(
                            null,
                            new Coordinate(random.nextDouble() * 140 - 70, random.nextDouble() * 360 - 180),
                            null);
            };
        }
    }

    private static long block(int number) {
        return PlaceKey.of(new byte[] {(byte) (number >>> 16), (byte) (number >>> 8), (byte) number, 1});
    }

    @Benchmark
    public Choice decide() {
        int n = next++;
        return compiled.decide(clients[n & (clients.length - 1)], n);
    }

    @Test
    @Tag("benchmark")
    void byPlaceAndRule() throws RunnerException {
        Measured.print(
                new Runner(new OptionsBuilder()
                                .include(GeographicBenchmark.class.getName())
                                .addProfiler(GCProfiler.class)
                                .build())
                        .run(),
                "placed",
                "rule");
    }
}
