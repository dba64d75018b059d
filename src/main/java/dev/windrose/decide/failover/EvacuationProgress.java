package dev.windrose.decide.failover;

import dev.windrose.model.Evacuation;
import dev.windrose.model.HealthOverride;
import dev.windrose.model.RegionId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whether a running evacuation continues, is aborted, or is complete. */
public final class EvacuationProgress {

    /** Time without a decision for the region after which it counts as empty, in ms. */
    static final long QUIET_MS = 2_000;

    /** Fewer outcomes than this say nothing about errors. */
    static final long LEAST_OUTCOMES = 20;

    /**
     * Observations of an evacuation at one instant.
     *
     * @param plan its effect from here on
     * @param override the region's current override in the journal, or null
     * @param outcomes that clients reported of the other regions since it began
     * @param errorRate share of those that failed, 0 to 1
     * @param lastDecisionEpochMs wall clock of the last decision for the region; 0 for none since the start
     */
    public record Seen(
            EvacuationPlan plan,
            @Nullable HealthOverride override,
            long outcomes,
            double errorRate,
            long lastDecisionEpochMs) {}

    /** The evacuation after evaluating the observations: the same instance when it continues. */
    public static Evacuation look(Evacuation running, Seen seen, long nowEpochMs) {
        if (running.phase() != Evacuation.Phase.RUNNING) {
            return running;
        }
        String harm = harm(running, seen);
        if (!harm.isEmpty()) {
            return running.ended(Evacuation.Phase.ABORTED, nowEpochMs, -1, harm);
        }
        if (nowEpochMs >= running.untilEpochMs()) {
            return running.ended(Evacuation.Phase.ABORTED, nowEpochMs, -1, "timed out before the region was empty");
        }
        boolean moved = running.override().drain(nowEpochMs).isEmpty();
        long last = Math.max(seen.lastDecisionEpochMs(), running.sinceEpochMs());
        if (moved && running.rehearsal()) {
            return running.ended(Evacuation.Phase.EMPTY, nowEpochMs, nowEpochMs - running.sinceEpochMs(), "rehearsed");
        }
        if (moved && nowEpochMs - last >= QUIET_MS) {
            return running.ended(Evacuation.Phase.EMPTY, nowEpochMs, last - running.sinceEpochMs(), "empty");
        }
        return running;
    }

    private static String harm(Evacuation running, Seen seen) {
        List<RegionId> over = seen.plan().over();
        if (!over.isEmpty()) {
            return over.get(0) + " would exceed its capacity";
        }
        if (!seen.plan().unsafe().isEmpty()) {
            return "rule " + seen.plan().unsafe().get(0) + " has too few other serving targets";
        }
        if (seen.outcomes() >= LEAST_OUTCOMES && seen.errorRate() > running.maxErrorRate()) {
            return "errors elsewhere: " + Math.round(seen.errorRate() * 1000) / 10.0 + " % of " + seen.outcomes()
                    + " outcomes";
        }
        HealthOverride override = seen.override();
        boolean drained = override != null && override.equals(running.override());
        return running.rehearsal() || drained ? "" : "the region's override was changed by someone else";
    }

    private EvacuationProgress() {}
}
