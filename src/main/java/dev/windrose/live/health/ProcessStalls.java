package dev.windrose.live.health;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** How long this process was paused: by garbage collection, a starved machine, a signal. Thread-safe. */
public final class ProcessStalls {

    /** Time between two ticks. */
    public static final Duration BEAT = Duration.ofMillis(50);

    /** A tick this late is a stall; less is scheduler jitter. */
    private static final long TOLERATED_NANOS = Duration.ofMillis(50).toNanos();

    private final LongSupplier nanoTime;
    private volatile long lastBeat;
    private final AtomicLong stalled = new AtomicLong();

    public ProcessStalls(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.lastBeat = nanoTime.getAsLong();
    }

    /** To be called every {@link #BEAT}, by one thread at a time. */
    public void beat() {
        long now = nanoTime.getAsLong();
        stalled.addAndGet(late(now));
        lastBeat = now;
    }

    /** Total duration of all stalls since the start, including a current one, in ns. */
    long nanos() {
        return stalled.get() + late(nanoTime.getAsLong());
    }

    private long late(long now) {
        long late = now - lastBeat - BEAT.toNanos();
        return late > TOLERATED_NANOS ? late : 0;
    }
}
