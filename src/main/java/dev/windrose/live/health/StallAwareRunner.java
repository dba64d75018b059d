package dev.windrose.live.health;

import dev.windrose.decide.health.CheckPlan;
import dev.windrose.decide.health.Reading;
import dev.windrose.model.HealthStatus;
import dev.windrose.watch.HealthMeters;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Repeats a check that failed while this process was paused: such a reading says nothing about the target.
 *
 * <p>An observer in trouble is the first to declare others dead. Repeating the check, a few times at most, keeps it
 * from moving traffic, and still detects what is really down. The idea is from Lifeguard (Dadgar et al., 2018).
 */
public final class StallAwareRunner implements Prober.Runner {

    /** A stall of at least this length within a check makes a failure this process's own. */
    private static final long STALL_NANOS = Duration.ofMillis(100).toNanos();

    /** After this, the reading counts, whatever happened. */
    private static final int AGAIN_AT_MOST = 3;

    private final Prober.Runner runner;
    private final ProcessStalls stalls;
    private final HealthMeters meters;

    public StallAwareRunner(Prober.Runner runner, ProcessStalls stalls, HealthMeters meters) {
        this.runner = runner;
        this.stalls = stalls;
        this.meters = meters;
    }

    @Override
    public CompletionStage<Reading> run(CheckPlan.Check check) {
        return run(check, AGAIN_AT_MOST);
    }

    private CompletionStage<Reading> run(CheckPlan.Check check, int left) {
        long before = stalls.nanos();
        return runner.run(check).thenCompose(reading -> {
            boolean ours = stalls.nanos() - before >= STALL_NANOS;
            if (reading.status() == HealthStatus.HEALTHY || !ours || left == 0) {
                return CompletableFuture.completedFuture(reading);
            }
            meters.stalled();
            return run(check, left - 1);
        });
    }
}
