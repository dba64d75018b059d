package dev.windrose.live.listen;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.watch.ListenMeters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ConnectionTest {

    private static final int ROUNDS = 2_000;
    private static final int LONG = 1000;

    private final Connections all = new Connections(
            new HttpLimits(
                    10, 10, 1000, Duration.ofSeconds(5), Duration.ofSeconds(60), Duration.ofSeconds(10), Duration.ZERO),
            List.of(),
            new ListenMeters(new SimpleMeterRegistry(), "test"));
    private final Connection connection = Objects.requireNonNull(all.admit(InetAddress.getLoopbackAddress()));

    @Test
    void eachStateIsJudgedByItsOwnLimit() {
        assertThat(connection.overdue(-1, LONG, LONG, LONG)).isEqualTo(Connection.State.HEAD);
        assertThat(connection.overdue(0, -1, -1, -1)).isNull();
        connection.asked();
        assertThat(connection.overdue(LONG, -1, LONG, LONG)).isEqualTo(Connection.State.ANSWER);
        assertThat(connection.overdue(-1, 0, -1, -1)).isNull();
        connection.heard();
        assertThat(connection.state()).as("an answer is owed").isEqualTo(Connection.State.ANSWER);
        connection.answered();
        assertThat(connection.overdue(LONG, LONG, -1, LONG)).isEqualTo(Connection.State.IDLE);
        assertThat(connection.overdue(-1, -1, 0, -1)).isNull();
        connection.heard();
        assertThat(connection.state()).as("the next request").isEqualTo(Connection.State.HEAD);
        connection.ending();
        assertThat(connection.overdue(LONG, LONG, LONG, -1)).isEqualTo(Connection.State.END);
        assertThat(connection.overdue(-1, -1, -1, 0)).isNull();
    }

    /** Bytes come while a request that came before is found: an answer is owed, whoever was first. */
    @Test
    void whereARequestIsFoundWhileMoreBytesComeAnAnswerIsOwed() throws Exception {
        CyclicBarrier together = new CyclicBarrier(2);
        ExecutorService network = Executors.newSingleThreadExecutor();
        try {
            Future<?> heard = network.submit(() -> {
                for (int i = 0; i < ROUNDS; i++) {
                    together.await(10, TimeUnit.SECONDS);
                    connection.heard();
                    together.await(10, TimeUnit.SECONDS);
                }
                return null;
            });
            for (int i = 0; i < ROUNDS; i++) {
                connection.answered();
                together.await(10, TimeUnit.SECONDS);
                connection.asked();
                together.await(10, TimeUnit.SECONDS);
                assertThat(connection.state()).isEqualTo(Connection.State.ANSWER);
            }
            heard.get(10, TimeUnit.SECONDS);
        } finally {
            network.shutdownNow();
        }
    }
}
