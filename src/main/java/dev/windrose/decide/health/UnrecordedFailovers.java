package dev.windrose.decide.health;

import dev.windrose.decide.failover.FailbackProgress;
import dev.windrose.model.Authority;
import dev.windrose.model.FailoverMark;
import dev.windrose.model.FailoverPolicy;
import dev.windrose.model.HealthStatus;
import dev.windrose.model.RegionId;
import dev.windrose.model.Rule;
import dev.windrose.model.TargetHealth;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Finds the failovers and failbacks of one rule that the journal does not record yet. For one assessment.
 *
 * <p>What a majority sees is recorded for everyone. What this region alone sees, or received as a report, is recorded
 * for its own clients if the failback policy has something to wait for: an immediate return needs no record, and a
 * flapping link must not fill the journal.
 */
final class UnrecordedFailovers {

    private final Rule rule;
    private final HealthFacts facts;
    private final Map<String, CheckVerdict> verdicts;
    private final List<HealthPicture.Turn> found = new ArrayList<>();

    UnrecordedFailovers(Rule rule, HealthFacts facts, Map<String, CheckVerdict> verdicts) {
        this.rule = rule;
        this.facts = facts;
        this.verdicts = verdicts;
    }

    List<HealthPicture.Turn> found() {
        return found;
    }

    /**
     * A target that does not serve.
     *
     * @param leaves whether its traffic leaves it for its health
     */
    void out(
            RegionId region,
            TargetHealth health,
            List<CheckPlan.Place> places,
            boolean leaves,
            FailbackProgress progress) {
        if (!rule.failover().enabled() || !leaves) {
            return;
        }
        if (health.authority() == Authority.PROBE && !rule.failover().left(region)) {
            String seen = everybody(health.status(), places);
            if (!seen.isEmpty()) {
                found.add(new HealthPicture.Turn(rule.id(), region, mark(true, seen), false));
                return;
            }
        }
        ownOut(region, progress);
    }

    /** A target that serves, or would without its failback. */
    void serves(RegionId region, TargetHealth health, List<CheckPlan.Place> places, FailbackProgress progress) {
        if (!rule.failover().enabled()) {
            return;
        }
        boolean probed = health.authority() == Authority.PROBE && health.status() == HealthStatus.HEALTHY;
        if (rule.failover().left(region) && progress.complete() && probed) {
            String seen = everybody(HealthStatus.HEALTHY, places);
            if (!seen.isEmpty()) {
                found.add(new HealthPicture.Turn(rule.id(), region, mark(false, seen), false));
            }
        }
        if (rule.failover().leftBy(region, facts.self()) && progress.complete()) {
            own(region, false, why(health, places));
        } else {
            ownOut(region, progress);
        }
    }

    private void ownOut(RegionId region, FailbackProgress progress) {
        boolean waits = rule.failover().policy().failback() != FailoverPolicy.Failback.AUTOMATIC;
        if (waits && !progress.unrecorded().isEmpty()) {
            own(region, true, progress.unrecorded());
        }
    }

    private void own(RegionId region, boolean out, String evidence) {
        found.add(new HealthPicture.Turn(rule.id(), region, mark(out, evidence), true));
    }

    /** A mark by this region, made now. */
    private FailoverMark mark(boolean out, String evidence) {
        return new FailoverMark(
                out,
                facts.nowEpochMs(),
                facts.self().value(),
                evidence.substring(0, Math.min(evidence.length(), FailoverMark.MAX_EVIDENCE)));
    }

    /** The observations of each check with that status; empty when a majority does not see one of them so. */
    private String everybody(HealthStatus status, List<CheckPlan.Place> places) {
        List<String> seen = new ArrayList<>();
        for (CheckPlan.Place place : places) {
            for (CheckPlan.Look look : place.looks()) {
                CheckVerdict verdict = verdicts.get(look.checkId());
                if (verdict != null && verdict.ruling().status() == status) {
                    if (verdict.ruling().reach() != Verdict.Reach.EVERYBODY) {
                        return "";
                    }
                    seen.add(evidence(place, look));
                }
            }
        }
        return String.join("; ", seen);
    }

    /** The evidence for the status of a target. */
    String why(TargetHealth health, List<CheckPlan.Place> places) {
        if (health.authority() == Authority.PASSIVE) {
            return health.status().wireName() + " according to outcomes reported by clients";
        }
        if (health.authority() != Authority.PROBE || places.isEmpty()) {
            return health.status().wireName() + " by " + health.authority().wireName();
        }
        List<String> seen = new ArrayList<>();
        for (CheckPlan.Place place : places) {
            place.looks().forEach(look -> seen.add(evidence(place, look)));
        }
        return String.join("; ", seen);
    }

    /** Each observer's result for an endpoint. */
    private String evidence(CheckPlan.Place place, CheckPlan.Look look) {
        HealthFacts.Observations seen = facts.checks().getOrDefault(look.checkId(), HealthFacts.Observations.NONE);
        HealthFacts.Observation own = seen.own();
        StringBuilder said = new StringBuilder(place.endpoint().toString());
        said.append(": ")
                .append(facts.self())
                .append(' ')
                .append(own == null ? "?" : own.status().wireName());
        new TreeMap<>(seen.byRegion())
                .forEach((region, one) -> said.append(", ")
                        .append(region)
                        .append(' ')
                        .append(one.status().wireName()));
        return said.toString();
    }
}
