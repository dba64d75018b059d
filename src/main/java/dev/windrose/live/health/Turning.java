package dev.windrose.live.health;

import dev.windrose.decide.health.CheckPlan;
import dev.windrose.decide.health.HealthPicture;
import dev.windrose.decide.health.Verdict;
import dev.windrose.model.Authority;
import dev.windrose.model.FailoverPolicy;
import dev.windrose.model.HealthStatus;
import dev.windrose.model.RegionId;
import dev.windrose.model.Rule;
import dev.windrose.model.TargetHealth;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds the failovers and failbacks of one rule that are not recorded.
 *
 * <p>What a majority sees is recorded for everybody. What this region alone sees, or was told, is recorded for its own
 * clients, where the rule has somebody or something to wait for: traffic that comes back as soon as a target is well needs no
 * memory, and a link that flaps is to fill no journal.
 */
final class Turning {

    private final Picturing picturing;
    private final Rule rule;
    private final List<HealthPicture.Turn> turns;

    /** @param turns what is found is added there */
    Turning(Picturing picturing, Rule rule, List<HealthPicture.Turn> turns) {
        this.picturing = picturing;
        this.rule = rule;
        this.turns = turns;
    }

    /**
     * A target that does not serve.
     *
     * @param leaves whether its traffic leaves it for its health
     */
    void out(
            RegionId region, TargetHealth health, List<CheckPlan.Place> places, boolean leaves, Returns.Return stands) {
        if (!rule.failover().enabled() || !leaves) {
            return;
        }
        if (health.authority() == Authority.PROBE && !rule.failover().left(region)) {
            String seen = everybody(health.status(), places);
            if (!seen.isEmpty()) {
                turns.add(new HealthPicture.Turn(rule.id(), region, picturing.mark(true, seen), false));
                return;
            }
        }
        ownOut(region, stands);
    }

    /** A target that serves, or would if it were not held back. */
    void serves(RegionId region, TargetHealth health, List<CheckPlan.Place> places, Returns.Return back) {
        if (!rule.failover().enabled()) {
            return;
        }
        boolean probed = health.authority() == Authority.PROBE && health.status() == HealthStatus.HEALTHY;
        if (rule.failover().left(region) && back.complete() && probed) {
            String seen = everybody(HealthStatus.HEALTHY, places);
            if (!seen.isEmpty()) {
                turns.add(new HealthPicture.Turn(rule.id(), region, picturing.mark(false, seen), false));
            }
        }
        if (rule.failover().leftBy(region, picturing.self()) && back.complete()) {
            own(region, false, why(health, places));
        } else {
            ownOut(region, back);
        }
    }

    private void ownOut(RegionId region, Returns.Return stands) {
        boolean waits = rule.failover().policy().failback() != FailoverPolicy.Failback.AUTOMATIC;
        if (waits && !stands.unrecorded().isEmpty()) {
            own(region, true, stands.unrecorded());
        }
    }

    private void own(RegionId region, boolean out, String evidence) {
        turns.add(new HealthPicture.Turn(rule.id(), region, picturing.mark(out, evidence), true));
    }

    /** What the observers say of each check with that status; empty when a majority does not see one of them so. */
    private String everybody(HealthStatus status, List<CheckPlan.Place> places) {
        List<String> seen = new ArrayList<>();
        for (CheckPlan.Place place : places) {
            for (CheckPlan.Look look : place.looks()) {
                Verdict.Ruling ruling = picturing.ruling(look.checkId());
                if (ruling != null && ruling.status() == status) {
                    if (ruling.reach() != Verdict.Reach.EVERYBODY) {
                        return "";
                    }
                    seen.add(picturing.evidence(place, look));
                }
            }
        }
        return String.join("; ", seen);
    }

    /** What speaks for what is believed of a target. */
    String why(TargetHealth health, List<CheckPlan.Place> places) {
        if (health.authority() == Authority.PASSIVE) {
            return health.status().wireName() + " by the outcomes that clients report";
        }
        if (health.authority() != Authority.PROBE || places.isEmpty()) {
            return health.status().wireName() + " by " + health.authority().wireName();
        }
        List<String> seen = new ArrayList<>();
        for (CheckPlan.Place place : places) {
            place.looks().forEach(look -> seen.add(picturing.evidence(place, look)));
        }
        return String.join("; ", seen);
    }
}
