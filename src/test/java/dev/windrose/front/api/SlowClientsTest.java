package dev.windrose.front.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.live.access.Authenticator;
import dev.windrose.live.listen.HttpLimits;
import dev.windrose.stage.Load;
import dev.windrose.stage.Raw;
import dev.windrose.stage.SlowClients;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Clients that keep the node waiting, beside clients that do not. Five thousand of them are a drill: {@code SlowClientsStory}. */
class SlowClientsTest {

    private static final int SOCKETS = 400;
    private static final Duration TIME = Duration.ofSeconds(15);
    private static final int GOOD_PER_SECOND = 200;
    private static final int CONNECTIONS = 2;
    private static final double GOOD_AT_LEAST = 0.999;
    private static final long CLOSED_AT_MOST_MS = 10_000;

    private static final int TOO_OFTEN = 16;
    private static final Duration HELD = Duration.ofMinutes(1);

    private RunningApi api;

    @BeforeEach
    void start() {
        api = RunningApi.start(director -> Authenticator.DEV);
        api.post("/api/v1/rules/create", RunningApi.RULE);
    }

    @AfterEach
    void stop() {
        api.close();
    }

    @Test
    void goodClientsGoOnAndSlowOnesAreClosed() throws InterruptedException {
        Load good = new Load(api.port(), Load.Question.get("/api/v1/route/europe?rule_id=web"), CONNECTIONS);
        try (SlowClients slow = SlowClients.start(api.port(), SOCKETS, SOCKETS, TIME)) {
            Load.Result answers = good.open(GOOD_PER_SECOND, TIME);
            SlowClients.Seen seen = slow.seen();

            System.out.println("slow clients: " + SOCKETS + " sockets for " + TIME.toSeconds() + " s, good "
                    + answers.answered() + ", not answered " + answers.failed() + ", " + seen);
            assertThat(answers.answered())
                    .isGreaterThanOrEqualTo((long) Math.ceil(GOOD_AT_LEAST * GOOD_PER_SECOND * TIME.toSeconds()));
            assertThat(seen.longest()).isLessThan(CLOSED_AT_MOST_MS);
            assertThat(seen.closed()).isGreaterThanOrEqualTo(SOCKETS);
        }
    }

    @Test
    void aClientThatReadsNothingIsClosed() throws IOException {
        try (Raw raw = new Raw(api.port(), "127.0.0.1")) {
            long began = System.nanoTime();
            byte[] many = "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n"
                    .repeat(500)
                    .getBytes(StandardCharsets.US_ASCII);
            Thread asking = new Thread(() -> {
                try {
                    while (true) {
                        raw.send(many);
                    }
                } catch (IOException e) {
                    // Closed, as it should be.
                }
            });
            asking.start();
            asking.join(20_000);

            assertThat(asking.isAlive()).isFalse();
            assertThat(System.nanoTime() - began).isLessThan(CLOSED_AT_MOST_MS * 1_500_000L);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void anIdleConnectionOutlivesOneThatNeverAsked() throws IOException {
        HttpLimits hasty = new HttpLimits(
                1000, 100, 1000, Duration.ofMillis(500), Duration.ofSeconds(60), Duration.ofSeconds(8), HELD);
        try (RunningApi limited = RunningApi.start(director -> Authenticator.DEV, hasty);
                Raw idle = new Raw(limited.port(), "127.0.0.1")) {
            idle.send("GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertThat(idle.status()).isEqualTo(200);
            try (Raw silent = new Raw(limited.port(), "127.0.0.1")) {
                silent.rest();
            }
            idle.send("GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertThat(idle.head()).contains("HTTP/1.1 200");
        }
    }

    @Test
    void oneAddressHasSoManyConnectionsAndRequestsAndNoMore() throws IOException {
        HttpLimits few = new HttpLimits(
                1000, 10, 20, Duration.ofSeconds(5), Duration.ofSeconds(60), Duration.ofSeconds(8), HELD);
        List<Raw> open = new ArrayList<>();
        try (RunningApi limited = RunningApi.start(director -> Authenticator.DEV, few)) {
            int refused = 0;
            for (int i = 0; i < 15; i++) {
                Raw raw = new Raw(limited.port(), "127.0.2.1");
                open.add(raw);
                try {
                    raw.send("GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n");
                } catch (IOException e) {
                    // Refused already.
                }
                refused += raw.status() == 0 ? 1 : 0;
            }
            assertThat(refused).isEqualTo(5);
            try (Raw other = new Raw(limited.port(), "127.0.2.2")) {
                other.send("GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(100));
                int tooMany = 0;
                for (int i = 0; i < 100; i++) {
                    String head = other.head();
                    tooMany += head.contains(" 429 ") ? 1 : 0;
                }
                assertThat(tooMany).isBetween(50, 100);
            }
            try (Raw third = new Raw(limited.port(), "127.0.2.3")) {
                third.send("GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n");
                assertThat(third.status()).isEqualTo(200);
            }
        } finally {
            for (Raw raw : open) {
                raw.close();
            }
        }
    }

    @Test
    void anAddressThatIsSlowTooOftenIsHeldAndNoOtherIs() throws IOException {
        HttpLimits hasty = new HttpLimits(
                1000, 100, 1000, Duration.ofMillis(500), Duration.ofSeconds(60), Duration.ofSeconds(8), HELD);
        try (RunningApi limited = RunningApi.start(director -> Authenticator.DEV, hasty)) {
            List<Raw> slow = new ArrayList<>();
            for (int i = 0; i < TOO_OFTEN; i++) {
                Raw raw = new Raw(limited.port(), "127.0.3.1");
                slow.add(raw);
                raw.send("GET /health");
            }
            for (Raw raw : slow) {
                raw.rest();
                raw.close();
            }
            try (Raw again = new Raw(limited.port(), "127.0.3.1");
                    Raw other = new Raw(limited.port(), "127.0.3.2")) {
                for (Raw raw : List.of(again, other)) {
                    raw.send("GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n");
                }
                assertThat(other.status()).isEqualTo(200);
                assertThat(again.rest()).isEmpty();
            }
        }
    }
}
