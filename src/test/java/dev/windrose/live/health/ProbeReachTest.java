package dev.windrose.live.health;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import com.sun.net.httpserver.HttpServer;
import dev.windrose.decide.geo.Prefix;
import dev.windrose.decide.health.CheckPlan;
import dev.windrose.decide.health.Reading;
import dev.windrose.live.reach.Outbound;
import dev.windrose.live.reach.Outgoing;
import dev.windrose.live.tls.Authorities;
import dev.windrose.model.HealthCheck;
import dev.windrose.model.RegionId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a check cannot be made to connect to: a server that must not be asked counts who comes. */
class ProbeReachTest {

    private static final ActorTestKit KIT = ActorTestKit.create();

    private final AtomicInteger reached = new AtomicInteger();
    private final AtomicReference<String> host = new AtomicReference<>("");
    private HttpServer inside;

    @BeforeEach
    void serve() throws IOException {
        inside = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        inside.createContext("/", exchange -> {
            reached.incrementAndGet();
            host.set(exchange.getRequestHeaders().getFirst("Host"));
            byte[] body = "secret".getBytes(StandardCharsets.UTF_8);
            boolean moves = exchange.getRequestURI().getPath().equals("/moved");
            if (moves) {
                exchange.getResponseHeaders().add("Location", "/inside");
            }
            exchange.sendResponseHeaders(moves ? 302 : 200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        inside.start();
    }

    @AfterEach
    void stop() {
        inside.stop(0);
    }

    @AfterAll
    static void shutDown() {
        KIT.shutdownTestKit();
    }

    private Reading asked(Outbound outbound, HealthCheck.Type type, String endpoint, String path) throws Exception {
        HealthCheck check = new HealthCheck(
                new HealthCheck.Question(type, path, 0, "name", 200, 399, null, 14),
                Duration.ofSeconds(30),
                Duration.ofSeconds(3),
                new HealthCheck.Turns(1, 1, 1, Duration.ofSeconds(20)),
                new HealthCheck.Levels(500, 2000, 0.95, 0.5));
        return new Probe(KIT.system(), Outgoing.by(outbound), Authorities.platform(), Outgoing.waiting())
                .run(new CheckPlan.Check("c", new RegionId("eu-west-1"), URI.create(endpoint), check, 0))
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @CsvSource({
        "HTTP, http://127.0.0.1:PORT",
        "HTTP, http://localhost:PORT",
        "HTTP, http://[::ffff:127.0.0.1]:PORT",
        "HTTP, https://127.0.0.1:PORT",
        "HTTP, https://localhost:PORT",
        "TCP, tcp://127.0.0.1:PORT",
        "TLS, tls://localhost:PORT",
        "GRPC, grpc://localhost:PORT",
        "GRPC, grpcs://127.0.0.1:PORT",
        "DNS, dns://127.0.0.1:PORT",
        "HTTP, http://169.254.169.254",
    })
    void noKindOfCheckConnectsInside(HealthCheck.Type type, String endpoint) throws Exception {
        String address =
                endpoint.replace("PORT", Integer.toString(inside.getAddress().getPort()));

        Reading reading = asked(Outgoing.outbound(), type, address, "/");

        assertThat(reading.success()).isFalse();
        assertThat(reading.cause()).contains("windrose.reach.allow");
        assertThat(reached).hasValue(0);
    }

    @Test
    void aNameThatPointsElsewhereTheNextTimeIsConnectedToWhereItWasLookedAt() throws Exception {
        AtomicInteger times = new AtomicInteger();
        Outbound.Resolver rebinding = name ->
                new InetAddress[] {InetAddress.getByName(times.getAndIncrement() == 0 ? "127.0.0.1" : "10.0.0.1")};
        Outbound outbound = Outgoing.outbound(rebinding, Prefix.parse("127.0.0.1"));
        int port = inside.getAddress().getPort();

        Reading reading = asked(outbound, HealthCheck.Type.HTTP, "http://shop.example:" + port, "/health");

        assertThat(reading.success()).as(reading.toString()).isTrue();
        assertThat(times).hasValue(1);
        assertThat(host).hasValue("shop.example:" + port);
        assertThat(asked(outbound, HealthCheck.Type.HTTP, "http://shop.example:" + port, "/health")
                        .success())
                .isFalse();
    }

    @Test
    void aCheckFollowsNoRedirect() throws Exception {
        Outbound outbound = Outgoing.outbound(Prefix.parse("127.0.0.1"));

        asked(
                outbound,
                HealthCheck.Type.HTTP,
                "http://127.0.0.1:" + inside.getAddress().getPort(),
                "/moved");

        assertThat(reached).hasValue(1);
    }
}
