package dev.windrose.live.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import dev.windrose.decide.geo.Prefix;
import dev.windrose.decide.health.CheckPlan;
import dev.windrose.decide.health.Reading;
import dev.windrose.live.reach.OutboundLoop;
import dev.windrose.live.reach.Outgoing;
import dev.windrose.live.tls.Authorities;
import dev.windrose.live.tls.MadeCertificates;
import dev.windrose.model.HealthCheck;
import dev.windrose.model.RegionId;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Checks servers as they are in use elsewhere, at all distances from the time for which they keep connections. Every one of their good paths
 * must be well and every other path not, always.
 *
 * <p>{@code -Dwindrose.origins.seconds=600} makes a drill of it. Programs that are not there are named and left out.
 */
class RealOriginsTest {

    private static final int SECONDS = Integer.getInteger("windrose.origins.seconds", 5);
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final Map<String, List<String>> NAMES = Map.of(
            "four.example", List.of("127.0.0.1"),
            "six.example", List.of("::1"),
            // Nobody listens at the first one.
            "both.example", List.of("127.0.0.9", "127.0.0.1"));

    private static final ActorTestKit KIT = ActorTestKit.create();

    @TempDir
    private static Path files;

    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
    private final Map<String, AtomicInteger> checks = new TreeMap<>();
    private final ScheduledExecutorService clock = Executors.newScheduledThreadPool(1);

    @AfterAll
    static void shutDown() {
        KIT.shutdownTestKit();
    }

    @Test
    void noVerdictOnARealOriginIsWrong() throws Exception {
        assumeTrue(
                !Boolean.getBoolean("java.net.preferIPv4Stack")
                        && NetworkInterface.getByInetAddress(InetAddress.getByName("::1")) != null,
                "no IPv6 here");
        MadeCertificates made = new MadeCertificates(files, "origin=four.example,six.example,both.example");
        OutboundLoop wires = Outgoing.by(Outgoing.outbound(
                name -> {
                    List<String> found = NAMES.getOrDefault(name, List.of());
                    InetAddress[] addresses = new InetAddress[found.size()];
                    for (int i = 0; i < addresses.length; i++) {
                        addresses[i] = InetAddress.getByName(found.get(i));
                    }
                    return addresses;
                },
                Prefix.parse("127.0.0.0/8"),
                Prefix.parse("::1")));
        Probe probe = new Probe(KIT.system(), wires, new Authorities(made.file("ca.pem"), null), Outgoing.waiting());
        try (RealOrigins origins = new RealOrigins(made)) {
            long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
            List<CompletableFuture<?>> loops = new ArrayList<>();
            int seed = 0;
            for (RealOrigins.Origin origin : origins.origins()) {
                checks.putIfAbsent(origin.program(), new AtomicInteger());
                for (boolean good : new boolean[] {true, false}) {
                    for (boolean fresh : new boolean[] {true, false}) {
                        CompletableFuture<Void> over = new CompletableFuture<>();
                        loops.add(over);
                        next(probe, origin, good, fresh, new Random(seed++), until, over);
                    }
                }
            }
            CompletableFuture.allOf(loops.toArray(CompletableFuture<?>[]::new)).get(SECONDS + 60L, TimeUnit.SECONDS);
            System.out.println("real origins: seconds [" + SECONDS + "], origins ["
                    + origins.origins().size()
                    + "], checks " + checks + ", wrong [" + wrong.size() + "], not on this machine "
                    + origins.missing());
        } finally {
            clock.shutdownNow();
            wires.close();
        }
        assertThat(wrong).isEmpty();
        assertThat(checks.values()).allMatch(count -> count.get() > 0);
    }

    private void next(
            Probe probe,
            RealOrigins.Origin origin,
            boolean good,
            boolean fresh,
            Random random,
            long until,
            CompletableFuture<Void> over) {
        long waitMs = waitMs(origin, random);
        if (System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(waitMs) - until > 0) {
            over.complete(null);
            return;
        }
        clock.schedule(
                () -> probe.run(target(origin, good, fresh)).whenComplete((reading, failure) -> {
                    checks.get(origin.program()).incrementAndGet();
                    if (failure != null || isWrong(reading, good, origin)) {
                        wrong.add(origin
                                + (good ? " good" : " bad")
                                + (fresh ? " fresh " : " kept ")
                                + reading
                                + failure);
                    }
                    next(probe, origin, good, fresh, random, until, over);
                }),
                waitMs,
                TimeUnit.MILLISECONDS);
    }

    /** Now and again as long as the server keeps a connection, a little more or less. */
    private static long waitMs(RealOrigins.Origin origin, Random random) {
        int one = random.nextInt(10);
        boolean atTheEnd = origin.keepAliveMs() <= 5000 ? one < 4 : one < 1 && SECONDS > 180;
        return atTheEnd && origin.keepAliveMs() > 0
                ? origin.keepAliveMs() - 25 + random.nextInt(50)
                : one < 9 ? 50 + random.nextInt(1500) : 1 + random.nextInt(5);
    }

    private static boolean isWrong(Reading reading, boolean good, RealOrigins.Origin origin) {
        if (!good) {
            return reading.success() || !reading.cause().startsWith("status: ");
        }
        // Of two addresses one is dead, which a kept connection does not show.
        boolean told = reading.cause().isEmpty() || origin.url().contains("both.example");
        return !reading.success() || !told;
    }

    private static CheckPlan.Check target(RealOrigins.Origin origin, boolean good, boolean fresh) {
        Targets.Asked asked = fresh ? Targets.request().fresh() : Targets.request();
        HealthCheck check = new HealthCheck(
                new HealthCheck.Question(
                        HealthCheck.Type.HTTP,
                        good ? "/health" : "/nothing",
                        0,
                        "",
                        200,
                        299,
                        good ? "well" : null,
                        14,
                        asked.request()),
                TIMEOUT,
                TIMEOUT,
                new HealthCheck.Turns(1, 1, 1, Duration.ofSeconds(20)),
                // What is asked here is whether checks are right, not how busy this machine is.
                new HealthCheck.Levels(20_000, 20_000, 0.95, 0.5));
        return new CheckPlan.Check("id", new RegionId("eu-west-1"), URI.create(origin.url()), check, 0);
    }
}
