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

    /** Stack size: enough for a name lookup or a statement; the JVM's default is four times that. */
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

    /** A task and its arrival time; exceptions never end its thread. */
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
                LOG.error("pool [{}] continues after a failed task", name, e);
            }
        }
    }

    /** @throws RejectedExecutionException when the queue is full */
    @Override
    public void execute(Runnable task) {
        try {
            threads.execute(new Waiting(task));
        } catch (RejectedExecutionException e) {
            refused.incrementAndGet();
            throw new RejectedExecutionException(
                    "pool " + name + ": " + threads.getQueue().size() + " tasks queued (expected: fewer)", e);
        }
    }

    public String name() {
        return name;
    }

    /** Maximum number of threads. */
    int size() {
        return threads.getMaximumPoolSize();
    }

    /** Number of busy threads. */
    int active() {
        return threads.getActiveCount();
    }

    /** Number of tasks waiting for a thread. */
    int queued() {
        return threads.getQueue().size();
    }

    /** Number of tasks refused since the start. */
    long refused() {
        return refused.get();
    }

    /** How long the oldest waiting task has waited, in ns; 0 for none. */
    long waitingNanos() {
        @Nullable Runnable oldest = threads.getQueue().peek();
        return oldest instanceof Waiting waiting ? System.nanoTime() - waiting.sinceNanos : 0;
    }

    /** Accepts no more tasks; waiting ones are completed. */
    @Override
    public void close() {
        threads.shutdown();
    }
}
