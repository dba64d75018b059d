package dev.windrose.live.pool;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** Runs a blocking call, such as a statement, on a pool, and returns a stage. */
public final class Offload {

    /**
     * A stage that fails with the exception of {@code work}, or with the rejection of a full pool: nothing is thrown
     * here.
     */
    public static <T> CompletableFuture<T> to(Executor pool, Callable<T> work) {
        try {
            return CompletableFuture.supplyAsync(
                    () -> {
                        try {
                            return work.call();
                        } catch (RuntimeException e) {
                            throw e;
                        } catch (Exception e) {
                            throw new CompletionException(e);
                        }
                    },
                    pool);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private Offload() {}
}
