package dev.windrose.live.health;

import dev.windrose.decide.failover.Failback;
import dev.windrose.decide.health.SlowStart;
import dev.windrose.model.FailoverMark;
import dev.windrose.model.RegionId;
import dev.windrose.model.Rule;
import dev.windrose.model.RuleId;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The targets that were left, and how far each is on its way back. */
final class Returns {

    private record Target(RuleId rule, RegionId region) {}

    /**
     * A target that was left.
     *
     * @param mark what the journal said of it when it was
     * @param ordered whether an operator took it out, who also ends that: no failback is waited for
     * @param wellSinceNanos since when it is well without a break; null while it is not
     */
    private record Outage(
            @Nullable FailoverMark mark,
            boolean ordered,
            @Nullable Long wellSinceNanos) {}

    /**
     * Where a target stands.
     *
     * @param share of its traffic that it may have, 0 to 1
     * @param complete whether the failback is over as far as this node sees
     */
    record Return(double share, boolean complete) {}

    private static final Return BACK = new Return(1, true);

    private final Map<Target, Outage> outages = new HashMap<>();

    /** @param takenOut whether it is an operator who keeps it from serving */
    Return of(Rule rule, RegionId region, boolean serves, boolean takenOut, long nowNanos) {
        if (!rule.failover().enabled() && !takenOut) {
            return BACK;
        }
        Target target = new Target(rule.id(), region);
        FailoverMark mark = rule.failover().marks().get(region);
        Outage outage = outages.get(target);
        if (!serves) {
            boolean ordered = takenOut && (outage == null || outage.ordered());
            outages.put(target, new Outage(outage == null ? mark : outage.mark(), ordered, null));
            return new Return(1, false);
        }
        if (outage == null) {
            if (!rule.failover().left(region)) {
                return BACK;
            }
            // The others have left it, or this node did before it was started again: the wait begins anew.
            outage = new Outage(mark, false, null);
        }
        if (outage.wellSinceNanos() == null) {
            outage = new Outage(outage.mark(), outage.ordered(), nowNanos);
        }
        outages.put(target, outage);
        long wellForMs = (nowNanos - Objects.requireNonNull(outage.wellSinceNanos())) / 1_000_000;
        boolean calledBack = mark != null && !mark.out() && !mark.equals(outage.mark());
        Failback.Step step = calledBack || (outage.ordered() && !rule.failover().left(region))
                ? new Failback.Step(1, true)
                : Failback.after(rule.failover().policy(), wellForMs);
        double warm = SlowStart.share(wellForMs, rule.health().policy().slowStart());
        if (step.complete() && warm >= 1 && (mark == null || !mark.out())) {
            outages.remove(target);
        }
        return new Return(Math.min(step.share(), warm), step.complete());
    }

    /** Forgets the targets of rules that are gone. */
    void retain(Set<RuleId> rules) {
        outages.keySet().removeIf(target -> !rules.contains(target.rule()));
    }
}
