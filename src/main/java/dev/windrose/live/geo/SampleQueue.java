package dev.windrose.live.geo;

import dev.windrose.model.RegionId;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * A bounded queue of round trips from request threads to the {@link LatencyKeeper}. When it is full, samples are
 * dropped. Offering never waits; for one consumer.
 */
public final class SampleQueue {

    /*
     * A ring. A slot is claimed by incrementing the head, and then filled; the consumer stops at a claimed slot that is
     * not filled yet, and finds it filled the next time.
     */

    /**
     * A round trip that a client measured.
     *
     * @param place of the client, from {@link dev.windrose.decide.geo.PlaceKey}
     * @param within the place around it, or {@link dev.windrose.decide.geo.PlaceKey#NONE}
     */
    public record Sample(long place, long within, RegionId region, double ms) {}

    private final AtomicReferenceArray<@Nullable Sample> ring;
    private final AtomicLong head = new AtomicLong();
    private final AtomicLong tail = new AtomicLong();
    private final Runnable dropped;

    /**
     * @param room capacity in samples
     * @param dropped is called for each dropped sample
     */
    public SampleQueue(int room, Runnable dropped) {
        this.ring = new AtomicReferenceArray<>(room);
        this.dropped = dropped;
    }

    /** False when the queue is full. */
    public boolean offer(Sample sample) {
        while (true) {
            long at = head.get();
            if (at - tail.get() >= ring.length()) {
                dropped.run();
                return false;
            }
            if (head.compareAndSet(at, at + 1)) {
                ring.set((int) (at % ring.length()), sample);
                return true;
            }
        }
    }

    /** The oldest sample; null when there is none. */
    @Nullable
    Sample take() {
        long at = tail.get();
        int slot = (int) (at % ring.length());
        Sample sample = ring.get(slot);
        if (sample != null) {
            ring.set(slot, null);
            tail.set(at + 1);
        }
        return sample;
    }
}
