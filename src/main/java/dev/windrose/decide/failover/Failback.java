package dev.windrose.decide.failover;

import dev.windrose.model.FailoverPolicy;

/** The share of its traffic that a target gets back during failback. */
public final class Failback {

    /*
     * A pure function of how long the target has been healthy without interruption. Every node therefore arrives at the
     * same share within the difference of their views, a restart in between restarts the wait and never shortens it,
     * and a target that gets worse is back at zero automatically.
     */

    /**
     * The progress of a failback.
     *
     * @param share of its traffic that the target may have, 0 to 1
     * @param complete whether the failover is over
     */
    public record Step(double share, boolean complete) {

        private static final Step NOTHING = new Step(0, false);

        /** No wait. */
        public static final Step ALL = new Step(1, true);
    }

    /**
     * The progress after the target has been healthy for some time.
     *
     * @param wellForMs since the target is healthy without interruption, at least 0
     */
    public static Step after(FailoverPolicy policy, long wellForMs) {
        long waited = wellForMs - policy.delay().toMillis();
        return switch (policy.failback()) {
            case AUTOMATIC -> Step.ALL;
            case DELAYED -> waited >= 0 ? Step.ALL : Step.NOTHING;
            case RAMPED -> ramped(policy, waited);
            case MANUAL, NEVER -> Step.NOTHING;
        };
    }

    private static Step ramped(FailoverPolicy policy, long waited) {
        if (waited < 0) {
            return Step.NOTHING;
        }
        long hold = Math.max(1, policy.hold().toMillis());
        long step = 1 + waited / hold;
        // The last step is held as well: the failback is complete only when the target has carried its full share for a
        // while.
        return step > policy.steps() ? Step.ALL : new Step(Math.min(1, (double) step / policy.steps()), false);
    }

    private Failback() {}
}
