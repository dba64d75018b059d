package dev.windrose.decide.route;

import dev.windrose.model.HealthStatus;
import dev.windrose.model.Rule;
import dev.windrose.model.TargetHealth;
import java.util.function.Predicate;

/** Which targets of a rule its algorithm may currently choose. */
final class Candidacy {

    private final Tier tier;
    private final long candidates;
    private final double[] kept;
    private final double[] keptSessions;

    private Candidacy(Tier tier, long candidates, double[] kept, double[] keptSessions) {
        this.tier = tier;
        this.candidates = candidates;
        this.kept = kept;
        this.keptSessions = keptSessions;
    }

    Tier tier() {
        return tier;
    }

    /** Bit i is set when target i may be chosen. */
    long candidates() {
        return candidates;
    }

    /** As {@link #kept}, for clients with an affinity key: at least as much. Not to be written to. */
    double[] keptSessions() {
        return keptSessions;
    }

    /** By target, the share that it may have of the clients chosen for it, 0 to 1. Not to be written to. */
    double[] kept() {
        return kept;
    }

    /**
     * @param health of each target, in the order of the rule's targets
     * @param allowed bit i is set when target i may serve at all; others are ignored
     */
    static Candidacy of(Rule rule, TargetHealth[] health, long allowed) {
        Tier tier = tier(rule, health, allowed);
        double[] kept = new double[health.length];
        double[] keptSessions = new double[health.length];
        for (int i = 0; i < kept.length; i++) {
            boolean degraded = health[i].status() == HealthStatus.DEGRADED;
            double may = degraded ? rule.health().policy().degradedShare() : health[i].share();
            boolean all = tier != Tier.SERVING;
            kept[i] = all ? 1 : Math.min(may, health[i].drain().share());
            keptSessions[i] = all ? 1 : Math.min(may, health[i].drain().sessionShare());
        }
        return new Candidacy(tier, candidates(tier, rule, health, allowed), kept, keptSessions);
    }

    private static Tier tier(Rule rule, TargetHealth[] health, long allowed) {
        int serving = Long.bitCount(atLeast(
                rule.failover().safety().minRegions(),
                health,
                allowed,
                mask(health, allowed, target -> target.status().serves() && target.kept() > 0)));
        if (serving > 0) {
            int all = Long.bitCount(mask(health, allowed, target -> true));
            return serving < rule.health().policy().panicBelow() * all ? Tier.PANIC : Tier.SERVING;
        }
        if (candidates(Tier.DEGRADED, rule, health, allowed) != 0) {
            return Tier.DEGRADED;
        }
        if (candidates(Tier.HELD, rule, health, allowed) != 0) {
            return Tier.HELD;
        }
        return switch (rule.fallback().mode()) {
            case FAIL_OPEN -> Tier.FAIL_OPEN;
            case REGION -> Tier.FALLBACK;
            case FAIL_CLOSED -> Tier.NONE;
        };
    }

    private static long candidates(Tier of, Rule rule, TargetHealth[] health, long allowed) {
        boolean degradedToo = rule.health().policy().degradedShare() > 0;
        return switch (of) {
            case SERVING ->
                atLeast(
                        rule.failover().safety().minRegions(),
                        health,
                        allowed,
                        mask(
                                health,
                                allowed,
                                target -> Math.max(target.kept(), target.keptSessions()) > 0
                                        && (target.status().serves()
                                                || (degradedToo && target.status() == HealthStatus.DEGRADED))));
            case DEGRADED -> mask(health, allowed, target -> target.status() == HealthStatus.DEGRADED);
            case HELD -> mask(health, allowed, target -> target.status().serves());
            case PANIC, FAIL_OPEN -> {
                // Targets taken out by an operator are used only as a last resort.
                long left = mask(health, allowed, target -> !target.takenOut());
                yield left != 0 ? left : mask(health, allowed, target -> true);
            }
            case FALLBACK, NONE -> 0;
        };
    }

    /**
     * Keeps the rule's minimum of targets in service even if operators have drained them, in the rule's order. With a
     * minimum of one, the rule's fallback decides when none is left. It also covers drains that two sides of a
     * partition made without knowing of each other.
     */
    private static long atLeast(int regions, TargetHealth[] health, long allowed, long serving) {
        long kept = serving;
        for (int i = 0; i < health.length && regions > 1 && Long.bitCount(kept) < regions; i++) {
            if ((allowed >>> i & 1) != 0 && health[i].status() == HealthStatus.DRAINING && health[i].wellOtherwise()) {
                kept |= 1L << i;
            }
        }
        return kept;
    }

    private static long mask(TargetHealth[] health, long allowed, Predicate<TargetHealth> wanted) {
        long mask = 0;
        for (int i = 0; i < health.length; i++) {
            if ((allowed >>> i & 1) != 0 && wanted.test(health[i])) {
                mask |= 1L << i;
            }
        }
        return mask;
    }
}
