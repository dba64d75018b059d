package dev.windrose.decide.failover;

import dev.windrose.model.FailoverPolicy;

/** The share of its traffic that a target gets back during failback. */
public final class Failback {

    /*
     * A pure function of how long the target has been well without a break. So every node comes to the same share within
     * the time that their views differ, whoever restarts in between starts the wait again and never shortens it, and a
     * target that gets worse is back at nothing by itself.
     */

    /**
     * Where it stands.
     *
     * @param share of its traffic that the target may have, 0 to 1
     * @param complete whether the failover is over
     */
    public record Step(double share, boolean complete) {

        private static final Step NOTHING = new Step(0, false);

        /** Nothing is waited for. */
        public static final Step ALL = new Step(1, true);
    }

    /**
     * Where it stands after the target has been well for some time.
     *
     * @param wellForMs since the target is well without a break, at least 0
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
        // The last step is held as well: it is over only when the target has borne its full share for a while.
        return step > policy.steps() ? Step.ALL : new Step(Math.min(1, (double) step / policy.steps()), false);
    }

    private Failback() {}
}
