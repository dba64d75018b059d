package dev.windrose.decide.failover;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.decide.health.Checks;
import dev.windrose.decide.route.Tables;
import dev.windrose.model.Algorithm;
import dev.windrose.model.FailoverMark;
import dev.windrose.model.FailoverPolicy;
import dev.windrose.model.HealthPolicy;
import dev.windrose.model.RegionId;
import dev.windrose.model.Rule;
import dev.windrose.model.RuleFailover;
import dev.windrose.model.RuleHealth;
import dev.windrose.model.SafetyRules;
import dev.windrose.model.WhenFull;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FailbackProgressTest {

    private static final RegionId EU = Tables.EU;
    private static final FailoverMark OUT = new FailoverMark(true, 1, "us-east-1", "2 of 3 see it down");
    private static final FailoverMark BACK = new FailoverMark(false, 2, "ada", "looks well");

    private FailbackProgress.@Nullable Outage outage = null;
    private long now = 0;

    private static Rule rule(FailoverPolicy.Failback failback, Duration slowStart, @Nullable FailoverMark mark) {
        Rule plain = Tables.rule(Tables.WEB, Algorithm.PRIORITY, List.of(EU));
        HealthPolicy usual = HealthPolicy.DEFAULT;
        return new Rule(
                plain.id(),
                plain.name(),
                plain.algorithm(),
                plain.targets(),
                plain.weights(),
                plain.endpoints(),
                new RuleHealth(
                        Checks.DEFAULTS,
                        Map.of(),
                        new HealthPolicy(0, 0, slowStart, 0, usual.outlierDistance(), usual.outlierRequests(), 0),
                        Map.of()),
                new RuleFailover(
                        true,
                        new FailoverPolicy(failback, Duration.ofSeconds(60), 4, Duration.ofSeconds(10), WhenFull.SPILL),
                        SafetyRules.DEFAULT,
                        mark == null ? Map.of() : Map.of(EU, mark)),
                plain.sessionAffinity(),
                plain.fallback(),
                plain.status());
    }

    private double share(Rule rule, boolean serves, long afterSeconds) {
        now += afterSeconds * 1_000_000_000L;
        return serves ? serves(rule, 0).share() : out(rule, true, false).share();
    }

    private FailbackProgress out(Rule rule, boolean leaves, boolean ordered) {
        return remembered(
                FailbackProgress.out(seenBy(Tables.US, rule), outage, leaves, ordered, () -> "down", epochMs()));
    }

    private FailbackProgress serves(Rule rule, long lapsedEpochMs) {
        return remembered(FailbackProgress.serves(seenBy(Tables.US, rule), outage, lapsedEpochMs, now, epochMs()));
    }

    private FailbackProgress remembered(FailbackProgress progress) {
        outage = progress.outage();
        return progress;
    }

    private static FailbackProgress.Target seenBy(RegionId self, Rule rule) {
        return new FailbackProgress.Target(rule, EU, self);
    }

    /** By a node of that region that remembers nothing. */
    private FailbackProgress.@Nullable Outage startsAnew(RegionId self, Rule rule, double share) {
        FailbackProgress progress = FailbackProgress.serves(seenBy(self, rule), null, 0, now, epochMs());
        assertThat(progress.share()).isEqualTo(share);
        return progress.outage();
    }

    private static void stands(FailbackProgress progress, double share, boolean complete, String unrecorded) {
        assertThat(progress.share()).isEqualTo(share);
        assertThat(progress.complete()).isEqualTo(complete);
        assertThat(progress.unrecorded()).isEqualTo(unrecorded);
    }

    private long epochMs() {
        return 10 + now / 1_000_000;
    }

    @Test
    void aTargetThatWasNeverLeftHasItsFullShare() {
        assertThat(share(rule(FailoverPolicy.Failback.MANUAL, Duration.ZERO, null), true, 0))
                .isEqualTo(1);
    }

    @Test
    void aTargetThatComesBackByItselfWarmsUp() {
        Rule rule = rule(FailoverPolicy.Failback.AUTOMATIC, Duration.ofSeconds(60), null);
        share(rule, false, 1);
        assertThat(share(rule, true, 1)).isEqualTo(0.1);
        assertThat(share(rule, true, 33)).isEqualTo(0.5);
        assertThat(share(rule, true, 30)).isEqualTo(1);
    }

    @Test
    void aRampThatGetsWorseStartsAgain() {
        Rule rule = rule(FailoverPolicy.Failback.RAMPED, Duration.ZERO, OUT);
        share(rule, false, 1);
        assertThat(share(rule, true, 1)).isZero();
        assertThat(share(rule, true, 75)).isEqualTo(0.5);
        share(rule, false, 1);
        assertThat(share(rule, true, 1)).isZero();
        assertThat(share(rule, true, 59)).isZero();
        assertThat(share(rule, true, 2)).isEqualTo(0.25);
        assertThat(share(rule, true, 60)).isEqualTo(1);
    }

    @Test
    void whatOnlySomebodyBringsBackWaitsForThem() {
        share(rule(FailoverPolicy.Failback.MANUAL, Duration.ZERO, null), false, 1);
        assertThat(share(rule(FailoverPolicy.Failback.MANUAL, Duration.ZERO, OUT), true, 100_000))
                .isZero();
        FailoverMark called = new FailoverMark(false, epochMs(), "ada", "looks well");
        assertThat(share(rule(FailoverPolicy.Failback.MANUAL, Duration.ZERO, called), true, 1))
                .isEqualTo(1);
        assertThat(share(rule(FailoverPolicy.Failback.MANUAL, Duration.ZERO, called), true, 1))
                .isEqualTo(1);
    }

    @Test
    void whatThisRegionAloneLeftWaitsAsWellBeforeAndAfterItIsRecorded() {
        Rule rule = rule(FailoverPolicy.Failback.MANUAL, Duration.ZERO, BACK);
        assertThat(out(rule, true, false).unrecorded()).isEqualTo("down");
        assertThat(share(rule, true, 100_000)).isZero();
        Rule recorded = Tables.withFailover(
                rule,
                new RuleFailover(
                        true,
                        rule.failover().policy(),
                        rule.failover().safety(),
                        Map.of(),
                        Map.of(EU, Map.of(Tables.US, OUT))));
        stands(serves(recorded, 0), 0, false, "");
        startsAnew(Tables.US, recorded, 0);
        assertThat(startsAnew(Tables.ASIA, recorded, 1)).isNull();
    }

    @Test
    void delaysAndRampsHoldForWhatThisRegionAloneLeft() {
        Rule delayed = rule(FailoverPolicy.Failback.DELAYED, Duration.ZERO, null);
        share(delayed, false, 1);
        assertThat(share(delayed, true, 1)).isZero();
        assertThat(share(delayed, true, 59)).isZero();
        assertThat(share(delayed, true, 1)).isEqualTo(1);
        Rule ramped = rule(FailoverPolicy.Failback.RAMPED, Duration.ZERO, null);
        share(ramped, false, 1);
        assertThat(share(ramped, true, 1)).isZero();
        assertThat(share(ramped, true, 61)).isEqualTo(0.25);
        assertThat(share(ramped, true, 40)).isEqualTo(1);
    }

    @Test
    void whatNoTrafficLeftWaitsForNobody() {
        Rule rule = rule(FailoverPolicy.Failback.MANUAL, Duration.ZERO, null);
        out(rule, false, false);
        assertThat(share(rule, true, 1)).isEqualTo(1);
    }

    @Test
    void whatAnOperatorTookOutComesBackWithTheirWordAndWarmsUpOnly() {
        Rule rule = rule(FailoverPolicy.Failback.MANUAL, Duration.ofSeconds(60), null);
        assertThat(out(rule, false, true).share()).isEqualTo(1);
        assertThat(share(rule, true, 1)).isEqualTo(0.1);
        assertThat(share(rule, true, 60)).isEqualTo(1);
    }

    @Test
    void whatAnOperatorTookOutForATimeWaitsForSomebodyWhenTheTimeIsOver() {
        Rule rule = rule(FailoverPolicy.Failback.MANUAL, Duration.ZERO, null);
        out(rule, false, true);
        now += 60_000_000_000L;
        stands(serves(rule, epochMs() - 5), 0, false, "the override that took it out expired, and nobody reverted it");
        now += 60_000_000_000L;
        assertThat(serves(rule, epochMs() - 60_005).share()).isZero();
        FailoverMark called = new FailoverMark(false, epochMs(), "ada", "looks well");
        assertThat(share(rule(FailoverPolicy.Failback.MANUAL, Duration.ZERO, called), true, 1))
                .isEqualTo(1);
        // An override of long ago that still stands there holds up nothing.
        out(rule, false, true);
        assertThat(serves(rule, 3).share()).isEqualTo(1);
    }

    @Test
    void aNodeThatWasStartedAgainHonoursWhatTheJournalSays() {
        assertThat(share(rule(FailoverPolicy.Failback.MANUAL, Duration.ZERO, OUT), true, 1))
                .isZero();
        Rule delayed = rule(FailoverPolicy.Failback.DELAYED, Duration.ZERO, OUT);
        outage = null;
        assertThat(serves(delayed, 0).share()).isZero();
        now += 61_000_000_000L;
        stands(serves(delayed, 0), 1, true, "");
    }
}
