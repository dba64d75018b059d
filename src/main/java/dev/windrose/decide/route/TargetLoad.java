package dev.windrose.decide.route;

/**
 * This node's current count of the work it has sent to one target of one rule.
 *
 * <p>Read on the decision path: implementations neither lock nor allocate, and outlive a swap of the table.
 */
public interface TargetLoad {

    /** A target without any work. */
    TargetLoad IDLE = new TargetLoad() {
        @Override
        public int inFlight() {
            return 0;
        }

        @Override
        public double latencyMs() {
            return Double.NaN;
        }
    };

    /** Decisions for this target whose outcome has neither been reported nor expired. */
    int inFlight();

    /** Peak-sensitive moving average of reported latencies, in ms; NaN when none was reported recently. */
    double latencyMs();
}
