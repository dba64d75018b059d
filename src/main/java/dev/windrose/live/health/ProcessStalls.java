package dev.windrose.live.health;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** How long this process was paused: by garbage collection, a starved machine, a signal. Thread-safe. */
public final class ProcessStalls {

    /** Time between two beats. */
    public static final Duration BEAT = Duration.ofMillis(50);

    /** A beat this late is a stall; less is the tremble of a scheduler. */
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

    /** All stalls since the start together, the one that goes on included, in ns. */
    long nanos() {
        return stalled.get() + late(nanoTime.getAsLong());
    }

    private long late(long now) {
        long late = now - lastBeat - BEAT.toNanos();
        return late > TOLERATED_NANOS ? late : 0;
    }
}
