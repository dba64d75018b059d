package dev.windrose.live.pool;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A bounded thread pool with a bounded queue, for one purpose. Tasks that find no room are refused and counted. Idle
 * threads end.
 */
public final class Pool implements Executor, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Pool.class);

    private static final Duration KEPT = Duration.ofSeconds(30);

    /** Enough for a look-up or a statement; the default of the platform is four times that. */
    private static final long STACK_BYTES = 256 * 1024;

    private final String name;
    private final ThreadPoolExecutor threads;
    private final AtomicLong refused = new AtomicLong();

    /** @param queued tasks that may wait for a thread, at least 1 */
    Pool(String name, int atMost, int queued) {
        this.name = name;
        AtomicInteger number = new AtomicInteger();
        threads = new ThreadPoolExecutor(
                atMost, atMost, KEPT.toMillis(), TimeUnit.MILLISECONDS, new LinkedBlockingQueue<>(queued), work -> {
                    Thread thread =
                            new Thread(null, work, "windrose-" + name + "-" + number.incrementAndGet(), STACK_BYTES);
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
    }

    /** A task and when it came; it never ends its thread. */
    private final class Waiting implements Runnable {

        private final Runnable task;
        private final long sinceNanos = System.nanoTime();

        private Waiting(Runnable task) {
            this.task = task;
        }

        @Override
        public void run() {
            try {
                task.run();
            } catch (Throwable e) {
                LOG.error("pool [{}] goes on after a failed task", name, e);
            }
        }
    }

    /** @throws RejectedExecutionException when as many wait as may */
    @Override
    public void execute(Runnable task) {
        try {
            threads.execute(new Waiting(task));
        } catch (RejectedExecutionException e) {
            refused.incrementAndGet();
            throw new RejectedExecutionException(
                    "pool " + name + ": " + threads.getQueue().size() + " tasks wait (expected: fewer)", e);
        }
    }

    public String name() {
        return name;
    }

    /** Threads at most. */
    int size() {
        return threads.getMaximumPoolSize();
    }

    /** Threads that do something now. */
    int active() {
        return threads.getActiveCount();
    }

    /** Tasks that wait for a thread. */
    int queued() {
        return threads.getQueue().size();
    }

    /** Tasks that were refused since the start. */
    long refused() {
        return refused.get();
    }

    /** How long the oldest of the tasks waits for a thread, in ns; 0 when none does. */
    long waitingNanos() {
        @Nullable Runnable oldest = threads.getQueue().peek();
        return oldest instanceof Waiting waiting ? System.nanoTime() - waiting.sinceNanos : 0;
    }

    /** Takes no more tasks; those that wait are done. */
    @Override
    public void close() {
        threads.shutdown();
    }
}
