package dev.windrose.live.health;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.ManualTime;
import akka.actor.testkit.typed.javadsl.TestProbe;
import dev.windrose.decide.health.CheckPlan;
import dev.windrose.decide.health.Checks;
import dev.windrose.decide.health.Reading;
import dev.windrose.model.HealthCheck;
import dev.windrose.model.HealthStatus;
import dev.windrose.model.RegionId;
import dev.windrose.watch.HealthMeters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class ProberTest {

    private static final ActorTestKit KIT = ActorTestKit.create(ManualTime.config());

    /** A check every second that takes a target out after two bad readings. */
    private static final HealthCheck CHECK = Checks.http(Duration.ofSeconds(1), Duration.ofMillis(500), 2, 2);

    private static final Reading GOOD = Reading.answered(CHECK, 5, 0);
    private static final Reading BAD = Reading.failed(5, "connection refused");
    private static final Duration FIRST = Duration.ofMillis(100);
    private static final Duration THEN = Duration.ofMillis(400);

    /** A check on its way, ended by the test. */
    private record Sent(CheckPlan.Check check, CompletableFuture<Reading> reading) {}

    private final ManualTime time = ManualTime.get(KIT.system());
    private final TestProbe<Sent> sent = KIT.createTestProbe(Sent.class);
    private final TestProbe<Prober.Believed> believed = KIT.createTestProbe(Prober.Believed.class);
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final HealthMeters meters = new HealthMeters(registry);

    @AfterAll
    static void shutDown() {
        KIT.shutdownTestKit();
    }

    private static CheckPlan.Check target(String id) {
        return target(id, CHECK);
    }

    private static CheckPlan.Check target(String id, HealthCheck check) {
        return new CheckPlan.Check(id, new RegionId("eu-west-1"), URI.create("http://127.0.0.1:1"), check, 0);
    }

    private Prober.Runner runner() {
        return (check, before) -> {
            Sent next = new Sent(check, new CompletableFuture<>());
            sent.ref().tell(next);
            return next.reading();
        };
    }

    private void start() {
        KIT.spawn(Prober.create(target("one"), runner(), new Prober.Rhythm(FIRST, THEN), meters, believed.ref()::tell));
    }

    private HealthStatus after(Reading reading) {
        sent.receiveMessage().reading().complete(reading);
        return believed.receiveMessage().track().status();
    }

    @Test
    void checksSoonAndThenOnItsBeat() {
        start();
        time.expectNoMessageFor(Duration.ofMillis(99), sent);
        time.timePasses(Duration.ofMillis(1));
        assertThat(after(GOOD)).isEqualTo(HealthStatus.HEALTHY);
        time.expectNoMessageFor(Duration.ofMillis(399), sent);
        time.timePasses(Duration.ofMillis(1));
        after(GOOD);
        time.expectNoMessageFor(Duration.ofMillis(999), sent);
        time.timePasses(Duration.ofMillis(1));
        after(GOOD);
    }

    @Test
    void twoBadReadingsTakeItOutAndTwoGoodOnesBringItBack() {
        start();
        time.timePasses(FIRST);
        assertThat(after(GOOD)).isEqualTo(HealthStatus.HEALTHY);
        time.timePasses(THEN);
        assertThat(after(BAD)).isEqualTo(HealthStatus.HEALTHY);
        time.timePasses(CHECK.interval());
        assertThat(after(BAD)).isEqualTo(HealthStatus.UNHEALTHY);
        time.timePasses(CHECK.interval());
        assertThat(after(GOOD)).isEqualTo(HealthStatus.UNHEALTHY);
        time.timePasses(CHECK.interval());
        assertThat(after(GOOD)).isEqualTo(HealthStatus.HEALTHY);
        assertThat(registry.counter(HealthMeters.TRANSITIONS).count()).isEqualTo(3);
    }

    @Test
    void onlyOneCheckIsInFlightAndOneLateOneIsMadeUpFor() {
        start();
        time.timePasses(FIRST);
        Sent slow = sent.receiveMessage();
        time.expectNoMessageFor(THEN.plus(CHECK.interval()).plus(CHECK.interval()), sent);
        sent.awaitAssert(() -> {
            assertThat(registry.counter(HealthMeters.LATE).count()).isEqualTo(3);
            return null;
        });

        slow.reading().complete(BAD);
        believed.receiveMessage();
        sent.receiveMessage().reading().complete(GOOD);
        believed.receiveMessage();
        sent.expectNoMessage(Duration.ofMillis(50));
    }

    @Test
    void aCheckThatCannotBeRunIsABadReading() {
        start();
        time.timePasses(FIRST);
        sent.receiveMessage().reading().completeExceptionally(new IllegalStateException("no thread left"));
        assertThat(believed.receiveMessage().track().status()).isNotEqualTo(HealthStatus.HEALTHY);
        time.timePasses(THEN);
        after(GOOD);
    }

    @Test
    void aRegionChecksWhatItIsToldAndNothingElse() {
        var region = KIT.spawn(RegionHealth.create(runner(), meters, believed.ref()::tell));
        region.tell(new RegionHealth.Check(Map.of("one", target("one"), "two", target("two"))));
        Set<String> checked = new HashSet<>();
        sent.awaitAssert(() -> {
            time.timePasses(CHECK.interval());
            Sent next = sent.receiveMessage(Duration.ofMillis(100));
            next.reading().complete(GOOD);
            checked.add(next.check().id());
            assertThat(checked).containsExactlyInAnyOrder("one", "two");
            return null;
        });

        region.tell(new RegionHealth.Check(Map.of("two", target("two"))));
        TestProbe<Sent> later = sent;
        later.awaitAssert(() -> {
            for (int i = 0; i < 4; i++) {
                time.timePasses(CHECK.interval());
                Sent next = later.receiveMessage(Duration.ofMillis(500));
                next.reading().complete(GOOD);
                assertThat(next.check().id()).isEqualTo("two");
            }
            return null;
        });
    }

    @Test
    void theFirstCheckOfATargetComesWithinASecondAndTheOthersAreSpreadOverTheInterval() {
        Set<Duration> seconds = new HashSet<>();
        for (int i = 0; i < 1000; i++) {
            Prober.Rhythm rhythm = RegionHealth.rhythm(target("target-" + i), 1);
            assertThat(rhythm.first()).isBetween(Duration.ZERO, Duration.ofSeconds(1));
            assertThat(rhythm.then()).isBetween(Duration.ofMillis(1), CHECK.interval());
            seconds.add(Duration.ofMillis(rhythm.then().toMillis() / 100 * 100));
        }
        assertThat(seconds).hasSizeGreaterThanOrEqualTo(10);
    }

    @Test
    void theFirstChecksOfHundredsThatAreNewTogetherAreSpreadOverSeconds() {
        int targets = 500;
        HealthCheck every10s = Checks.http(Duration.ofSeconds(10), Duration.ofMillis(500), 2, 2);
        List<Integer> inSecond = new ArrayList<>(Collections.nCopies(10, 0));
        for (int i = 0; i < targets; i++) {
            CheckPlan.Check seldom = target("target-" + i, every10s);
            int second = (int) RegionHealth.rhythm(seldom, targets).first().toSeconds();
            inSecond.set(second, inSecond.get(second) + 1);
        }
        assertThat(inSecond).allSatisfy(checks -> assertThat(checks).isBetween(25, 75));

        Prober.Rhythm often = RegionHealth.rhythm(target("often"), targets);
        assertThat(often.first()).as("within its interval").isLessThan(CHECK.interval());
    }
}
