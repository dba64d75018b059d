package dev.windrose.stage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Measures one node by itself over real sockets: decisions against a constant answer of the same server, decisions at a
 * rate, decisions in batches. Absolute figures are those of the machine with the load generator beside the node; the
 * ratio compares two answers in one run, in turns.
 */
public final class Bench {

    /** Decisions in one call of the batch. */
    private static final int BATCH = 100;

    private static final List<String> REGIONS = List.of("us-east-1", "eu-west-1", "ap-southeast-1");
    private static final String RULE = "bench-rule";
    private static final String ROUTE = "/api/v1/route/us-east?rule_id=" + RULE;

    /**
     * How much is measured.
     *
     * @param home of the distribution
     * @param constant path that the node answers without deciding anything, compared with a decision
     * @param connections at the same time, 1 to 64
     * @param round time of one round, 100 ms to 1 min
     * @param rounds of each kind, 1 to 100; the median counts
     * @param rate requests per second of the part with a rate, above 0
     */
    public record Plan(Path home, String constant, int connections, Duration round, int rounds, double rate) {

        public Plan {
            if (connections < 1 || connections > Load.CONNECTIONS_AT_MOST) {
                throw new IllegalArgumentException(
                        "connections: " + connections + " (expected: 1 to " + Load.CONNECTIONS_AT_MOST + ")");
            }
            if (rounds < 1 || rounds > 100) {
                throw new IllegalArgumentException("rounds: " + rounds + " (expected: 1 to 100)");
            }
            if (round.toMillis() < 100 || round.toSeconds() > 60) {
                throw new IllegalArgumentException("round: " + round + " (expected: 100 ms to 1 min)");
            }
            if (!(rate > 0 && rate <= 200_000)) {
                throw new IllegalArgumentException("rate: " + rate + " (expected: above 0, at most 200000)");
            }
        }
    }

    private final Plan plan;
    private final Consumer<String> lines;
    private final Figures figures = new Figures("bench", 0);

    /**
     * @param lines told what is going on
     */
    public Bench(Plan plan, Consumer<String> lines) {
        this.plan = plan;
        this.lines = lines;
    }

    /** Starts the node, measures, ends it. */
    public Figures run() throws IOException, InterruptedException {
        Path files = Files.createTempDirectory("windrose-bench-");
        List<Origin> origins = new ArrayList<>();
        try (NodeProcess node = NodeProcess.of(new NodeProcess.Spec(
                plan.home(),
                REGIONS.get(0),
                files.resolve("data"),
                files.resolve("log"),
                NodeProcess.Ports.free(),
                Map.of(),
                ""))) {
            for (String region : REGIONS) {
                origins.add(Origin.start(region, 0));
            }
            lines.accept("starting a node in " + files);
            node.start();
            node.awaits("/health/ready/control", Duration.ofSeconds(90));
            define(node, origins);
            constantAgainstDecision(node.port());
            atARate(node.port());
            inBatches(node.port());
        } finally {
            for (Origin origin : origins) {
                origin.close();
            }
        }
        // After a failure they stay, because the node's log says why.
        remove(files);
        return figures;
    }

    private static final int TRIES = 10;

    private static void define(NodeProcess node, List<Origin> origins) throws IOException, InterruptedException {
        try (Api api = node.api(Duration.ofSeconds(10))) {
            for (Origin origin : origins) {
                must(
                        api,
                        "PUT",
                        "/api/v1/regions/" + origin.region(),
                        "{\"region_id\":\"" + origin.region() + "\",\"endpoints\":[\"http://127.0.0.1:" + origin.port()
                                + "\"]}");
            }
            must(api, "POST", "/api/v1/rules/create", Api.rule(RULE, REGIONS.toArray(String[]::new)));
        }
        node.awaits(ROUTE, Duration.ofSeconds(10));
    }

    /** Defines something; asks again while the node says to come back later, because it has only just started. */
    private static void must(Api api, String method, String path, String body)
            throws IOException, InterruptedException {
        Api.Answer answer = api.call(method, path, body);
        for (int i = 0; i < TRIES && answer.status() == 503; i++) {
            TimeUnit.SECONDS.sleep(2);
            answer = api.call(method, path, body);
        }
        // An attempt that was given up may have been made all the same.
        if (!answer.done() && answer.status() != 409) {
            throw new IllegalStateException("the node refuses a definition: " + answer.status() + " " + answer.body());
        }
    }

    private void constantAgainstDecision(int port) throws InterruptedException {
        Load constant = new Load(port, Load.Question.get(plan.constant()), plan.connections());
        Load decision = new Load(port, Load.Question.get(ROUTE), plan.connections());
        lines.accept("warming up");
        for (int i = 0; i < 3; i++) {
            sound(constant.closed(plan.round()));
            sound(decision.closed(plan.round()));
        }
        double[] constants = new double[plan.rounds()];
        double[] decisions = new double[plan.rounds()];
        double[] ratios = new double[plan.rounds()];
        LatencyHistogram latencies = new LatencyHistogram();
        for (int i = 0; i < plan.rounds(); i++) {
            // Who goes first changes, so that a machine that gets slower or faster favours neither.
            Load.Result first = sound((i % 2 == 0 ? constant : decision).closed(plan.round()));
            Load.Result second = sound((i % 2 == 0 ? decision : constant).closed(plan.round()));
            constants[i] = (i % 2 == 0 ? first : second).perSecond();
            decisions[i] = (i % 2 == 0 ? second : first).perSecond();
            ratios[i] = decisions[i] / constants[i];
            latencies.add((i % 2 == 0 ? second : first).latencies());
            lines.accept(String.format(
                    Locale.ROOT,
                    "round %d: constant %,.0f/s, decision %,.0f/s, ratio %.3f",
                    i + 1,
                    constants[i],
                    decisions[i],
                    ratios[i]));
        }
        figures.put("constant answers per second", median(constants));
        figures.put("decisions per second", median(decisions));
        figures.put("decisions: p50, ms", latencies.ms(0.5));
        figures.put("decisions: p99, ms", latencies.ms(0.99));
        figures.atLeast("decisions against constant answers", median(ratios), 0.85);
    }

    private void atARate(int port) throws InterruptedException {
        Load decision = new Load(port, Load.Question.get(ROUTE), Math.max(16, plan.connections()));
        sound(decision.open(plan.rate(), plan.round()));
        Load.Result result = sound(decision.open(plan.rate(), plan.round().multipliedBy(3)));
        String at = String.format(Locale.ROOT, "at %,.0f requests/s", plan.rate());
        figures.atLeast(at + ": answered per second", result.perSecond(), plan.rate() * 0.99);
        figures.put(at + ": p50, ms", result.latencies().ms(0.5));
        figures.atMost(at + ": p99, ms", result.latencies().ms(0.99), 10);
        figures.put(at + ": longest, ms", result.latencies().maxMs());
        lines.accept(String.format(
                Locale.ROOT,
                "%s: answered %,.0f/s, p50 %.2f ms, p99 %.2f ms",
                at,
                result.perSecond(),
                result.latencies().ms(0.5),
                result.latencies().ms(0.99)));
    }

    private void inBatches(int port) throws InterruptedException {
        Load batch = new Load(port, new Load.Question("POST", "/api/v1/route:batch", batch()), plan.connections());
        for (int i = 0; i < 3; i++) {
            sound(batch.closed(plan.round()));
        }
        double[] perSecond = new double[plan.rounds()];
        for (int i = 0; i < plan.rounds(); i++) {
            perSecond[i] = sound(batch.closed(plan.round())).perSecond() * BATCH;
        }
        figures.atLeast("decisions per second in batches of " + BATCH, median(perSecond), 300_000);
        lines.accept(String.format(Locale.ROOT, "batches of %d: %,.0f decisions/s", BATCH, median(perSecond)));
    }

    private static String batch() {
        StringBuilder body = new StringBuilder("{\"requests\":[");
        for (int i = 0; i < BATCH; i++) {
            body.append(i == 0 ? "" : ",")
                    .append("{\"rule_id\":\"")
                    .append(RULE)
                    .append("\",\"client_region\":\"us-east\"}");
        }
        return body.append("]}").toString();
    }

    private static Load.Result sound(Load.Result result) {
        if (result.failed() > 0) {
            throw new IllegalStateException(result.failed() + " of " + (result.failed() + result.answered())
                    + " requests were not answered with 200 (expected: 0)");
        }
        return result;
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private static void remove(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
