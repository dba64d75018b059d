package dev.windrose.live.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CommitGateTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    private final CommitGate gate = new CommitGate();

    private DataSource pool(Connection connection) {
        return gate.guarded((DataSource) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {DataSource.class}, (self, method, args) -> connection));
    }

    /** A use of a connection that commits, or may. */
    interface Use {
        void of(Connection connection) throws SQLException;
    }

    static List<Use> uses() {
        return List.of(
                Connection::commit,
                connection -> connection.prepareStatement("INSERT").executeUpdate(),
                connection -> connection.prepareStatement("INSERT").executeBatch(),
                connection -> connection.createStatement().execute("INSERT"));
    }

    @ParameterizedTest
    @MethodSource("uses")
    void aReaderWaitsForTheCommitThatIsUnderWay(Use use) throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        CompletableFuture<Void> commit = CompletableFuture.runAsync(() -> {
            try {
                use.of(pool((Connection) slow(Connection.class, begun, end)).getConnection());
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

    /** Makes statements at once and takes its time over everything else. */
    private static Object slow(Class<?> type, CountDownLatch begun, CountDownLatch end) {
        return Proxy.newProxyInstance(
                CommitGateTest.class.getClassLoader(), new Class<?>[] {type}, (self, method, args) -> {
                    if (method.getReturnType().isInterface()) {
                        return slow(method.getReturnType(), begun, end);
                    }
                    begun.countDown();
                    end.await();
                    Class<?> returned = method.getReturnType();
                    return returned == int.class ? (Object) 0 : returned == boolean.class ? (Object) false : null;
                });
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
