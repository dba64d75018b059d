package dev.windrose.live.health;

import dev.windrose.decide.failover.Failback;
import dev.windrose.decide.failover.SlowStart;
import dev.windrose.model.RegionId;
import dev.windrose.model.Rule;
import dev.windrose.model.RuleId;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The targets that traffic left, and how far each is on its way back.
 *
 * <p>Whichever way it left (down, degraded while others serve, ejected, an override that ended by itself), it comes back as
 * the rule's failback says. What the journal says is honoured by every node; what only this region sees, by this node as soon as
 * it sees it, and by its region's others once it is recorded. What an operator takes out and gives back is back.
 */
final class Returns {

    private record Target(RuleId rule, RegionId region) {}

    /**
     * A target that did not serve.
     *
     * @param left whether traffic left it, and comes back as the rule says
     * @param ordered whether an operator took it out last
     * @param sinceEpochMs since when
     * @param evidence why traffic left it
     * @param wellSinceNanos since when it is well without a break; null while it is not
     */
    private record Outage(
            boolean left,
            boolean ordered,
            long sinceEpochMs,
            String evidence,
            @Nullable Long wellSinceNanos) {}

    /**
     * Where a target stands.
     *
     * @param share of its traffic that it may have, 0 to 1
     * @param complete whether the failback is over as far as this node sees
     * @param unrecorded why this region's traffic left it, when the journal does not say that it did; else empty
     */
    record Return(double share, boolean complete, String unrecorded) {}

    private static final Return BACK = new Return(1, true, "");
    private static final String LAPSED = "an override that took it out is over, and nobody took it back";

    private final RegionId self;
    private final Map<Target, Outage> outages = new HashMap<>();

    /** @param self the region of this node */
    Returns(RegionId self) {
        this.self = self;
    }

    /**
     * A target that does not serve now.
     *
     * @param left whether traffic leaves it for its health
     * @param ordered whether an operator takes it out
     * @param evidence why it leaves it
     */
    Return out(Rule rule, RegionId region, boolean left, boolean ordered, Supplier<String> evidence, long nowEpochMs) {
        Target target = new Target(rule.id(), region);
        Outage before = outages.get(target);
        if (before != null && stillLeft(rule, region, before)) {
            outages.put(target, new Outage(true, ordered, before.sinceEpochMs(), before.evidence(), null));
            return new Return(1, false, recorded(rule, region) ? "" : before.evidence());
        }
        boolean leaves = rule.failover().enabled() && left;
        String why = leaves ? evidence.get() : "";
        outages.put(target, new Outage(leaves, ordered, nowEpochMs, why, null));
        return new Return(1, false, recorded(rule, region) ? "" : why);
    }

    /**
     * A target that would serve now.
     *
     * @param lapsedEpochMs when the time of an override was over that nobody has taken back; 0 when there is none. Who takes
     *     one back says that the target is to serve
     */
    Return serves(Rule rule, RegionId region, long lapsedEpochMs, long nowNanos, long nowEpochMs) {
        Target target = new Target(rule.id(), region);
        Outage before = outages.get(target);
        boolean recorded = rule.failover().enabled() && recorded(rule, region);
        if (before == null && !recorded) {
            return BACK;
        }
        boolean unsaid = before != null && before.ordered() && lapsedEpochMs >= before.sinceEpochMs();
        boolean left = rule.failover().enabled() && before != null && (unsaid || stillLeft(rule, region, before));
        String evidence = unsaid ? LAPSED : before == null ? "" : before.evidence();
        // A node that was started again, or sees it well while the others left it, begins the wait anew.
        Long since = before == null ? null : before.wellSinceNanos();
        long wellSince = since == null ? nowNanos : since;
        long wellForMs = (nowNanos - wellSince) / 1_000_000;
        Failback.Step step = left || recorded ? Failback.after(rule.failover().policy(), wellForMs) : Failback.Step.ALL;
        double warm = SlowStart.share(wellForMs, rule.health().policy().slowStart());
        if (step.complete() && warm >= 1 && !recorded) {
            outages.remove(target);
        } else {
            long outSince = before == null || unsaid ? nowEpochMs : before.sinceEpochMs();
            outages.put(target, new Outage(left, false, outSince, evidence, wellSince));
        }
        boolean untold = left && !recorded && !step.complete();
        return new Return(Math.min(step.share(), warm), step.complete(), untold ? evidence : "");
    }

    private boolean recorded(Rule rule, RegionId region) {
        return rule.failover().left(region) || rule.failover().leftBy(region, self);
    }

    private boolean stillLeft(Rule rule, RegionId region, Outage outage) {
        return outage.left() && !rule.failover().backSince(region, self, outage.sinceEpochMs());
    }

    /** Forgets the targets of rules that are gone. */
    void retain(Set<RuleId> rules) {
        outages.keySet().removeIf(target -> !rules.contains(target.rule()));
    }
}
