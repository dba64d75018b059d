package dev.windrose.decide.route;

import dev.windrose.model.RegionId;
import dev.windrose.model.RuleId;

/** The clients' demand for each target, over all nodes. */
@FunctionalInterface
public interface Demand {

    /** Nobody wants anything. */
    Demand NONE = (rule, target) -> 0;

    /** Requests per second for which the rule chose that target lately, before any were moved; at least 0. */
    double rate(RuleId rule, RegionId target);
}
