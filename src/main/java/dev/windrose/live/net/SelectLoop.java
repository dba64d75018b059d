package dev.windrose.live.net;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread that waits for any number of sockets and for points in time. A socket that says nothing costs its descriptor and no
 * thread, so whoever keeps sockets waiting holds nobody else.
 */
public final class SelectLoop implements AutoCloseable {

    /** What is done when a channel is ready. Must not wait. */
    public interface Ready {
        void ready(SelectionKey key) throws IOException;

        /** The channel cannot be used any more. */
        void broken(IOException cause);
    }

    /** Something to be done at a point in time. */
    public static final class Timer implements Comparable<Timer> {

        private final long atNanos;
        private @Nullable Runnable work;

        private Timer(long atNanos, Runnable work) {
            this.atNanos = atNanos;
            this.work = work;
        }

        /** Does nothing when it is over already. By the thread of the loop only. */
        public void cancel() {
            work = null;
        }

        @Override
        public int compareTo(Timer other) {
            return Long.signum(atNanos - other.atNanos);
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

    private final Selector selector;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final PriorityQueue<Timer> timers = new PriorityQueue<>();
    private final ByteBuffer scratch = ByteBuffer.allocateDirect(SCRATCH_BYTES);
    private final Thread thread;
    private volatile boolean closed = false;

    /** Starts its thread. */
    public SelectLoop(String name) {
        try {
            selector = Selector.open();
        } catch (IOException e) {
            throw new UncheckedIOException("sockets: cannot be waited for", e);
        }
        thread = new Thread(this::run, name);
        thread.setDaemon(true);
        thread.start();
    }

    /** Runs that on the thread of the loop, soon. Safe for all threads. */
    public void execute(Runnable task) {
        tasks.add(task);
        if (Thread.currentThread() != thread) {
            selector.wakeup();
        }
    }

    /** Has the channel waited for; by the thread of the loop only. */
    public SelectionKey register(SelectableChannel channel, int operations, Ready ready) throws IOException {
        channel.configureBlocking(false);
        return channel.register(selector, operations, ready);
    }

    /** Has that done at a {@link System#nanoTime}; by the thread of the loop only. */
    public Timer at(long nanoTime, Runnable work) {
        Timer timer = new Timer(nanoTime, work);
        timers.add(timer);
        return timer;
    }

    /** Room for what is read, until the next read of anybody; by the thread of the loop only. */
    public ByteBuffer scratch() {
        return scratch.clear();
    }

    /** Channels that are waited for. */
    public int size() {
        return selector.isOpen() ? selector.keys().size() : 0;
    }

    private void run() {
        while (!closed) {
            try {
                selector.select(waitMs());
                for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                    guarded(task);
                }
                for (SelectionKey key : selector.selectedKeys()) {
                    serve(key);
                }
                selector.selectedKeys().clear();
                ring();
            } catch (IOException | RuntimeException e) {
                LOG.error("loop [{}] goes on after a failure", thread.getName(), e);
            }
        }
        try {
            for (SelectionKey key : selector.keys()) {
                key.channel().close();
            }
            selector.close();
        } catch (IOException e) {
            LOG.warn("loop [{}] ends with a failure, cause [{}]", thread.getName(), e.toString());
        }
    }

    private long waitMs() {
        if (!tasks.isEmpty()) {
            return 1;
        }
        Timer next = timers.peek();
        if (next == null) {
            return LONGEST_WAIT_MS;
        }
        // Rounded up, or the last fraction of a millisecond would be spent looking.
        long leftMs = (next.atNanos - System.nanoTime() + 999_999) / 1_000_000;
        return Math.max(1, Math.min(LONGEST_WAIT_MS, leftMs));
    }

    private void serve(SelectionKey key) {
        Ready ready = (Ready) key.attachment();
        try {
            ready.ready(key);
        } catch (CancelledKeyException e) {
            // Closed by something that was ready before it in the same turn.
        } catch (IOException e) {
            ready.broken(e);
        } catch (RuntimeException e) {
            LOG.error("loop [{}] drops a connection", thread.getName(), e);
            ready.broken(new IOException("connection: dropped, " + e, e));
        }
    }

    private void ring() {
        long now = System.nanoTime();
        for (Timer next = timers.peek(); next != null && next.atNanos - now <= 0; next = timers.peek()) {
            timers.remove();
            Runnable work = next.work;
            if (work != null) {
                guarded(work);
            }
        }
    }

    private void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.error("loop [{}] goes on after a failure", thread.getName(), e);
        }
    }

    /** Ends the thread and closes every channel, soon. */
    @Override
    public void close() {
        closed = true;
        selector.wakeup();
    }
}
