package dev.windrose.stage;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class WitnessTest {

    @Test
    void seesTheLastWrongAnswerAndTheFirstRightOne() throws Exception {
        AtomicReference<String> region = new AtomicReference<>("a");
        List<String> changes = new CopyOnWriteArrayList<>();
        try (TinyServer node = TinyServer.listen(
                        "fake-node",
                        0,
                        request -> new TinyServer.Reply(200, "{\"optimal_region\":\"" + region.get() + "\"}"));
                Witness witness = Witness.of(
                        node.port(), "asia", "r", Duration.ofMillis(5), (port, seen) -> changes.add(seen.region()))) {
            assertThat(witness.await(seen -> seen.region().equals("a"), 5, Duration.ofSeconds(10)))
                    .isTrue();
            long from = System.nanoTime();
            region.set("b");
            assertThat(witness.await(seen -> seen.region().equals("b"), 5, Duration.ofSeconds(10)))
                    .isTrue();

            assertThat(witness.lastMs(from, "a")).isBetween(0.0, 5000.0);
            assertThat(witness.firstMs(from, seen -> seen.region().equals("b")))
                    .isGreaterThan(witness.lastMs(from, "a"));
            assertThat(witness.failed(from)).isZero();
            assertThat(changes).containsExactly("a", "b");
        }
    }

    @Test
    void countsAnswersThatFailed() throws Exception {
        TinyServer node = TinyServer.listen("fake-node", 0, request -> new TinyServer.Reply(503, "{}"));
        try (node;
                Witness witness = Witness.of(node.port(), "asia", "r", Duration.ofMillis(5), (port, seen) -> {})) {
            assertThat(witness.await(seen -> seen.status() == 503, 2, Duration.ofSeconds(10)))
                    .isTrue();
            long from = System.nanoTime();
            dies(node);
            assertThat(witness.await(seen -> seen.status() == 0, 2, Duration.ofSeconds(10)))
                    .isTrue();
            assertThat(witness.failed(from)).isGreaterThanOrEqualTo(2);
        }
    }

    private static void dies(TinyServer server) throws Exception {
        server.close();
    }
}
