package dev.windrose.decide.route;

import dev.windrose.model.RegionId;
import dev.windrose.model.RuleId;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * The answer to one decision. Made ahead, when the table is compiled, so that deciding allocates nothing.
 *
 * @param target index among the rule's targets, or -1 when the answer is none of them
 * @param region the region to use, or null when nothing may serve
 * @param endpoint where the service lives in that region, or null when nobody said
 * @param geographicRule the geographic rule that settled it, or null when none did
 * @param ttlSeconds how long the client may keep the answer
 * @param load what counts the work sent to the target
 * @param wanted what counts the work of the target that the algorithm chose; another one when this answer took its place
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
