package dev.windrose.decide.route;

import dev.windrose.model.RegionId;
import dev.windrose.model.RuleId;

/** The clients' demand for each target, over all nodes. */
@FunctionalInterface
public interface Demand {

    /** No demand. */
    Demand NONE = (rule, target) -> 0;

    /** Recent requests per second for which the rule chose that target, before redirects; at least 0. */
    double rate(RuleId rule, RegionId target);
}
