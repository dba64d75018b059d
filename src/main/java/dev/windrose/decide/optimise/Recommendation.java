package dev.windrose.decide.optimise;

import dev.windrose.model.RegionId;
import dev.windrose.model.RuleId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A possible improvement of geographic rules.
 *
 * @param rule the affected rule; null when one is missing
 * @param areas the affected clients
 * @param targets the better targets, in order; empty when the current ones are right
 * @param thresholdMs the better threshold; NaN when the current one is right
 * @param gainMs average saving per client; NaN when unknown
 * @param samples smallest number of samples of any round trip it rests on
 * @param why explanation for people
 */
public record Recommendation(
        Kind kind,
        @Nullable RuleId rule,
        List<String> areas,
        List<RegionId> targets,
        double thresholdMs,
        double gainMs,
        double samples,
        String why) {

    public Recommendation {
        areas = List.copyOf(areas);
        targets = List.copyOf(targets);
    }

    /** The kind of recommendation. */
    public enum Kind {
        /** The targets stand in another order than that of their round trips. */
        TARGET_ORDER,
        /** No target is within the threshold from any of the areas, so the rule never chooses. */
        THRESHOLD_NEVER_MATCHES,
        /** The rule is used, and never chooses this target. */
        TARGET_NEVER_CHOSEN,
        /** The clients of an area cannot be evaluated, because there are too few measurements from there. */
        TOO_FEW_SAMPLES,
        /** Clients come from an area that no rule names, and are served from farther away than necessary. */
        AREA_WITHOUT_RULE;

        /** Whether it can be applied to the rule as it stands; the others are for people to decide. */
        public boolean applies() {
            return this == TARGET_ORDER || this == THRESHOLD_NEVER_MATCHES;
        }
    }
}
