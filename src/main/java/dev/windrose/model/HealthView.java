package dev.windrose.model;

/** What is believed of each rule's targets at one instant. Immutable; two reads give the same answer. */
public interface HealthView {

    /** Believes nothing: everything is unknown. */
    HealthView NOTHING = new HealthView() {
        @Override
        public HealthStatus status(RuleId rule, RegionId target) {
            return HealthStatus.UNKNOWN;
        }

        @Override
        public double latencyMs(RuleId rule, RegionId target) {
            return Double.NaN;
        }
    };

    HealthStatus status(RuleId rule, RegionId target);

    /** Latency of the target as this region's own checks see it, in ms; NaN when never measured. */
    double latencyMs(RuleId rule, RegionId target);
}
