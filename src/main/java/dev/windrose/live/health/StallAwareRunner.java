package dev.windrose.live.health;

import dev.windrose.decide.health.CheckPlan;
import dev.windrose.decide.health.Reading;
import dev.windrose.model.HealthStatus;
import dev.windrose.watch.HealthMeters;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Repeats a check that failed while this process was paused: such a reading says nothing about the target.
 *
 * <p>An observer in trouble is the first to declare others dead. Repeating the check, a few times at most, keeps it
 * from moving traffic, and still detects what is really down. The idea is from Lifeguard (Dadgar et al., 2018). Only
 * targets that have something to lose are checked again: a node that is overloaded by checks of targets that are down
 * must not multiply its load.
 */
public final class StallAwareRunner implements Prober.Runner {

    /** A stall of at least this length within a check makes a failure this process's own. */
    private static final long STALL_NANOS = Duration.ofMillis(100).toNanos();

    /** After this, the reading counts, whatever happened. */
    private static final int AGAIN_AT_MOST = 3;

    private final Function<CheckPlan.Check, CompletionStage<Reading>> probe;
    private final ProcessStalls stalls;
    private final HealthMeters meters;

    public StallAwareRunner(
            Function<CheckPlan.Check, CompletionStage<Reading>> probe, ProcessStalls stalls, HealthMeters meters) {
        this.probe = probe;
        this.stalls = stalls;
        this.meters = meters;
    }

    @Override
    public CompletionStage<Reading> run(CheckPlan.Check check, HealthStatus believed) {
        boolean atStake = believed == HealthStatus.HEALTHY || believed == HealthStatus.DEGRADED;
        return run(check, atStake ? AGAIN_AT_MOST : 0);
    }

    private CompletionStage<Reading> run(CheckPlan.Check check, int left) {
        long before = stalls.nanos();
        return probe.apply(check).thenCompose(reading -> {
            boolean ours = stalls.nanos() - before >= STALL_NANOS;
            if (reading.status() == HealthStatus.HEALTHY || !ours || left == 0) {
                return CompletableFuture.completedFuture(reading);
            }
            meters.stalled();
            return run(check, left - 1);
        });
    }
}
