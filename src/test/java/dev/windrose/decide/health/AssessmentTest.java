package dev.windrose.decide.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.Forall;
import dev.windrose.decide.route.Tables;
import dev.windrose.model.Algorithm;
import dev.windrose.model.Authority;
import dev.windrose.model.FailoverPolicy;
import dev.windrose.model.HealthOverride;
import dev.windrose.model.HealthPolicy;
import dev.windrose.model.HealthStatus;
import dev.windrose.model.Region;
import dev.windrose.model.RegionId;
import dev.windrose.model.Rule;
import dev.windrose.model.RuleFailover;
import dev.windrose.model.RuleHealth;
import dev.windrose.model.RuleId;
import dev.windrose.model.SafetyRules;
import dev.windrose.model.TargetHealth;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AssessmentTest {

    private static final long NOW_EPOCH_MS = 1_000_000;
    private static final long SECOND = 1_000_000_000L;
    private static final Duration WINDOW = Duration.ofSeconds(60);
    private static final Rule RULE =
            Tables.rule(Tables.WEB, Algorithm.PRIORITY, List.of(Tables.US, Tables.EU, Tables.ASIA));

    private final Map<RegionId, HealthOverride> ofTargets = new HashMap<>();
    private final Map<RegionId, HealthOverride> ofRegions = new HashMap<>();
    private final Map<RegionId, HealthStatus> own = new HashMap<>();
    private final Map<String, HealthStatus> others = new HashMap<>();
    private final Map<RegionId, HealthFacts.LastReport> reports = new TreeMap<>();
    private @Nullable Map<RuleId, Map<RegionId, Outliers.Outcomes>> outcomes = null;
    private RuleFailover failover = RULE.failover();
    private HealthPolicy policy = HealthPolicy.DEFAULT;
    private boolean secondApprover = false;
    private long nowNanos = SECOND;
    private HealthMemory memory = HealthMemory.NOTHING;

    /** Of which Asia has no endpoint, so that no check looks at it. */
    private Watchlist watchlist() {
        Rule rule = Tables.withFailover(
                new Rule(
                        RULE.id(),
                        RULE.name(),
                        RULE.algorithm(),
                        RULE.targets(),
                        RULE.weights(),
                        RULE.endpoints(),
                        new RuleHealth(Checks.DEFAULTS, Map.of(), policy, ofTargets),
                        RULE.failover(),
                        false,
                        RULE.fallback(),
                        RULE.status()),
                failover);
        List<Region> regions = new ArrayList<>();
        for (RegionId id : RULE.targets()) {
            List<URI> endpoints = id.equals(Tables.ASIA) ? List.of() : List.of(URI.create("http://" + id + ".example"));
            regions.add(new Region(id, endpoints, null, 0, Set.of(), ofRegions.get(id)));
        }
        return Watchlist.of(List.of(rule), regions, Tables.US, 100);
    }

    private HealthFacts facts() {
        Watchlist watchlist = watchlist();
        Map<String, HealthFacts.Observations> checks = new HashMap<>();
        watchlist.plan().checks().forEach((id, check) -> {
            HealthStatus status = own.get(check.region());
            Map<String, HealthFacts.Observation> byRegion = new HashMap<>();
            if (check.region().equals(Tables.EU)) {
                others.forEach((region, said) -> byRegion.put(region, new HealthFacts.Observation(said, 20, 1)));
            }
            checks.put(
                    id,
                    new HealthFacts.Observations(
                            status == null ? null : new HealthFacts.Observation(status, 10, 1), byRegion));
        });
        return new HealthFacts(
                Tables.US,
                watchlist,
                checks,
                reports,
                outcomes,
                WINDOW,
                secondApprover,
                nowNanos,
                NOW_EPOCH_MS + nowNanos / 1_000_000);
    }

    private HealthPicture assess() {
        Assessment.Result result = Assessment.of(facts(), memory);
        memory = result.memory();
        return result.picture();
    }

    private TargetHealth target(RegionId region) {
        return assess().of(Tables.WEB, region);
    }

    private static HealthStatus status(String name) {
        return HealthStatus.valueOf(name.toUpperCase(Locale.ROOT));
    }

    private static HealthOverride override(HealthStatus status, String approver, boolean inForce) {
        long until = inForce ? 10 * NOW_EPOCH_MS : NOW_EPOCH_MS;
        return new HealthOverride(status, "ada", approver, "a try", NOW_EPOCH_MS - 1, until, 0, 0);
    }

    private static HealthFacts.LastReport report(RegionId region, HealthStatus believed, boolean counts) {
        HealthReport said = new HealthReport(region, believed, 150, 0.9, 7);
        return new HealthFacts.LastReport(new HealthPicture.Reported(said, 77), believed, counts);
    }

    private void clientsReported(RegionId region, long requests, long failures) {
        outcomes = Map.of(Tables.WEB, Map.of(region, new Outliers.Outcomes(requests, failures)));
    }

    /** Checks look at Europe and none at Asia. */
    @ParameterizedTest(name = "{0}: {1} {2} {3} {4} -> {5} by {6}")
    @CsvSource({
        // target, override, own check, report, reported lately, status, authority
        "eu-west-1,      unhealthy, healthy,   healthy,   true,  unhealthy, override",
        "eu-west-1,      healthy,   unhealthy, unhealthy, true,  healthy,   override",
        "eu-west-1,      draining,  healthy,   healthy,   true,  draining,  override",
        "eu-west-1,      ,          unhealthy, healthy,   true,  unhealthy, probe",
        "eu-west-1,      ,          degraded,  unhealthy, true,  degraded,  probe",
        // Nobody has checked it yet: that is no reason to believe anybody else.
        "ap-southeast-1, ,          ,          degraded,  true,  degraded,  report",
        "ap-southeast-1, ,          ,          unhealthy, false, unknown,   none",
        "ap-southeast-1, ,          ,          ,          true,  unknown,   none",
    })
    void theHighestAuthorityThatHasSomethingToSayIsBelieved(
            String target,
            @Nullable String override,
            @Nullable String check,
            @Nullable String report,
            boolean lately,
            String expected,
            String authority) {
        RegionId region = new RegionId(target);
        if (override != null) {
            ofTargets.put(region, override(status(override), "", true));
        }
        if (check != null) {
            own.put(region, status(check));
        }
        if (report != null) {
            reports.put(region, report(region, status(report), lately));
        }
        TargetHealth believed = target(region);
        assertThat(believed.status()).isEqualTo(status(expected));
        assertThat(believed.authority().wireName()).isEqualTo(authority);
    }

    @ParameterizedTest(name = "target {0} in force {1}, region {2} in force {3} approver {4} asked {5} -> {6}, {7}")
    @CsvSource({
        // of the target,   of the region,            second asked, target,    region
        "degraded,  true,   unhealthy, true,  '',     false,        degraded,  unhealthy",
        "degraded,  false,  unhealthy, true,  '',     false,        unhealthy, unhealthy",
        "degraded,  false,  unhealthy, false, '',     false,        healthy,   healthy",
        ",          true,   unhealthy, true,  '',     true,         healthy,   healthy",
        ",          true,   draining,  true,  '',     true,         healthy,   healthy",
        ",          true,   draining,  true,  grace,  true,         draining,  draining",
        ",          true,   unhealthy, true,  grace,  true,         unhealthy, unhealthy",
        // Who takes nothing out asks nobody.
        ",          true,   degraded,  true,  '',     true,         degraded,  degraded",
        // One rule's target is no region.
        "unhealthy, true,   ,          true,  '',     true,         unhealthy, healthy",
    })
    void whatIsSaidOfATargetComesFirstAndNobodyTakesOutARegionAloneWhereTwoHaveTo(
            @Nullable String target,
            boolean targetInForce,
            @Nullable String region,
            boolean regionInForce,
            String approver,
            boolean asked,
            String expected,
            String regionExpected) {
        own.put(Tables.EU, HealthStatus.HEALTHY);
        secondApprover = asked;
        if (target != null) {
            ofTargets.put(Tables.EU, override(status(target), "", targetInForce));
        }
        if (region != null) {
            ofRegions.put(Tables.EU, override(status(region), approver, regionInForce));
        }
        HealthPicture picture = assess();
        assertThat(picture.of(Tables.WEB, Tables.EU).status()).isEqualTo(status(expected));
        assertThat(picture.regions().get(Tables.EU).status()).isEqualTo(status(regionExpected));
    }

    @ParameterizedTest(name = "override {0} check {1} report {2} counts {3} -> {4} by {5}, {6} ms")
    @CsvSource({
        "unhealthy, healthy,   healthy,   true,  unhealthy, OVERRIDE, 10",
        ",          healthy,   unhealthy, true,  healthy,   PROBE,    10",
        ",          ,          unhealthy, true,  unhealthy, REPORT,   150",
        ",          ,          unhealthy, false, unknown,   STALE,    150",
        ",          ,          ,          true,  unknown,   NONE,     NaN",
    })
    void aRegionIsWhatItsOverrideElseItsChecksElseItsReportSays(
            @Nullable String override,
            @Nullable String check,
            @Nullable String report,
            boolean counts,
            String expected,
            HealthPicture.Source source,
            double latencyMs) {
        if (override != null) {
            ofRegions.put(Tables.EU, override(status(override), "", true));
        }
        if (check != null) {
            own.put(Tables.EU, status(check));
        }
        if (report != null) {
            reports.put(Tables.EU, report(Tables.EU, status(report), counts));
        }
        HealthPicture.RegionSummary summary = assess().regions().get(Tables.EU);
        assertThat(summary.status()).isEqualTo(status(expected));
        assertThat(summary.source()).isEqualTo(source);
        assertThat(summary.responseTimeMs()).isEqualTo(Double.valueOf(latencyMs));
        assertThat(summary.activeConnections()).isEqualTo(report == null || (!counts && check != null) ? 0 : 7);
    }

    @ParameterizedTest(name = "{0} -> {1}")
    @CsvSource({
        "healthy healthy,     healthy",
        "unhealthy unhealthy, unhealthy",
        "healthy unhealthy,   degraded",
        "healthy unknown,     healthy",
        "degraded unknown,    degraded",
        "unknown unknown,     unknown",
    })
    void aRegionWhoseChecksDifferIsDegraded(String checks, String expected) {
        List<CheckVerdict> verdicts = new ArrayList<>();
        for (String each : checks.split(" ", -1)) {
            verdicts.add(new CheckVerdict(new Verdict.Ruling(status(each), Verdict.Reach.OWN_CLIENTS), 10, 1));
        }
        Map<RegionId, HealthPicture.RegionSummary> summaries =
                RegionSummaries.of(facts(), new Overrides(Map.of(), false, NOW_EPOCH_MS), Map.of(Tables.EU, verdicts));
        assertThat(summaries.get(Tables.EU).status()).isEqualTo(status(expected));
    }

    /** With the usual policy 3 bad windows take a target down and 2 good ones bring it back. */
    @ParameterizedTest(name = "{0} -> {1}")
    @CsvSource({
        "+,        healthy",
        "+--,      healthy", // one short of fall
        "+---,     unhealthy",
        "---,      unhealthy",
        "+-+-+-,   healthy",
        "+---_,    unhealthy", // no news changes nothing
        "+---____, unhealthy",
        "+.,       unknown", // too few outcomes
    })
    void theOutcomesOfClientsAreGradedOnceForEachWindow(String windows, String expected) {
        TargetHealth believed = TargetHealth.UNKNOWN;
        for (char window : windows.toCharArray()) {
            switch (window) {
                case '+' -> clientsReported(Tables.ASIA, 1000, 0);
                case '-' -> clientsReported(Tables.ASIA, 1000, 900);
                case '.' -> clientsReported(Tables.ASIA, policy.outlierRequests() - 1, 0);
                default -> outcomes = null;
            }
            nowNanos += SECOND;
            believed = target(Tables.ASIA);
        }
        assertThat(believed.status()).isEqualTo(status(expected));
        assertThat(believed.authority()).isEqualTo(expected.equals("unknown") ? Authority.NONE : Authority.PASSIVE);
    }

    @Test
    void whoFailsTheirClientsMoreThanTheirPeersIsEjectedThoughChecksAreWellButNotAgainstAnOverride() {
        own.put(Tables.US, HealthStatus.HEALTHY);
        own.put(Tables.EU, HealthStatus.HEALTHY);
        policy = new HealthPolicy(
                policy.failoverBelow(),
                policy.degradedShare(),
                policy.slowStart(),
                0,
                policy.outlierDistance(),
                policy.outlierRequests(),
                0.5);
        outcomes = Map.of(
                Tables.WEB,
                Map.of(
                        Tables.US, new Outliers.Outcomes(1000, 1),
                        Tables.EU, new Outliers.Outcomes(1000, 900)));
        for (int i = 0; i < 3; i++) {
            nowNanos += SECOND;
            assess();
        }
        TargetHealth ejected = target(Tables.EU);
        assertThat(ejected.status()).isEqualTo(HealthStatus.DEGRADED);
        assertThat(ejected.authority()).isEqualTo(Authority.PASSIVE);
        ofTargets.put(Tables.EU, override(HealthStatus.HEALTHY, "", true));
        assertThat(target(Tables.EU).status()).isEqualTo(HealthStatus.HEALTHY);
    }

    /** Two of four saw it down after three of four did. */
    @Test
    void aMajorityStandsUntilFewerThanHalfAreLeftAndIsForgottenWithTheCheck() {
        others.put("a", HealthStatus.UNHEALTHY);
        others.put("b", HealthStatus.UNHEALTHY);
        others.put("c", HealthStatus.HEALTHY);
        own.put(Tables.EU, HealthStatus.HEALTHY);
        assertThat(target(Tables.EU).status()).isEqualTo(HealthStatus.HEALTHY);

        others.put("c", HealthStatus.UNHEALTHY);
        assertThat(target(Tables.EU).status()).isEqualTo(HealthStatus.UNHEALTHY);
        others.put("c", HealthStatus.HEALTHY);
        assertThat(target(Tables.EU).status()).isEqualTo(HealthStatus.UNHEALTHY);

        memory = memory.retaining(Watchlist.EMPTY).retaining(watchlist());
        assertThat(target(Tables.EU).status()).isEqualTo(HealthStatus.HEALTHY);
    }

    @Test
    void whatWasLeftComesBackAsTheRuleSaysAndIsRememberedFromOneAssessmentToTheNext() {
        failover = new RuleFailover(
                true,
                new FailoverPolicy(
                        FailoverPolicy.Failback.DELAYED,
                        Duration.ofSeconds(60),
                        4,
                        Duration.ofSeconds(10),
                        FailoverPolicy.DEFAULT.whenFull()),
                SafetyRules.DEFAULT,
                Map.of());
        own.put(Tables.US, HealthStatus.HEALTHY);
        own.put(Tables.EU, HealthStatus.UNHEALTHY);
        HealthPicture down = assess();
        assertThat(down.turns()).singleElement().satisfies(turn -> {
            assertThat(turn.region()).isEqualTo(Tables.EU);
            assertThat(turn.own()).isTrue();
            assertThat(turn.mark().evidence()).isEqualTo("http://eu-west-1.example: us-east-1 unhealthy");
            assertThat(turn.mark().by()).isEqualTo("us-east-1");
        });
        own.put(Tables.EU, HealthStatus.HEALTHY);
        assertThat(target(Tables.EU).share()).isZero();
        nowNanos += 59 * SECOND;
        assertThat(target(Tables.EU).share()).isZero();
        nowNanos += SECOND;
        assertThat(target(Tables.EU).share()).isPositive();
    }

    /** The same facts after the same memory, whatever was assessed in between. */
    @Test
    void anAssessmentDependsOnNothingButItsFactsAndItsMemory() {
        Forall.cases(random -> {
            memory = HealthMemory.NOTHING;
            List<HealthFacts> facts = new ArrayList<>();
            List<HealthMemory> memories = new ArrayList<>();
            List<Assessment.Result> results = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                random(random);
                HealthFacts now = facts();
                facts.add(now);
                memories.add(memory);
                Assessment.Result result = Assessment.of(now, memory);
                results.add(result);
                memory = result.memory();
            }
            for (int i = 9; i >= 0; i--) {
                Assessment.Result again = Assessment.of(facts.get(i), memories.get(i));
                assertThat(again.memory()).isEqualTo(results.get(i).memory());
                assertThat(again.picture().decidesAs(results.get(i).picture())).isTrue();
                assertThat(again.picture().turns())
                        .isEqualTo(results.get(i).picture().turns());
                assertThat(again.picture().regions())
                        .isEqualTo(results.get(i).picture().regions());
            }
        });
    }

    private void random(Random random) {
        HealthStatus[] all = HealthStatus.values();
        for (RegionId region : RULE.targets()) {
            own.put(region, all[random.nextInt(3)]);
            others.put(region.value(), all[random.nextInt(3)]);
        }
        outcomes = random.nextBoolean()
                ? null
                : Map.of(
                        Tables.WEB,
                        Map.of(
                                Tables.US, new Outliers.Outcomes(1000, random.nextInt(1000)),
                                Tables.EU, new Outliers.Outcomes(1000, random.nextInt(1000))));
        nowNanos += random.nextInt(20) * SECOND;
    }
}
