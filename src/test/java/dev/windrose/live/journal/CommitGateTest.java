package dev.windrose.live.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

class CommitGateTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    private final CommitGate gate = new CommitGate();

    private DataSource pool(Connection connection) {
        return gate.guarded((DataSource) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {DataSource.class}, (self, method, args) -> connection));
    }

    @Test
    void aReaderWaitsForTheCommitThatIsUnderWay() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        Connection slow = (Connection) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Connection.class}, (self, method, args) -> {
                    begun.countDown();
                    end.await();
                    return null;
                });
        CompletableFuture<Void> commit = CompletableFuture.runAsync(() -> {
            try {
                pool(slow).getConnection().commit();
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        });
        assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
        assertThatThrownBy(() -> gate.awaitCommits(Duration.ofMillis(50))).hasMessageContaining("longer than 50 ms");

        end.countDown();
        commit.get(20, TimeUnit.SECONDS);
        gate.awaitCommits(LONG);
    }

    @Test
    void nothingElseIsKeptWaitingAndFailuresAreThoseOfTheDatabase() throws Exception {
        try (Connection connection =
                pool(DriverManager.getConnection("jdbc:h2:mem:", "", "")).getConnection()) {
            connection.setAutoCommit(false);
            connection.createStatement().execute("CREATE TABLE T(A INT)");
            gate.awaitCommits(LONG);
            connection.commit();
            assertThatThrownBy(() -> connection.createStatement().execute("NONSENSE"))
                    .isInstanceOf(SQLException.class);
            assertThat(connection.getAutoCommit()).isFalse();
        }
    }
}
