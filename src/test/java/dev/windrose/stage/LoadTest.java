package dev.windrose.stage;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LoadTest {

    @Test
    void keepsToItsRateAndCountsWhatFails() throws Exception {
        AtomicLong asked = new AtomicLong();
        try (TinyServer server = TinyServer.listen(
                "fake-node", 0, request -> new TinyServer.Reply(asked.incrementAndGet() % 10 == 0 ? 500 : 200, "{}"))) {
            Load.Result result = new Load(server.port(), Load.Question.get("/"), 2).open(200, Duration.ofMillis(500));

            assertThat(result.answered() + result.failed()).isEqualTo(100);
            assertThat(result.failed()).isEqualTo(10);
            assertThat(result.latencies().count()).isEqualTo(100);
        }
    }

    @Test
    void asksAgainAtOnceWithoutARate() throws Exception {
        try (TinyServer server = TinyServer.listen("fake-node", 0, request -> new TinyServer.Reply(200, "{}"))) {
            Load.Result result = new Load(server.port(), Load.Question.get("/"), 2).closed(Duration.ofMillis(300));

            assertThat(result.failed()).isZero();
            assertThat(result.perSecond()).isGreaterThan(100);
        }
    }
}
