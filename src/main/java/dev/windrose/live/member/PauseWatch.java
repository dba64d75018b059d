package dev.windrose.live.member;

import dev.windrose.decide.member.PauseDetector;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** Ticks a {@link PauseDetector} from a thread of its own, so that busy pools are not mistaken for a paused process. */
public final class PauseWatch implements AutoCloseable {

    private static final Duration BEAT = Duration.ofMillis(250);

    private final PauseDetector standstill;
    private final ScheduledExecutorService beats = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "standstill");
        thread.setDaemon(true);
        return thread;
    });

    /** @param atMost a longer pause makes this process suspect */
    public PauseWatch(Duration atMost) {
        PauseDetector beaten = new PauseDetector(atMost, System.nanoTime());
        standstill = beaten;
        ScheduledFuture<?> unused = beats.scheduleWithFixedDelay(
                () -> beaten.beat(System.nanoTime()), 0, BEAT.toMillis(), TimeUnit.MILLISECONDS);
    }

    public PauseDetector standstill() {
        return standstill;
    }

    @Override
    public void close() {
        beats.shutdownNow();
    }
}
