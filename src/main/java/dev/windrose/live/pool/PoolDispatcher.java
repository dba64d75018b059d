package dev.windrose.live.pool;

import akka.dispatch.DispatcherPrerequisites;
import akka.dispatch.ExecutorServiceConfigurator;
import akka.dispatch.ExecutorServiceFactory;
import com.typesafe.config.Config;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/** The blocking dispatcher of an actor system, on the threads of its {@link Pool}. Created by Akka, by name. */
public final class PoolDispatcher extends ExecutorServiceConfigurator {

    private final Pool pool;

    public PoolDispatcher(Config config, DispatcherPrerequisites prerequisites) {
        super(config, prerequisites);
        this.pool = prerequisites
                .settings()
                .setup()
                .get(PoolSetup.class)
                .orElseThrow(() -> new IllegalStateException("pool: none (expected: a system created with one)"))
                .blocking();
    }

    @Override
    public ExecutorServiceFactory createExecutorServiceFactory(String id, ThreadFactory threads) {
        return () -> new View(pool);
    }

    /** Ends with its actor system; the pool does not. */
    private static final class View extends AbstractExecutorService {

        private final Pool pool;
        private volatile boolean ended = false;

        View(Pool pool) {
            this.pool = pool;
        }

        @Override
        public void execute(Runnable task) {
            pool.execute(task);
        }

        @Override
        public void shutdown() {
            ended = true;
        }

        @Override
        public List<Runnable> shutdownNow() {
            ended = true;
            return List.of();
        }

        @Override
        public boolean isShutdown() {
            return ended;
        }

        @Override
        public boolean isTerminated() {
            return ended;
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) {
            return ended;
        }
    }
}
