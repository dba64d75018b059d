package dev.windrose.live.health;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.ManualTime;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import dev.windrose.decide.health.CheckPlan;
import dev.windrose.decide.health.Checks;
import dev.windrose.decide.health.HealthPicture;
import dev.windrose.decide.health.HealthReport;
import dev.windrose.decide.health.Outliers;
import dev.windrose.decide.health.Reading;
import dev.windrose.decide.route.Tables;
import dev.windrose.model.Algorithm;
import dev.windrose.model.Authority;
import dev.windrose.model.FailoverMark;
import dev.windrose.model.FailoverPolicy;
import dev.windrose.model.Fallback;
import dev.windrose.model.HealthCheck;
import dev.windrose.model.HealthOverride;
import dev.windrose.model.HealthPolicy;
import dev.windrose.model.HealthStatus;
import dev.windrose.model.Monitor;
import dev.windrose.model.Region;
import dev.windrose.model.RegionId;
import dev.windrose.model.Rule;
import dev.windrose.model.RuleFailover;
import dev.windrose.model.RuleHealth;
import dev.windrose.model.RuleId;
import dev.windrose.model.SafetyRules;
import dev.windrose.watch.HealthMeters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HealthWatchTest {

    private static final ActorTestKit KIT = ActorTestKit.create(ManualTime.config());
    private static final HealthCheck CHECK = Checks.DEFAULTS;
    private static final Duration LONG = Duration.ofHours(1);
    private static final RuleId WEB = Tables.WEB;
    private static final Rule RULE = Tables.rule(WEB, Algorithm.PRIORITY, List.of(Tables.US, Tables.EU, Tables.ASIA));
    private static final List<Region> REGIONS = List.of(region(Tables.US), region(Tables.EU));

    private final ManualTime time = ManualTime.get(KIT.system());
    private final TestProbe<Void> patience = KIT.createTestProbe(Void.class);
    private final Set<RegionId> down = ConcurrentHashMap.newKeySet();
    private final Set<RegionId> slow = ConcurrentHashMap.newKeySet();
    private final Set<String> failing = ConcurrentHashMap.newKeySet();
    private final Set<RegionId> checked = ConcurrentHashMap.newKeySet();
    private final AtomicReference<HealthPicture> picture = new AtomicReference<>(HealthPicture.EMPTY);
    private volatile Map<RuleId, Map<RegionId, Outliers.Outcomes>> reported = Map.of();
    private Map<RuleId, Map<RegionId, Outliers.Outcomes>> totals = Map.of();
    private ActorRef<HealthWatch.Command> watch;

    private static Region region(RegionId id) {
        return new Region(id, List.of(URI.create("http://" + id + ".example")), null, 0, Set.of(), null);
    }

    @BeforeEach
    void start() {
        watch = KIT.spawn(HealthWatch.create(
                Tables.US,
                new HealthSettings(
                        CHECK,
                        LONG,
                        Duration.ofMillis(60),
                        LONG,
                        LONG,
                        Duration.ofMillis(100),
                        Duration.ofSeconds(1),
                        false,
                        100,
                        null,
                        null),
                (check, before) -> check(check),
                this::outcomes,
                new HealthMeters(new SimpleMeterRegistry()),
                System::currentTimeMillis,
                picture::set));
        watch.tell(new HealthWatch.Watch(List.of(RULE), REGIONS));
    }

    @AfterEach
    void stop() {
        KIT.stop(watch);
    }

    @AfterAll
    static void shutDown() {
        KIT.shutdownTestKit();
    }

    /** Totals that grow by what is reported with every look: clients go on reporting. */
    private Map<RuleId, Map<RegionId, Outliers.Outcomes>> outcomes() {
        Map<RuleId, Map<RegionId, Outliers.Outcomes>> sum = new HashMap<>();
        reported.forEach((rule, lately) -> {
            Map<RegionId, Outliers.Outcomes> before = totals.getOrDefault(rule, Map.of());
            Map<RegionId, Outliers.Outcomes> now = new HashMap<>(before);
            lately.forEach((region, more) -> now.merge(
                    region,
                    more,
                    (a, b) -> new Outliers.Outcomes(a.requests() + b.requests(), a.failures() + b.failures())));
            sum.put(rule, now);
        });
        totals = sum;
        return sum;
    }

    private CompletableFuture<Reading> check(CheckPlan.Check check) {
        checked.add(check.region());
        return CompletableFuture.completedFuture(
                down.contains(check.region())
                                || failing.contains(check.check().question().path())
                                || failing.contains(check.endpoint().getHost())
                        ? Reading.failed(1, "connection refused")
                        : Reading.answered(check.check(), slow.contains(check.region()) ? 400 : 5, 0));
    }

    /** Lets time pass until it is so; what is not so after many intervals never will be. */
    private void becomes(RegionId target, HealthStatus status) {
        patience.awaitAssert(() -> {
            time.timePasses(CHECK.interval());
            assertThat(picture.get().of(WEB, target).status()).isEqualTo(status);
            return null;
        });
    }

    private void observerSays(String node, String region, RegionId target, HealthStatus status) {
        observerSaidOnce(node, region, target, status);
        watch.tell(new HealthWatch.BeatHeard(node, region));
    }

    private void observerSaidOnce(String node, String region, RegionId target, HealthStatus status) {
        String id = CheckPlan.of(List.of(RULE), REGIONS, Tables.US, 100)
                .byRule()
                .get(WEB)
                .get(target)
                .get(0)
                .looks()
                .get(0)
                .checkId();
        watch.tell(new HealthWatch.BoardHeard(
                node,
                HealthBoard.bucket(id),
                new HealthBoard(region, 1, Map.of(id, new HealthBoard.Seen(status, 5, 1, 0, "")), Map.of())));
    }

    @Test
    void whatThisNodeCannotReachIsDownAndComesBack() {
        becomes(Tables.US, HealthStatus.HEALTHY);
        down.add(Tables.EU);
        becomes(Tables.EU, HealthStatus.UNHEALTHY);
        assertThat(picture.get().of(WEB, Tables.US).status()).isEqualTo(HealthStatus.HEALTHY);
        down.clear();
        becomes(Tables.EU, HealthStatus.HEALTHY);
    }

    @Test
    void theRegionThatARuleFallsBackToIsKnownBeforeItIsNeeded() {
        Rule falling =
                Tables.withFallback(Tables.rule(WEB, Algorithm.PRIORITY, List.of(Tables.US)), Fallback.to(Tables.EU));
        Region two = new Region(
                Tables.EU,
                List.of(URI.create("http://sick.example"), URI.create("http://well.example")),
                null,
                0,
                Set.of(),
                null);
        watch.tell(new HealthWatch.Watch(List.of(falling), List.of(region(Tables.US), two)));
        becomes(Tables.EU, HealthStatus.HEALTHY);
        assertThat(picture.get().of(WEB, Tables.EU).endpoint()).isZero();
        failing.add("sick.example");
        patience.awaitAssert(() -> {
            time.timePasses(CHECK.interval());
            assertThat(picture.get().of(WEB, Tables.EU).endpoint()).isEqualTo(1);
            return null;
        });
        assertThat(picture.get().of(WEB, Tables.EU).status()).isEqualTo(HealthStatus.HEALTHY);
        down.add(Tables.EU);
        becomes(Tables.EU, HealthStatus.UNHEALTHY);
        assertThat(picture.get().of(WEB, Tables.US).status()).isEqualTo(HealthStatus.HEALTHY);
        assertThat(picture.get().turns())
                .as("it has no traffic that could leave it")
                .isEmpty();
    }

    @Test
    void aTargetWithoutAnEndpointIsNotKnownUntilSomebodyReportsIt() {
        becomes(Tables.US, HealthStatus.HEALTHY);
        assertThat(picture.get().of(WEB, Tables.ASIA).status()).isEqualTo(HealthStatus.UNKNOWN);
        watch.tell(new HealthWatch.Reported(new HealthReport(Tables.ASIA, HealthStatus.DEGRADED, 150, 0.97, 3)));
        becomes(Tables.ASIA, HealthStatus.DEGRADED);
        assertThat(picture.get().regions().get(Tables.ASIA).source()).isEqualTo(HealthPicture.Source.REPORT);
    }

    @Test
    void aReportIsRememberedOverARestartAndIsAsOldAsItWas() {
        becomes(Tables.US, HealthStatus.HEALTHY);
        HealthReport report = new HealthReport(Tables.ASIA, HealthStatus.UNHEALTHY, 150, 0.1, 3);
        long now = System.currentTimeMillis();
        watch.tell(new HealthWatch.Remembered(
                List.of(new HealthPicture.Reported(report, now - LONG.toMillis() - 60_000))));
        becomes(Tables.US, HealthStatus.HEALTHY);
        assertThat(picture.get().of(WEB, Tables.ASIA).status()).isEqualTo(HealthStatus.UNKNOWN);
        watch.tell(new HealthWatch.Remembered(List.of(new HealthPicture.Reported(report, now - 60_000))));
        becomes(Tables.ASIA, HealthStatus.UNHEALTHY);
        assertThat(picture.get().reports()).containsExactly(new HealthPicture.Reported(report, now - 60_000));
    }

    @Test
    void aReportDoesNotOverruleAnOwnCheck() {
        becomes(Tables.US, HealthStatus.HEALTHY);
        watch.tell(new HealthWatch.Reported(new HealthReport(Tables.US, HealthStatus.UNHEALTHY, 1, 0, 0)));
        becomes(Tables.US, HealthStatus.HEALTHY);
        assertThat(picture.get().regions().get(Tables.US).source()).isEqualTo(HealthPicture.Source.PROBE);
    }

    @Test
    void oneObserverTakesNothingAwayFromTheOthersAndAMajorityDoes() {
        becomes(Tables.EU, HealthStatus.HEALTHY);
        observerSays("b", "eu-west-1", Tables.EU, HealthStatus.UNHEALTHY);
        becomes(Tables.EU, HealthStatus.HEALTHY);
        observerSays("c", "ap-southeast-1", Tables.EU, HealthStatus.UNHEALTHY);
        becomes(Tables.EU, HealthStatus.UNHEALTHY);
    }

    @Test
    void theFirstWordThatIsHeardOfAnObserverMayBeItsLastAndCountsOnlyWithASignOfLife() {
        becomes(Tables.EU, HealthStatus.HEALTHY);
        observerSaidOnce("b", "eu-west-1", Tables.EU, HealthStatus.UNHEALTHY);
        observerSaidOnce("c", "ap-southeast-1", Tables.EU, HealthStatus.UNHEALTHY);
        becomes(Tables.EU, HealthStatus.HEALTHY);
        watch.tell(new HealthWatch.BeatHeard("b", "eu-west-1"));
        watch.tell(new HealthWatch.BeatHeard("c", "ap-southeast-1"));
        becomes(Tables.EU, HealthStatus.UNHEALTHY);
    }

    private void watch(Rule rule, List<Region> regions) {
        watch.tell(new HealthWatch.Watch(List.of(rule), regions));
    }

    private static Rule with(RuleHealth health) {
        return new Rule(
                RULE.id(),
                RULE.name(),
                RULE.algorithm(),
                RULE.targets(),
                RULE.weights(),
                RULE.endpoints(),
                health,
                RULE.failover(),
                false,
                RULE.fallback(),
                RULE.status());
    }

    private static HealthOverride override(HealthStatus status, Duration left) {
        long now = System.currentTimeMillis();
        return new HealthOverride(status, "ada", "a try", now, now + left.toMillis(), 0);
    }

    @Test
    void whatAnOperatorSaysHoldsAgainstTheChecksUntilItExpires() {
        becomes(Tables.EU, HealthStatus.HEALTHY);
        HealthPolicy policy = HealthPolicy.DEFAULT;
        watch(
                with(new RuleHealth(
                        CHECK, Map.of(), policy, Map.of(Tables.EU, override(HealthStatus.UNHEALTHY, LONG)))),
                REGIONS);
        becomes(Tables.EU, HealthStatus.UNHEALTHY);
        assertThat(picture.get().of(WEB, Tables.EU).authority()).isEqualTo(Authority.OVERRIDE);
        watch(
                with(new RuleHealth(
                        CHECK, Map.of(), policy, Map.of(Tables.EU, override(HealthStatus.UNHEALTHY, Duration.ZERO)))),
                REGIONS);
        becomes(Tables.EU, HealthStatus.HEALTHY);
    }

    @Test
    void whatAnOperatorSaysOfARegionHoldsForEveryRule() {
        becomes(Tables.EU, HealthStatus.HEALTHY);
        Region drained = new Region(
                Tables.EU,
                List.of(URI.create("http://eu.example")),
                null,
                0,
                Set.of(),
                override(HealthStatus.UNHEALTHY, LONG));
        watch(RULE, List.of(region(Tables.US), drained));
        becomes(Tables.EU, HealthStatus.UNHEALTHY);
        assertThat(picture.get().regions().get(Tables.EU).source()).isEqualTo(HealthPicture.Source.OVERRIDE);
    }

    @Test
    void aTargetIsEmptiedInTenthsAndServesUntilItIsEmpty() {
        becomes(Tables.EU, HealthStatus.HEALTHY);
        long now = System.currentTimeMillis();
        watch(
                with(new RuleHealth(
                        CHECK,
                        Map.of(),
                        HealthPolicy.DEFAULT,
                        Map.of(
                                Tables.EU,
                                new HealthOverride(
                                        HealthStatus.DRAINING,
                                        "ada",
                                        "a try",
                                        now - 30_000,
                                        now + 1_000_000,
                                        100_000)))),
                REGIONS);
        patience.awaitAssert(() -> {
            time.timePasses(CHECK.interval());
            assertThat(picture.get().of(WEB, Tables.EU).kept()).isBetween(0.3, 0.6);
            assertThat(picture.get().of(WEB, Tables.EU).status()).isEqualTo(HealthStatus.HEALTHY);
            return null;
        });
        watch(
                with(new RuleHealth(
                        CHECK,
                        Map.of(),
                        HealthPolicy.DEFAULT,
                        Map.of(
                                Tables.EU,
                                new HealthOverride(
                                        HealthStatus.DRAINING,
                                        "ada",
                                        "a try",
                                        now - 200_000,
                                        now + 1_000_000,
                                        100_000)))),
                REGIONS);
        becomes(Tables.EU, HealthStatus.DRAINING);
    }

    @Test
    void aMonitorThatMustBeHealthyTakesATargetDownWhichItsOwnCheckFindsWell() {
        becomes(Tables.EU, HealthStatus.HEALTHY);
        HealthCheck.Question other =
                new HealthCheck.Question(HealthCheck.Type.HTTP, "/deep", 0, "", 200, 299, null, 14);
        failing.add("/deep");
        watch(
                with(new RuleHealth(
                        CHECK, Map.of("deep", new Monitor(CHECK.asking(other), true)), HealthPolicy.DEFAULT, Map.of())),
                REGIONS);
        becomes(Tables.EU, HealthStatus.UNHEALTHY);
        failing.clear();
        becomes(Tables.EU, HealthStatus.HEALTHY);
    }

    @Test
    void whatAMajoritySeesIsToBeRecordedAndWhatThisRegionAloneSeesIsNot() {
        becomes(Tables.EU, HealthStatus.HEALTHY);
        down.add(Tables.EU);
        becomes(Tables.EU, HealthStatus.UNHEALTHY);
        assertThat(picture.get().turns()).isEmpty();
        observerSays("b", "eu-west-1", Tables.EU, HealthStatus.UNHEALTHY);
        patience.awaitAssert(() -> {
            time.timePasses(CHECK.interval());
            assertThat(picture.get().turns()).hasSize(1);
            return null;
        });
        HealthPicture.Turn turn = picture.get().turns().get(0);
        assertThat(turn.region()).isEqualTo(Tables.EU);
        assertThat(turn.mark().out()).isTrue();
        assertThat(turn.mark().by()).isEqualTo("us-east-1");
        assertThat(turn.mark().evidence())
                .isEqualTo("http://eu-west-1.example: us-east-1 unhealthy, eu-west-1 unhealthy");
    }

    @Test
    void theOutcomesOfClientsSpeakWhereNoCheckDoes() {
        becomes(Tables.US, HealthStatus.HEALTHY);
        reported = Map.of(WEB, Map.of(Tables.ASIA, new Outliers.Outcomes(1000, 0)));
        becomes(Tables.ASIA, HealthStatus.HEALTHY);
        reported = Map.of(WEB, Map.of(Tables.ASIA, new Outliers.Outcomes(1000, 900)));
        becomes(Tables.ASIA, HealthStatus.UNHEALTHY);
        assertThat(picture.get().of(WEB, Tables.ASIA).authority()).isEqualTo(Authority.PASSIVE);
    }

    @Test
    void aTargetThatFailsItsClientsThoughItsChecksAreWellIsEjected() {
        becomes(Tables.US, HealthStatus.HEALTHY);
        becomes(Tables.EU, HealthStatus.HEALTHY);
        reported = Map.of(
                WEB, Map.of(Tables.US, new Outliers.Outcomes(1000, 10), Tables.EU, new Outliers.Outcomes(1000, 900)));
        becomes(Tables.EU, HealthStatus.DEGRADED);
        assertThat(picture.get().of(WEB, Tables.US).status()).isEqualTo(HealthStatus.HEALTHY);
    }

    @Test
    void ofTwoTargetsNoneIsEjectedByAThird() {
        becomes(Tables.US, HealthStatus.HEALTHY);
        becomes(Tables.EU, HealthStatus.HEALTHY);
        watch(Tables.rule(WEB, Algorithm.PRIORITY, List.of(Tables.US, Tables.EU)), REGIONS);
        reported = Map.of(
                WEB, Map.of(Tables.US, new Outliers.Outcomes(1000, 10), Tables.EU, new Outliers.Outcomes(1000, 900)));
        for (int i = 0; i < 20; i++) {
            becomes(Tables.US, HealthStatus.HEALTHY);
        }
        assertThat(picture.get().of(WEB, Tables.EU).status().serves()).isTrue();
    }

    /** Every way out, with a failback that somebody has to call. */
    @Test
    void whatWaitsForSomebodyWaitsWhicheverWayItWasLeft() {
        watch(waiting(Map.of()), REGIONS);
        becomes(Tables.US, HealthStatus.HEALTHY);
        becomes(Tables.EU, HealthStatus.HEALTHY);

        slow.add(Tables.EU);
        becomes(Tables.EU, HealthStatus.DEGRADED);
        waitsFor(Tables.EU, "degraded");

        down.add(Tables.US);
        becomes(Tables.US, HealthStatus.UNHEALTHY);
        waitsFor(Tables.US, "unhealthy");

        down.clear();
        becomes(Tables.US, HealthStatus.HEALTHY);
        assertThat(picture.get().of(WEB, Tables.US).share()).isZero();
        watch(waiting(Map.of(Tables.US, calledBack())), REGIONS);
        patience.awaitAssert(() -> {
            time.timePasses(CHECK.interval());
            assertThat(picture.get().of(WEB, Tables.US).share()).isEqualTo(1);
            return null;
        });
    }

    /** A drain for a minute is over when the minute is; where somebody has to call traffic back, nobody has. */
    @Test
    void anOverrideThatEndedByItselfBringsNothingBackWhereSomebodyHasToSaySo() {
        becomes(Tables.EU, HealthStatus.HEALTHY);
        HealthOverride ends = override(HealthStatus.DRAINING, Duration.ofMillis(700));
        watch(overridden(ends), REGIONS);
        becomes(Tables.EU, HealthStatus.DRAINING);
        becomes(Tables.EU, HealthStatus.HEALTHY);
        patience.awaitAssert(() -> {
            time.timePasses(CHECK.interval());
            assertThat(picture.get().of(WEB, Tables.EU).share()).isZero();
            assertThat(picture.get().turns().get(0).mark().evidence()).contains("override");
            return null;
        });

        watch(overridden(override(HealthStatus.DRAINING, LONG)), REGIONS);
        becomes(Tables.EU, HealthStatus.DRAINING);
        watch(waiting(Map.of(Tables.EU, calledBack())), REGIONS);
        patience.awaitAssert(() -> {
            time.timePasses(CHECK.interval());
            assertThat(picture.get().of(WEB, Tables.EU).share()).isEqualTo(1);
            return null;
        });
    }

    private static Rule overridden(HealthOverride override) {
        return Tables.withFailover(
                with(new RuleHealth(CHECK, Map.of(), HealthPolicy.DEFAULT, Map.of(Tables.EU, override))),
                waiting(Map.of()).failover());
    }

    private void waitsFor(RegionId target, String status) {
        patience.awaitAssert(() -> {
            time.timePasses(CHECK.interval());
            HealthPicture.Turn turn = picture.get().turns().stream()
                    .filter(each -> each.region().equals(target))
                    .findFirst()
                    .orElseThrow(AssertionError::new);
            assertThat(turn.own()).isTrue();
            assertThat(turn.mark().out()).isTrue();
            assertThat(turn.mark().evidence()).contains(status);
            return null;
        });
        assertThat(picture.get().of(WEB, target).status().serves()).isFalse();
    }

    private static FailoverMark calledBack() {
        return new FailoverMark(false, System.currentTimeMillis() + 1, "ada", "looks well");
    }

    private static Rule waiting(Map<RegionId, FailoverMark> marks) {
        FailoverPolicy usual = FailoverPolicy.DEFAULT;
        return Tables.withFailover(
                RULE,
                new RuleFailover(
                        true,
                        new FailoverPolicy(
                                FailoverPolicy.Failback.MANUAL, usual.delay(), 4, usual.hold(), usual.whenFull()),
                        SafetyRules.DEFAULT,
                        marks));
    }

    @Test
    void whoSawWhatIsShownForEachObserver() throws Exception {
        becomes(Tables.US, HealthStatus.HEALTHY);
        becomes(Tables.EU, HealthStatus.HEALTHY);
        observerSays("b", "eu-west-1", Tables.EU, HealthStatus.UNHEALTHY);
        HealthWatch.Look look = new HealthWatch.Look(WEB, Tables.EU, 0, 10, new CompletableFuture<>());
        watch.tell(look);
        HealthWatch.Looked looked = look.seen().get(10, TimeUnit.SECONDS);

        assertThat(looked.total()).isEqualTo(1);
        HealthMatrix.Row row = looked.matrix().rows().get(0);
        assertThat(row.region()).isEqualTo(Tables.EU);
        assertThat(row.status()).isEqualTo(HealthStatus.HEALTHY);
        assertThat(row.sights()).hasSize(2);
        assertThat(row.sights().get(0).own()).isTrue();
        assertThat(row.sights().get(1).status()).isEqualTo(HealthStatus.UNHEALTHY);
        assertThat(row.sights().get(1).region()).isEqualTo("eu-west-1");
    }

    @Test
    void theNodesOfARegionShareTheChecksAndANodeAloneRunsAll() {
        becomes(Tables.US, HealthStatus.HEALTHY);
        becomes(Tables.EU, HealthStatus.HEALTHY);
        var exchange = KIT.<HealthExchange.Command>createTestProbe();
        watch.tell(new HealthWatch.Connected(exchange.ref()));
        // Among very many nodes this one has next to nothing to check.
        Set<String> nodes = ConcurrentHashMap.newKeySet();
        for (int i = 0; i < 1000; i++) {
            nodes.add("node-" + i);
        }
        watch.tell(new HealthWatch.Peers("node-0", nodes));
        patience.awaitAssert(() -> {
            checked.clear();
            for (int i = 0; i < 3; i++) {
                time.timePasses(CHECK.interval());
            }
            assertThat(checked).isEmpty();
            return null;
        });

        watch.tell(new HealthWatch.Disconnected(exchange.ref()));
        patience.awaitAssert(() -> {
            time.timePasses(CHECK.interval());
            assertThat(checked).containsExactlyInAnyOrder(Tables.US, Tables.EU);
            return null;
        });
    }

    @Test
    void boardsGoToTheExchangeWhenThereIsNews() {
        var exchange = KIT.<HealthExchange.Command>createTestProbe();
        watch.tell(new HealthWatch.Connected(exchange.ref()));
        patience.awaitAssert(() -> {
            time.timePasses(CHECK.interval());
            HealthExchange.Publish published = (HealthExchange.Publish) exchange.receiveMessage(Duration.ofMillis(200));
            assertThat(published.board().region()).isEqualTo("us-east-1");
            assertThat(published.board().seen()).isNotEmpty();
            return null;
        });
    }
}
