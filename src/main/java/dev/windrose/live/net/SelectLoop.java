package dev.windrose.live.net;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.NavigableSet;
import java.util.Queue;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread that waits for any number of sockets and timers. A silent socket costs its descriptor and no thread, so a
 * slow peer blocks no other.
 */
public final class SelectLoop implements AutoCloseable {

    /** Called when a channel is ready. Must not block. */
    public interface Ready {
        void ready(SelectionKey key) throws IOException;

        /** The channel has failed. */
        void broken(IOException cause);
    }

    /** A timer. */
    public static final class Timer implements Comparable<Timer> {

        private final NavigableSet<Timer> waiting;
        private final long atNanos;
        private final long number;
        private final Runnable work;

        private Timer(NavigableSet<Timer> waiting, long atNanos, long number, Runnable work) {
            this.waiting = waiting;
            this.atNanos = atNanos;
            this.number = number;
            this.work = work;
        }

        /** Does nothing when it has already fired. On the loop's thread only. */
        public void cancel() {
            waiting.remove(this);
        }

        @Override
        public int compareTo(Timer other) {
            int by = Long.signum(atNanos - other.atNanos);
            return by != 0 ? by : Long.compare(number, other.number);
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(SelectLoop.class);

    private static final int SCRATCH_BYTES = 64 * 1024;
    private static final long LONGEST_WAIT_MS = 1000;
    private static final long TELL_EVERY_NANOS = Duration.ofMinutes(1).toNanos();
    private static final long AFTER_A_FAILURE_NANOS = Duration.ofMillis(10).toNanos();

    private final Selector selector;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final NavigableSet<Timer> timers = new TreeSet<>();
    private final ByteBuffer scratch = ByteBuffer.allocateDirect(SCRATCH_BYTES);
    private final Thread thread;
    private long timersMade = 0;
    private long toldNanos = System.nanoTime() - TELL_EVERY_NANOS;
    private volatile long turnedNanos = System.nanoTime();
    private volatile boolean closed = false;

    /** Starts its thread. */
    public SelectLoop(String name) {
        try {
            selector = Selector.open();
        } catch (IOException e) {
            throw new UncheckedIOException("sockets: select failed", e);
        }
        thread = new Thread(this::run, name);
        thread.setDaemon(true);
        thread.start();
    }

    /** Runs the task on the loop's thread, soon. Safe for all threads. */
    public void execute(Runnable task) {
        tasks.add(task);
        if (Thread.currentThread() != thread) {
            selector.wakeup();
        }
    }

    /** Registers the channel; on the loop's thread only. */
    public SelectionKey register(SelectableChannel channel, int operations, Ready ready) throws IOException {
        channel.configureBlocking(false);
        return channel.register(selector, operations, ready);
    }

    /** Schedules the task at a {@link System#nanoTime}; on the loop's thread only. */
    public Timer at(long nanoTime, Runnable work) {
        Timer timer = new Timer(timers, nanoTime, timersMade++, work);
        timers.add(timer);
        return timer;
    }

    /** The read buffer, valid until any connection's next read; on the loop's thread only. */
    public ByteBuffer scratch() {
        return scratch.clear();
    }

    /** Number of registered channels. */
    public int size() {
        return selector.isOpen() ? selector.keys().size() : 0;
    }

    /** The name of its thread. */
    public String name() {
        return thread.getName();
    }

    /**
     * How long its thread has been blocked, in ns; below 2 s in normal operation, and 0 when closed. Safe for all
     * threads.
     */
    public long stillNanos() {
        return closed ? 0 : System.nanoTime() - turnedNanos;
    }

    /** Number of timers; on the loop's thread only. */
    int timers() {
        return timers.size();
    }

    private void run() {
        while (!closed) {
            turnedNanos = System.nanoTime();
            try {
                turn();
            } catch (Throwable e) {
                // Memory may be short: in any case, all connections of this loop depend on its thread.
                tell("continues after a failure", e);
                LockSupport.parkNanos(AFTER_A_FAILURE_NANOS);
            }
        }
        try {
            for (SelectionKey key : selector.keys()) {
                key.channel().close();
            }
            selector.close();
        } catch (IOException e) {
            LOG.warn("loop [{}] stops after a failure, cause [{}]", thread.getName(), e.toString());
        }
    }

    private void turn() throws IOException {
        selector.select(waitMs());
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            guarded(task);
        }
        try {
            for (SelectionKey key : selector.selectedKeys()) {
                serve(key);
            }
        } finally {
            selector.selectedKeys().clear();
        }
        ring();
    }

    private long waitMs() {
        if (!tasks.isEmpty()) {
            return 1;
        }
        if (timers.isEmpty()) {
            return LONGEST_WAIT_MS;
        }
        Timer next = timers.first();
        // Rounded up, or the last fraction of a millisecond would be busy-waited.
        long leftMs = (next.atNanos - System.nanoTime() + 999_999) / 1_000_000;
        return Math.max(1, Math.min(LONGEST_WAIT_MS, leftMs));
    }

    private void serve(SelectionKey key) {
        Ready ready = (Ready) key.attachment();
        try {
            ready.ready(key);
        } catch (CancelledKeyException e) {
            // Closed earlier in the same turn.
        } catch (IOException e) {
            drop(key, ready, e);
        } catch (Throwable e) {
            tell("drops a connection", e);
            drop(key, ready, new IOException("connection: dropped, " + e, e));
        }
    }

    private void drop(SelectionKey key, Ready ready, IOException cause) {
        try {
            ready.broken(cause);
        } catch (Throwable e) {
            tell("cannot report a broken connection", e);
            key.cancel();
        }
    }

    /** Once a minute: what fails once may fail for each of many connections. */
    private void tell(String what, Throwable failure) {
        long now = System.nanoTime();
        if (now - toldNanos < TELL_EVERY_NANOS) {
            return;
        }
        toldNanos = now;
        try {
            LOG.error("loop [{}] {}", thread.getName(), what, failure);
        } catch (Throwable e) {
            // Without memory, even logging fails.
        }
    }

    private void ring() {
        long now = System.nanoTime();
        while (!timers.isEmpty() && timers.first().atNanos - now <= 0) {
            Timer next = timers.first();
            timers.remove(next);
            guarded(next.work);
        }
    }

    private void guarded(Runnable task) {
        try {
            task.run();
        } catch (Throwable e) {
            tell("continues after a failure", e);
        }
    }

    /** Ends the thread and closes every channel, soon. */
    @Override
    public void close() {
        closed = true;
        selector.wakeup();
    }
}
