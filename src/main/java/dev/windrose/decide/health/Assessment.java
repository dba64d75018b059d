package dev.windrose.decide.health;

import dev.windrose.model.HealthStatus;
import dev.windrose.model.RegionId;
import dev.windrose.model.Rule;
import dev.windrose.model.RuleId;
import dev.windrose.model.TargetHealth;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Determines the health of every target and every region. */
public final class Assessment {

    /*
     * One pass over the facts at one instant: the observers' views of each check become one verdict (CheckVerdict);
     * verdicts, outcomes, reports and overrides determine the status and share of each target of each rule
     * (RuleAssessment), and the status of whole regions (RegionSummaries).
     *
     * It keeps no state. State from the previous assessment, which keeps values at a threshold from making traffic
     * oscillate, is passed in and returned: the same facts with the same memory always give the same result. A health
     * decision is therefore a table in a test, and can be reproduced from its inputs.
     */

    /**
     * The result.
     *
     * @param memory for the next assessment
     */
    public record Result(HealthPicture picture, HealthMemory memory) {}

    /** @param before memory of the previous assessment, {@link HealthMemory#NOTHING} for the first */
    public static Result of(HealthFacts facts, HealthMemory before) {
        Map<String, CheckVerdict> verdicts = new HashMap<>();
        Map<String, HealthStatus> majorities = new HashMap<>();
        Map<RegionId, List<CheckVerdict>> byRegion = new HashMap<>();
        facts.watchlist().plan().checks().forEach((id, check) -> {
            CheckVerdict verdict = verdict(id, facts, before);
            verdicts.put(id, verdict);
            byRegion.computeIfAbsent(check.region(), region -> new ArrayList<>())
                    .add(verdict);
            if (verdict.ruling().reach() == Verdict.Reach.EVERYBODY
                    && verdict.ruling().status() != HealthStatus.HEALTHY) {
                majorities.put(id, verdict.ruling().status());
            }
        });
        Overrides overrides = new Overrides(facts.watchlist().regions(), facts.secondApprover(), facts.nowEpochMs());
        Map<RuleId, Map<RegionId, TargetHealth>> targets = new HashMap<>();
        Map<RuleId, HealthMemory.OfRule> remembered = new HashMap<>();
        List<HealthPicture.Turn> turns = new ArrayList<>();
        for (Rule rule : facts.watchlist().rules().values()) {
            RuleAssessment.Result result = RuleAssessment.of(rule, facts, verdicts, overrides, before.of(rule.id()));
            targets.put(rule.id(), result.targets());
            turns.addAll(result.turns());
            if (!result.memory().isNothing()) {
                remembered.put(rule.id(), result.memory());
            }
        }
        return new Result(
                new HealthPicture(targets, RegionSummaries.of(facts, overrides, byRegion), reports(facts), turns),
                new HealthMemory(majorities, remembered));
    }

    /** The combined verdict of all observers on one check, and whose clients it affects. */
    public static Verdict.Ruling ruling(String checkId, HealthFacts facts, HealthMemory before) {
        return verdict(checkId, facts, before).ruling();
    }

    private static CheckVerdict verdict(String checkId, HealthFacts facts, HealthMemory before) {
        return CheckVerdict.of(
                facts.checks().getOrDefault(checkId, HealthFacts.Observations.NONE),
                facts.self(),
                before.majority(checkId));
    }

    private static List<HealthPicture.Reported> reports(HealthFacts facts) {
        return facts.reports().values().stream()
                .filter(HealthFacts.LastReport::counts)
                .map(HealthFacts.LastReport::said)
                .toList();
    }

    private Assessment() {}
}
