package dev.windrose.live.health;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.windrose.decide.geo.Prefix;
import dev.windrose.decide.health.CheckPlan;
import dev.windrose.decide.health.Checks;
import dev.windrose.decide.health.Reading;
import dev.windrose.live.reach.Outgoing;
import dev.windrose.live.tls.Authorities;
import dev.windrose.model.HealthCheck;
import dev.windrose.model.HealthStatus;
import dev.windrose.model.RegionId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Probes real sockets: a server that answers in many ways, one that never does, and a port where nobody listens. */
class ProbeTest {

    private static final ExecutorService WAITING = Executors.newCachedThreadPool();
    private static final ActorTestKit KIT = ActorTestKit.create();
    private static final Probe PROBE = new Probe(
            KIT.system(),
            Outgoing.to(Prefix.parse("127.0.0.0/8"), Prefix.parse("::1")),
            Authorities.platform(),
            Outgoing.waiting());

    private static HttpServer server;
    private static ServerSocket silent;

    @BeforeAll
    static void listen() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(WAITING);
        answer("/health", 200, "all is well");
        answer("/empty", 204, "");
        answer("/moved", 302, "");
        answer("/broken", 500, "out of memory");
        answer("/long", 200, "x".repeat(200_000) + "all is well");
        server.start();
        // Accepts by its backlog and never answers, as a hung service does.
        silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    private static void answer(String path, int status, String body) {
        server.createContext(path, exchange -> {
            if (status == 302) {
                exchange.getResponseHeaders().add("Location", "/health");
            }
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            try (exchange) {
                exchange.getResponseBody().write(bytes);
            } catch (IOException e) {
                // A probe hangs up on long bodies.
            }
        });
    }

    @AfterAll
    static void end() throws IOException {
        server.stop(0);
        silent.close();
        WAITING.shutdownNow();
        KIT.shutdownTestKit();
    }

    private static Reading probe(String endpoint, HealthCheck check) throws Exception {
        return PROBE.run(new CheckPlan.Check("id", new RegionId("eu-west-1"), URI.create(endpoint), check, 0))
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS);
    }

    private static HealthCheck http(String path, String body, int from, int to) {
        return Checks.expecting(path, body, from, to);
    }

    @ParameterizedTest
    @CsvSource({
        "/health, '',          200, 399, HEALTHY,   ''",
        "/health, all is well, 200, 399, HEALTHY,   ''",
        "/empty,  '',          200, 399, HEALTHY,   ''",
        "/moved,  '',          200, 399, HEALTHY,   ''",
        "/moved,  '',          200, 299, UNHEALTHY, 'status: 302 (expected: 200 to 299)'",
        "/moved,  all is well, 200, 399, UNHEALTHY, 'body: without the expected text'",
        "/broken, '',          200, 399, UNHEALTHY, 'status: 500 (expected: 200 to 399)'",
        "/broken, '',          500, 500, HEALTHY,   ''",
        "/health, all is lost, 200, 399, UNHEALTHY, 'body: without the expected text'",
        "/long,   all is well, 200, 399, UNHEALTHY, 'body: without the expected text in its first 65536 bytes (no more"
                + " is read)'",
        "/long,   xxxx,        200, 399, HEALTHY,   ''",
        "/nobody, '',          200, 399, UNHEALTHY, 'status: 404 (expected: 200 to 399)'"
    })
    void anAnswerIsJudgedByStatusAndBody(String path, String body, int from, int to, HealthStatus status, String cause)
            throws Exception {
        Reading reading = probe("http://127.0.0.1:" + server.getAddress().getPort(), http(path, body, from, to));
        assertThat(reading.status()).as(reading.cause()).isEqualTo(status);
        assertThat(reading.cause()).isEqualTo(cause);
        assertThat(reading.latencyMs()).isPositive();
    }

    @Test
    void aSlashAtTheEndOfAnEndpointIsNotDoubled() throws Exception {
        Reading reading = probe(
                "http://127.0.0.1:" + server.getAddress().getPort() + "/", http("/health", "all is well", 200, 200));
        assertThat(reading.success()).as(reading.cause()).isTrue();
    }

    @Test
    void aServiceThatNeverAnswersIsGivenUpWhenTheTimeoutIsOver() throws Exception {
        Reading reading = probe(
                "http://127.0.0.1:" + silent.getLocalPort(),
                Checks.http(Duration.ofSeconds(1), Duration.ofMillis(200), 2, 2));
        assertThat(reading.success()).isFalse();
        assertThat(reading.cause()).isEqualTo("no answer within 200 ms");
        assertThat(reading.latencyMs()).isGreaterThanOrEqualTo(199);
    }

    @Test
    void aPortWhereNobodyListensIsRefused() throws Exception {
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        Duration timeout = Duration.ofSeconds(15);
        assertThat(probe("http://127.0.0.1:" + free, http("/health", "", 200, 399))
                        .cause())
                .isEqualTo("connection refused");
        assertThat(probe("http://127.0.0.1:" + free, Checks.of(HealthCheck.Type.TCP, timeout))
                        .cause())
                .isEqualTo("connection refused");
    }

    @Test
    void aTcpCheckAsksOnlyForAConnection() throws Exception {
        HealthCheck patient = Checks.of(HealthCheck.Type.TCP, Duration.ofSeconds(15));
        assertThat(probe("tcp://127.0.0.1:" + silent.getLocalPort(), patient).success())
                .isTrue();
        assertThat(probe("http://127.0.0.1:" + silent.getLocalPort(), patient).success())
                .isTrue();
    }

    @Test
    void aNameThatDoesNotResolveIsAFailedReadingThatNamesIt() throws Exception {
        Reading reading = probe("http://nobody.invalid:80", http("/health", "", 200, 399));
        assertThat(reading.success()).isFalse();
        assertThat(reading.cause()).isNotEmpty();
    }

    @Test
    void anHttpsServiceWithACertificateThatNobodyVouchesForIsNotWell(@TempDir Path files) throws Exception {
        HttpsServer secure = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        secure.setHttpsConfigurator(new HttpsConfigurator(selfSigned(files.resolve("keys"))));
        secure.setExecutor(WAITING);
        secure.start();
        try {
            Reading reading =
                    probe("https://127.0.0.1:" + secure.getAddress().getPort(), http("/health", "", 200, 399));
            assertThat(reading.success()).isFalse();
            assertThat(reading.cause()).containsIgnoringCase("SSLHandshakeException");
        } finally {
            secure.stop(0);
        }
    }

    private static SSLContext selfSigned(Path keys) throws Exception {
        String password = "changeit";
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=127.0.0.1",
                        "-keystore",
                        keys.toString(),
                        "-storepass",
                        password)
                .inheritIO()
                .start();
        assertThat(keytool.waitFor()).isZero();
        KeyStore store = KeyStore.getInstance(keys.toFile(), password.toCharArray());
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(store, password.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }
}
