package dev.windrose.live.health;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.windrose.decide.geo.Prefix;
import dev.windrose.decide.health.CheckPlan;
import dev.windrose.decide.health.Reading;
import dev.windrose.live.reach.HttpClient;
import dev.windrose.live.reach.HttpGet;
import dev.windrose.live.reach.Outbound;
import dev.windrose.live.reach.Outgoing;
import dev.windrose.live.tls.Authorities;
import dev.windrose.live.tls.MadeCertificates;
import dev.windrose.model.HealthCheck;
import dev.windrose.model.RegionId;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checks by HTTPS over real TLS, of a name whose server of names changes its answer. */
class HttpProbeTest {

    private static final ExecutorService WAITING = Executors.newCachedThreadPool();

    @TempDir
    private static Path files;

    private static final ActorTestKit KIT = ActorTestKit.create();

    private static SSLContext shop;
    private static Authorities made;

    /** At 127.0.0.1, and at 127.0.0.2 on the same port. */
    private final HttpsServer[] servers = new HttpsServer[2];

    private final AtomicInteger[] asked = {new AtomicInteger(), new AtomicInteger()};
    private final Set<InetSocketAddress> clients = ConcurrentHashMap.newKeySet();
    private final AtomicReference<String> host = new AtomicReference<>("");
    private final AtomicInteger lookups = new AtomicInteger();
    private volatile String answer = "127.0.0.1";
    private volatile int bodyBytes = 4;

    @BeforeAll
    static void make() {
        MadeCertificates certificates = new MadeCertificates(files, "shop=shop.example", "other=other.example");
        shop = certificates.of("shop").context();
        made = new Authorities(certificates.file("ca.pem"), null);
    }

    @AfterAll
    static void shutDown() {
        WAITING.shutdown();
        KIT.shutdownTestKit();
    }

    @BeforeEach
    void serve() throws Exception {
        servers[0] = server(0, 0);
        servers[1] = server(1, servers[0].getAddress().getPort());
    }

    private HttpsServer server(int index, int port) throws Exception {
        HttpsServer server = HttpsServer.create(new InetSocketAddress("127.0.0." + (index + 1), port), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(shop));
        server.setExecutor(WAITING);
        server.createContext("/", exchange -> {
            asked[index].incrementAndGet();
            clients.add(exchange.getRemoteAddress());
            host.set(exchange.getRequestHeaders().getFirst("Host"));
            byte[] body = "well".repeat(bodyBytes / 4).getBytes(StandardCharsets.UTF_8);
            if (exchange.getRequestURI().getPath().equals("/moved")) {
                exchange.getResponseHeaders().add("Location", "/inside");
                exchange.sendResponseHeaders(302, body.length);
            } else {
                exchange.sendResponseHeaders(200, body.length);
            }
            // Closed by itself, an exchange whose body was not read ends the connection.
            exchange.getRequestBody().readAllBytes();
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        return server;
    }

    @AfterEach
    void stop() {
        servers[0].stop(0);
        servers[1].stop(0);
    }

    private Outbound outbound() {
        return Outgoing.outbound(
                name -> {
                    lookups.incrementAndGet();
                    return new InetAddress[] {InetAddress.getByName(answer)};
                },
                Prefix.parse("127.0.0.0/30"));
    }

    private String url(String name) {
        return "https://" + name + ":" + servers[0].getAddress().getPort();
    }

    private Probe probe(Authorities believed) {
        return new Probe(KIT.system(), Outgoing.by(outbound()), believed, Outgoing.waiting());
    }

    private Reading check(Probe probe, String endpoint, String path, @Nullable String contains, int status)
            throws Exception {
        HealthCheck check = new HealthCheck(
                new HealthCheck.Question(HealthCheck.Type.HTTP, path, 0, "", status, status, contains, 14),
                Duration.ofSeconds(30),
                Duration.ofSeconds(5),
                new HealthCheck.Turns(1, 1, 1, Duration.ofSeconds(20)),
                new HealthCheck.Levels(5000, 8000, 0.95, 0.5));
        CheckPlan.Check target = new CheckPlan.Check("c", new RegionId("eu-west-1"), URI.create(endpoint), check, 0);
        return probe.run(target).toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    @Test
    void theAddressThatWasLookedAtIsConnectedToWhateverTheNameServerSaysNext() throws Exception {
        Probe probe = probe(made);

        Reading first = check(probe, url("shop.example"), "/health", "well", 200);

        assertThat(first.success()).as(first.toString()).isTrue();
        assertThat(lookups).as("asked for once").hasValue(1);
        assertThat(host.get()).isEqualTo(url("shop.example").substring("https://".length()));

        // The next check goes where the name points then, though a connection to the old address is there.
        answer = "127.0.0.2";
        assertThat(check(probe, url("shop.example"), "/health", "well", 200).success())
                .isTrue();
        assertThat(asked[0]).hasValue(1);
        assertThat(asked[1]).hasValue(1);

        answer = "10.0.0.1";
        Reading inside = check(probe, url("shop.example"), "/health", "well", 200);
        assertThat(inside.success()).isFalse();
        assertThat(inside.cause()).contains("windrose.reach.allow");
        assertThat(lookups).hasValue(3);
    }

    @Test
    void theCertificateMustBeOfTheNameAndOfAnAuthorityThatIsBelieved() throws Exception {
        Probe probe = probe(made);

        Reading wrongName = check(probe, url("other.example"), "/health", null, 200);
        assertThat(wrongName.success()).isFalse();
        assertThat(wrongName.cause()).contains("other.example");
        Reading number = check(probe, url("127.0.0.2"), "/health", null, 200);
        assertThat(number.success())
                .as("a number that is not in the certificate")
                .isFalse();

        Reading unknown = check(probe(Authorities.platform()), url("shop.example"), "/health", null, 200);
        assertThat(unknown.success()).isFalse();
        assertThat(unknown.cause()).contains("PKIX");
        assertThat(asked[0].get() + asked[1].get()).as("nothing was asked").isZero();
    }

    @Test
    void connectionsAreKeptRedirectsAreNotFollowedAndLongBodiesNotRead() throws Exception {
        Probe probe = probe(made);
        for (int i = 0; i < 5; i++) {
            assertThat(check(probe, url("shop.example"), "/health", "well", 200).success())
                    .isTrue();
        }
        // One that was just answered is given back a moment later, and a second may be made meanwhile.
        assertThat(clients).hasSizeLessThanOrEqualTo(2);

        assertThat(check(probe, url("shop.example"), "/moved", null, 302).success())
                .isTrue();
        assertThat(asked[0]).as("the redirect was not followed").hasValue(6);

        bodyBytes = 8 << 20;
        assertThat(check(probe, url("shop.example"), "/health", "well", 200).success())
                .isTrue();
        bodyBytes = 4;
        assertThat(check(probe, url("shop.example"), "/health", "well", 200).success())
                .isTrue();
    }

    @Test
    void aServerThatDoesNotAnswerIsGivenUpInTime() throws Exception {
        try (java.net.ServerSocket silent = new java.net.ServerSocket(0, 5, InetAddress.getByName("127.0.0.3"))) {
            answer = "127.0.0.3";
            long began = System.nanoTime();
            assertThat(Outgoing.client(outbound(), () -> shop)
                            .get(
                                    new HttpClient.Question(
                                            URI.create("https://shop.example:" + silent.getLocalPort() + "/"),
                                            1024,
                                            "test",
                                            true),
                                    began + 300_000_000L))
                    .failsWithin(Duration.ofSeconds(5));
            assertThat(System.nanoTime() - began).isLessThan(5_000_000_000L);
            try (java.net.Socket accepted = silent.accept()) {
                accepted.setSoTimeout(5000);
                byte[] greeting = new byte[4096];
                int read = accepted.getInputStream().read(greeting);
                while (read > 0) {
                    read = accepted.getInputStream().read(greeting);
                }
                assertThat(read).as("hung up").isNegative();
            }
        }
    }

    /** What fetches the keys of an issuer. */
    @Test
    void aDocumentIsFetchedFromTheAddressThatWasLookedAt() throws Exception {
        HttpGet get = new HttpGet(Outgoing.client(outbound(), () -> shop), Duration.ofSeconds(5), 1 << 20);

        assertThat(new String(get.get(URI.create(url("shop.example") + "/keys")).join(), StandardCharsets.UTF_8))
                .isEqualTo("well");
        assertThat(lookups).as("asked for once").hasValue(1);

        answer = "127.0.0.2";
        get.get(URI.create(url("shop.example") + "/keys")).join();
        assertThat(asked[1]).hasValue(1);
        assertThat(org.assertj.core.api.Assertions.catchThrowable(
                        () -> get.get(URI.create(url("other.example") + "/")).join()))
                .hasMessageContaining("other.example");
    }
}
