package dev.windrose.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class TrafficTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Answers as a node does, always with one region, and remembers which outcomes it was told. */
    private static final class FakeNode implements AutoCloseable {
        private final TinyServer server;
        private final AtomicLong decisions = new AtomicLong();
        private final Set<String> open = ConcurrentHashMap.newKeySet();
        private final AtomicLong reported = new AtomicLong();
        private final AtomicLong strange = new AtomicLong();
        private final int origin;

        private FakeNode(int origin) throws IOException {
            this.origin = origin;
            this.server = TinyServer.listen("fake-node", 0, this::answer);
        }

        private TinyServer.Reply answer(TinyServer.Request request) {
            try {
                if (request.path().startsWith("/api/v1/route/")) {
                    String id = Long.toHexString(decisions.incrementAndGet()) + "-" + server.port();
                    open.add(id);
                    return new TinyServer.Reply(
                            200,
                            "{\"optimal_region\":\"here\",\"endpoint\":\"http://127.0.0.1:" + origin
                                    + "\",\"decision_id\":\"" + id + "\"}");
                }
                if (request.path().equals("/api/v1/outcomes")) {
                    for (JsonNode outcome : JSON.readTree(request.body()).path("outcomes")) {
                        boolean known = open.remove(outcome.path("decision_id").asText())
                                && outcome.path("success").asBoolean();
                        (known ? reported : strange).incrementAndGet();
                    }
                    return new TinyServer.Reply(200, "{}");
                }
                return new TinyServer.Reply(
                        200,
                        "{\"rules\":[{\"rule_id\":\"a\",\"status\":\"active\"},{\"rule_id\":\"b\",\"status\":\"paused\"}]}");
            } catch (IOException e) {
                return new TinyServer.Reply(400, "{}");
            }
        }

        private URI address() {
            return URI.create("http://127.0.0.1:" + server.port());
        }

        private void dies() throws IOException {
            close();
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }

    private static Traffic.Plan plan(double rate, Duration time, FakeNode... nodes) {
        List<URI> addresses = new ArrayList<>();
        for (FakeNode node : nodes) {
            addresses.add(node.address());
        }
        return new Traffic.Plan(addresses, rate, time, List.of("us-east", "europe"), List.of(), 8);
    }

    @Test
    void everyDecisionIsFollowedAndReportedToTheNodeThatMadeIt() throws Exception {
        try (Origin origin = Origin.start("here", 0);
                FakeNode one = new FakeNode(origin.port());
                FakeNode two = new FakeNode(origin.port())) {
            Traffic traffic = new Traffic(plan(200, Duration.ofSeconds(1), one, two), line -> {});
            Tally.Summary summary = traffic.run();

            assertThat(summary.undecided()).isZero();
            assertThat(summary.failed()).isZero();
            assertThat(summary.decided()).isBetween(150L, 200L);
            assertThat(summary.regions()).containsOnlyKeys("here");
            assertThat(origin.served()).isEqualTo(summary.decided());
            assertThat(one.decisions.get()).isBetween(summary.decided() / 3, summary.decided() * 2 / 3);
            assertThat(one.reported.get() + two.reported.get()).isEqualTo(summary.decided());
            assertThat(one.strange.get() + two.strange.get()).isZero();
        }
    }

    @Test
    void aDeadNodeCostsNoDecision() throws Exception {
        try (Origin origin = Origin.start("here", 0);
                FakeNode one = new FakeNode(origin.port());
                FakeNode two = new FakeNode(origin.port())) {
            Traffic traffic = new Traffic(plan(200, Duration.ofSeconds(1), one, two), line -> {});
            one.dies();
            Tally.Summary summary = traffic.run();

            assertThat(summary.undecided()).isZero();
            assertThat(summary.askedAgain()).isPositive();
            assertThat(two.decisions.get()).isEqualTo(summary.decided());
        }
    }

    @Test
    void refusesARateThatNoMachineKeeps() {
        assertThatThrownBy(() -> new Traffic.Plan(
                        List.of(URI.create("http://127.0.0.1:1")),
                        1e9,
                        Duration.ZERO,
                        List.of("us-east"),
                        List.of(),
                        1))
                .hasMessage("rate: 1.0E9 (expected: above 0, at most 20000 requests/s)");
    }
}
