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
     * One pass over what is known at one instant: the observers' views of each check become one verdict (CheckVerdict), the
     * verdicts, outcomes, reports and overrides become what each target of each rule is and may have (RuleAssessment), and
     * what the regions are as a whole (RegionSummaries).
     *
     * Nothing is kept here. What an assessment has to know of the one before, so that nothing at a boundary moves traffic to
     * and fro, it is given and gives back: the same facts after the same memory are always assessed alike, so a decision
     * about health is a table in a test, and it can be repeated from what was known.
     */

    /**
     * What is believed.
     *
     * @param memory for the next assessment
     */
    public record Result(HealthPicture picture, HealthMemory memory) {}

    /** @param before what the assessment before gave to remember, {@link HealthMemory#NOTHING} when there was none */
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

    /** What all observers together say of one check, and whom that moves. */
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
