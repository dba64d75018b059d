package dev.windrose.live.health;

import dev.windrose.decide.failover.Failback;
import dev.windrose.decide.health.SlowStart;
import dev.windrose.model.RegionId;
import dev.windrose.model.Rule;
import dev.windrose.model.RuleId;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The targets that did not serve, and how far each is on its way back.
 *
 * <p>Only what the journal says was left waits for its failback: what is in nobody's books, such as what this region alone
 * could not reach for a moment, comes back by itself, and warms up.
 */
final class Returns {

    private record Target(RuleId rule, RegionId region) {}

    /**
     * A target that did not serve.
     *
     * @param wellSinceNanos since when it is well without a break; null while it is not
     */
    private record Outage(@Nullable Long wellSinceNanos) {}

    /**
     * Where a target stands.
     *
     * @param share of its traffic that it may have, 0 to 1
     * @param complete whether the failback is over as far as this node sees
     */
    record Return(double share, boolean complete) {}

    private static final Return BACK = new Return(1, true);

    private final Map<Target, Outage> outages = new HashMap<>();

    Return of(Rule rule, RegionId region, boolean serves, long nowNanos) {
        Target target = new Target(rule.id(), region);
        boolean left = rule.failover().enabled() && rule.failover().left(region);
        Outage before = outages.get(target);
        if (!serves) {
            outages.put(target, new Outage(null));
            return new Return(1, false);
        }
        if (before == null && !left) {
            return BACK;
        }
        // A node that was started again, or sees it well while the others left it, begins the wait anew.
        Long since = before == null ? null : before.wellSinceNanos();
        long wellSince = since == null ? nowNanos : since;
        outages.put(target, new Outage(wellSince));
        long wellForMs = (nowNanos - wellSince) / 1_000_000;
        Failback.Step step = left ? Failback.after(rule.failover().policy(), wellForMs) : new Failback.Step(1, true);
        double warm = SlowStart.share(wellForMs, rule.health().policy().slowStart());
        if (!left && warm >= 1) {
            outages.remove(target);
        }
        return new Return(Math.min(step.share(), warm), step.complete());
    }

    /** Forgets the targets of rules that are gone. */
    void retain(Set<RuleId> rules) {
        outages.keySet().removeIf(target -> !rules.contains(target.rule()));
    }
}
