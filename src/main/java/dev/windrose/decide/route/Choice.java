package dev.windrose.decide.route;

import dev.windrose.model.RegionId;
import dev.windrose.model.RuleId;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * The answer to one decision. Created in advance, when the table is compiled, so that deciding allocates nothing.
 *
 * @param target index among the rule's targets, or -1 when the answer is not one of them
 * @param region the region to use, or null when none may serve
 * @param endpoint of the service in that region, or null when none is defined
 * @param geographicRule the geographic rule that decided, or null for none
 * @param ttlSeconds how long the client may keep the answer
 * @param load counts the work sent to the target
 * @param wanted counts the work of the target that the algorithm chose; it differs when this answer replaced it
 */
public record Choice(
        RuleId rule,
        int target,
        @Nullable RegionId region,
        @Nullable URI endpoint,
        Reason reason,
        Tier tier,
        @Nullable RuleId geographicRule,
        int ttlSeconds,
        TargetLoad load,
        TargetLoad wanted) {}
