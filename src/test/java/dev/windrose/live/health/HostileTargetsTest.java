package dev.windrose.live.health;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import com.sun.management.UnixOperatingSystemMXBean;
import com.sun.net.httpserver.HttpServer;
import dev.windrose.decide.geo.Prefix;
import dev.windrose.decide.health.CheckPlan;
import dev.windrose.decide.health.Checks;
import dev.windrose.decide.health.Reading;
import dev.windrose.live.reach.HostileOrigins;
import dev.windrose.live.reach.OutboundLoop;
import dev.windrose.live.reach.Outgoing;
import dev.windrose.live.tls.Authorities;
import dev.windrose.model.HealthCheck;
import dev.windrose.model.RegionId;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What origins do to whoever checks them: nothing stays open, every cause is told, and nobody else waits. */
class HostileTargetsTest {

    /** Checks of all kinds together; {@code -Dwindrose.hostile.checks=10000} makes a drill of it. */
    private static final int CHECKS = Integer.getInteger("windrose.hostile.checks", 480);

    private static final ActorTestKit KIT = ActorTestKit.create();
    private static final OutboundLoop WIRES = Outgoing.to(Prefix.parse("127.0.0.0/8"));
    private static final Probe PROBE = new Probe(KIT.system(), WIRES, Authorities.platform(), Outgoing.waiting());

    @AfterAll
    static void shutDown() {
        WIRES.close();
        KIT.shutdownTestKit();
    }

    private static CompletableFuture<Reading> check(String endpoint, Duration timeout) {
        HealthCheck check = Checks.http(timeout, timeout, 2, 2);
        return PROBE.run(new CheckPlan.Check("id", new RegionId("eu-west-1"), URI.create(endpoint), check, 0))
                .toCompletableFuture();
    }

    private static long descriptors() {
        return ((UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getOpenFileDescriptorCount();
    }

    private static void awaitNothingOpen(List<HostileOrigins> origins) {
        KIT.createTestProbe().awaitAssert(Duration.ofSeconds(10), () -> {
            assertThat(origins.stream().filter(origin -> origin.open() > 0).map(HostileOrigins::kind))
                    .isEmpty();
            return null;
        });
    }

    @ParameterizedTest
    @EnumSource
    void aCheckEndsInTimeWithACauseAndHangsUp(HostileOrigins.Kind kind) throws Exception {
        try (HostileOrigins origin = HostileOrigins.start(kind)) {
            long began = System.nanoTime();
            Reading reading = check(origin.endpoint(), Duration.ofMillis(400)).get(20, TimeUnit.SECONDS);

            assertThat(System.nanoTime() - began).isLessThan(3_000_000_000L);
            assertThat(reading.success()).as(reading.toString()).isFalse();
            assertThat(reading.cause())
                    .isNotBlank()
                    .doesNotContain("secret-of-the-origin", "\u001b", "cause unknown")
                    .hasSizeLessThan(400);
            awaitNothingOpen(List.of(origin));
        }
    }

    @Test
    void nothingLeaksHoweverManyHostileChecksThereAre() throws Exception {
        List<HostileOrigins> origins = new ArrayList<>();
        try {
            for (HostileOrigins.Kind kind : HostileOrigins.Kind.values()) {
                origins.add(HostileOrigins.start(kind));
            }
            rounds(origins, 4);
            awaitNothingOpen(origins);
            long descriptors = descriptors();
            int threads = Thread.activeCount();

            rounds(origins, CHECKS / origins.size());

            awaitNothingOpen(origins);
            KIT.createTestProbe().awaitAssert(Duration.ofSeconds(10), () -> {
                assertThat(descriptors()).isLessThanOrEqualTo(descriptors + 20);
                assertThat(Thread.activeCount()).isLessThanOrEqualTo(threads + 10);
                assertThat(WIRES.open()).isZero();
                return null;
            });
        } finally {
            for (HostileOrigins origin : origins) {
                origin.close();
            }
        }
    }

    /** Two of each at once. */
    private static void rounds(List<HostileOrigins> origins, int rounds) throws Exception {
        for (int i = 0; i < rounds; i += 2) {
            List<CompletableFuture<Reading>> running = new ArrayList<>();
            for (HostileOrigins origin : origins) {
                running.add(check(origin.endpoint(), Duration.ofMillis(100)));
                running.add(check(origin.endpoint(), Duration.ofMillis(100)));
            }
            for (CompletableFuture<Reading> one : running) {
                assertThat(one.get(20, TimeUnit.SECONDS).success()).isFalse();
            }
        }
    }

    @Test
    void whoWaitsForHundredsOfSilentTargetsStillChecksAGoodOneAtOnce() throws Exception {
        HttpServer good = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        good.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        good.start();
        List<CompletableFuture<Reading>> waiting = new ArrayList<>();
        try (HostileOrigins silent = HostileOrigins.start(HostileOrigins.Kind.SILENT);
                HostileOrigins drips = HostileOrigins.start(HostileOrigins.Kind.HTTPS_DRIPS)) {
            for (int i = 0; i < 250; i++) {
                waiting.add(check(silent.endpoint(), Duration.ofSeconds(30)));
                waiting.add(check(drips.endpoint(), Duration.ofSeconds(30)));
            }
            KIT.createTestProbe().awaitAssert(Duration.ofSeconds(20), () -> {
                assertThat(silent.open() + drips.open()).isEqualTo(500);
                return null;
            });

            for (int i = 0; i < 20; i++) {
                Reading reading = check("http://127.0.0.1:" + good.getAddress().getPort(), Duration.ofSeconds(5))
                        .get(20, TimeUnit.SECONDS);
                assertThat(reading.success()).as(reading.toString()).isTrue();
                assertThat(reading.latencyMs()).isLessThan(1000);
            }
            assertThat(waiting).noneMatch(CompletableFuture::isDone);
        } finally {
            good.stop(0);
            waiting.forEach(one -> one.cancel(true));
        }
    }

    @Test
    void aServerThatClosesWhatItWasIdleOnIsAskedOnAFreshConnection() throws IOException {
        // Answers the first question of a connection and closes it, saying nothing of that, when the second comes.
        try (java.net.ServerSocket server = new java.net.ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"))) {
            Thread serving = new Thread(() -> serveOneEach(server), "one-each");
            serving.setDaemon(true);
            serving.start();
            for (int i = 0; i < 20; i++) {
                Reading reading = check("http://127.0.0.1:" + server.getLocalPort(), Duration.ofSeconds(5))
                        .join();
                assertThat(reading.success()).as(reading.toString()).isTrue();
            }
        }
    }

    private static void serveOneEach(java.net.ServerSocket server) {
        byte[] answer =
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        while (!server.isClosed()) {
            try (java.net.Socket socket = server.accept()) {
                byte[] question = new byte[4096];
                if (socket.getInputStream().read(question) > 0) {
                    socket.getOutputStream().write(answer);
                    int unused = socket.getInputStream().read(question);
                }
            } catch (IOException e) {
                // The next one.
            }
        }
    }
}
