package dev.windrose.model;

/** What is believed of each rule's targets at one instant. Immutable; two reads give the same answer. */
@FunctionalInterface
public interface HealthView {

    /** Believes nothing: everything is unknown. */
    HealthView NOTHING = (rule, target) -> TargetHealth.UNKNOWN;

    TargetHealth of(RuleId rule, RegionId target);

    /** What is believed of a region as a whole, whatever rule it serves. */
    default TargetHealth region(RegionId region) {
        return TargetHealth.UNKNOWN;
    }
}
