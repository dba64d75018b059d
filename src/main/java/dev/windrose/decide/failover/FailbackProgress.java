package dev.windrose.decide.failover;

import dev.windrose.model.RegionId;
import dev.windrose.model.Rule;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The progress of a target's failback.
 *
 * <p>However traffic left the target (down, degraded while others serve, ejected, an expired override), it returns by
 * the rule's failback policy. What the journal records is honoured by every node. What only this region observes is
 * honoured by this node at once, and by the region's other nodes when it is recorded. An override that an operator
 * takes back needs no failback.
 *
 * @param share of its traffic that it may have, 0 to 1
 * @param complete whether the failback is over as far as this node sees
 * @param unrecorded why this region's traffic left it, when the journal has no record of that; else empty
 * @param outage what to remember of the outage; null for nothing
 */
public record FailbackProgress(
        double share,
        boolean complete,
        String unrecorded,
        @Nullable Outage outage) {

    /**
     * One target of a rule.
     *
     * @param self the region whose clients are concerned
     */
    public record Target(Rule rule, RegionId region, RegionId self) {

        private boolean recorded() {
            return rule.failover().left(region) || rule.failover().leftBy(region, self);
        }

        private boolean stillLeft(Outage outage) {
            return outage.left() && !rule.failover().backSince(region, self, outage.sinceEpochMs());
        }
    }

    /**
     * State of a target that did not serve.
     *
     * @param left whether traffic left it, and returns by the rule's policy
     * @param ordered whether an operator took it out last
     * @param sinceEpochMs since when
     * @param evidence why traffic left it
     * @param wellSinceNanos since when it is healthy without interruption; null while it is not
     */
    public record Outage(
            boolean left,
            boolean ordered,
            long sinceEpochMs,
            String evidence,
            @Nullable Long wellSinceNanos) {}

    private static final FailbackProgress BACK = new FailbackProgress(1, true, "", null);
    private static final String LAPSED = "the override that took it out expired, and nobody reverted it";

    /**
     * For a target that does not serve now.
     *
     * @param before what is remembered of it
     * @param leaves whether traffic leaves it for its health
     * @param ordered whether an operator takes it out
     * @param evidence why it leaves it
     */
    public static FailbackProgress out(
            Target target,
            @Nullable Outage before,
            boolean leaves,
            boolean ordered,
            Supplier<String> evidence,
            long nowEpochMs) {
        if (before != null && target.stillLeft(before)) {
            Outage goesOn = new Outage(true, ordered, before.sinceEpochMs(), before.evidence(), null);
            return new FailbackProgress(1, false, target.recorded() ? "" : before.evidence(), goesOn);
        }
        boolean left = target.rule().failover().enabled() && leaves;
        String why = left ? evidence.get() : "";
        return new FailbackProgress(
                1, false, target.recorded() ? "" : why, new Outage(left, ordered, nowEpochMs, why, null));
    }

    /**
     * For a target that would serve now.
     *
     * @param before what is remembered of it
     * @param lapsedEpochMs when an override expired that nobody has taken back; 0 for none. Taking one back states that
     *     the target is to serve
     * @param nowNanos on a clock that only goes forward
     */
    public static FailbackProgress serves(
            Target target, @Nullable Outage before, long lapsedEpochMs, long nowNanos, long nowEpochMs) {
        Rule rule = target.rule();
        boolean recorded = rule.failover().enabled() && target.recorded();
        if (before == null && !recorded) {
            return BACK;
        }
        boolean unsaid = before != null && before.ordered() && lapsedEpochMs >= before.sinceEpochMs();
        boolean left = rule.failover().enabled() && before != null && (unsaid || target.stillLeft(before));
        String evidence = unsaid ? LAPSED : before == null ? "" : before.evidence();
        // A restarted node, or one that sees the target as healthy although the others left it, restarts the wait.
        Long since = before == null ? null : before.wellSinceNanos();
        long wellSince = since == null ? nowNanos : since;
        long wellForMs = (nowNanos - wellSince) / 1_000_000;
        Failback.Step step = left || recorded ? Failback.after(rule.failover().policy(), wellForMs) : Failback.Step.ALL;
        double warm = SlowStart.share(wellForMs, rule.health().policy().slowStart());
        boolean forgotten = step.complete() && warm >= 1 && !recorded;
        long outSince = before == null || unsaid ? nowEpochMs : before.sinceEpochMs();
        boolean untold = left && !recorded && !step.complete();
        return new FailbackProgress(
                Math.min(step.share(), warm),
                step.complete(),
                untold ? evidence : "",
                forgotten ? null : new Outage(left, false, outSince, evidence, wellSince));
    }
}
