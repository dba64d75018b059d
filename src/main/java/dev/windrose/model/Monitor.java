package dev.windrose.model;

/**
 * A further check of a rule's targets, beside the rule's own.
 *
 * @param mustBeHealthy whether it takes a target down by itself; those that do not are asked for their vote
 */
public record Monitor(HealthCheck check, boolean mustBeHealthy) {

    /** Further checks that one rule may have. */
    public static final int MAX_PER_RULE = 8;
}
