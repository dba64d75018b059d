package dev.windrose.live.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PoolTest {

    static List<Throwable> failures() {
        return List.of(
                new IllegalStateException("a fault"),
                new NoSuchMethodError("a library of another version"),
                new ServiceConfigurationError("a provider that cannot be loaded"),
                new AssertionError("a promise that was broken"),
                new StackOverflowError(),
                new IOException("a checked exception of code that declares none"));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void aTaskThatFailsInAnyWayDoesNotEndItsThread(Throwable failure) throws Exception {
        try (Pool pool = new Pool("test", 1, 10)) {
            CompletableFuture<Thread> before = new CompletableFuture<>();
            CompletableFuture<Thread> after = new CompletableFuture<>();
            pool.execute(() -> {
                before.complete(Thread.currentThread());
                PoolTest.<RuntimeException>raise(failure);
            });
            pool.execute(() -> after.complete(Thread.currentThread()));
            assertThat(after.get(10, TimeUnit.SECONDS)).isSameAs(before.get(10, TimeUnit.SECONDS));
        }
    }

    /** As code of other languages throws what it does not declare. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <E extends Throwable> void raise(Throwable failure) throws E {
        throw (E) failure;
    }
}
