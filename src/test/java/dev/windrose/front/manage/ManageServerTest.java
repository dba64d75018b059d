package dev.windrose.front.manage;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import com.typesafe.config.ConfigFactory;
import dev.windrose.decide.audit.AuditEntry;
import dev.windrose.decide.audit.AuditEvent;
import dev.windrose.live.access.Authenticator;
import dev.windrose.live.audit.AuditLog;
import dev.windrose.live.audit.AuditSettings;
import dev.windrose.live.audit.WaitingEvents;
import dev.windrose.live.journal.Journals;
import dev.windrose.live.listen.Connections;
import dev.windrose.live.listen.HttpLimits;
import dev.windrose.live.listen.Listener;
import dev.windrose.model.Grant;
import dev.windrose.model.Principal;
import dev.windrose.watch.AuditMeters;
import dev.windrose.watch.ListenMeters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Cluster management over real sockets: who brings no key, or one of an agent, sees nothing, and nobody changes anything. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ManageServerTest {

    private static final Authenticator ROLES = (token, certificate) ->
            token == null ? Principal.MISSING : Principal.of(Principal.Kind.KEY, "key:x", List.of(Grant.parse(token)));

    private final ActorTestKit kit = ActorTestKit.create(ConfigFactory.parseMap(Map.of(
                    "akka.actor.provider", "cluster",
                    "akka.cluster.jmx.enabled", "off",
                    "akka.remote.artery.canonical.hostname", "127.0.0.1",
                    "akka.remote.artery.canonical.port", 0))
            .withFallback(ConfigFactory.load()));
    private static final HttpLimits LIMITS = new HttpLimits(
            1000, 5, 1000, Duration.ofMillis(500), Duration.ofSeconds(60), Duration.ofSeconds(8), Duration.ZERO);

    @TempDir
    private static Path files;

    private final HttpClient client = HttpClient.newHttpClient();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final DataSource database = Journals.tables();
    private AuditLog audit;
    private Listener server;

    @BeforeAll
    void start() throws Exception {
        audit = new AuditLog(
                "us-east-1/a:1",
                new AuditSettings(Duration.ofDays(10)),
                new WaitingEvents(files.resolve("audit.waiting")),
                () -> database,
                Runnable::run,
                Runnable::run,
                System::currentTimeMillis,
                new AuditMeters(registry));
        ListenMeters meters = new ListenMeters(registry, "manage");
        server = ManageServer.start(
                        kit.system(),
                        new ManageSettings("127.0.0.1", 0),
                        null,
                        ROLES,
                        audit,
                        new Connections(LIMITS, List.of(), meters),
                        kit.system().executionContext(),
                        meters)
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS);
    }

    @AfterAll
    void stop() {
        server.drain(Duration.ofSeconds(1));
        kit.shutdownTestKit();
    }

    private List<AuditEvent> audited() {
        audit.flush();
        return audit.reader().read(audit.chain(), 0, 1000).toCompletableFuture().join().stream()
                .map(AuditEntry::event)
                .toList();
    }

    private double refused(ListenMeters.Refusal why) {
        return registry.get(ListenMeters.REFUSED)
                .tag("why", why.name().toLowerCase(Locale.ROOT))
                .counter()
                .count();
    }

    @ParameterizedTest(name = "Host {0}, Origin {1}: {2}")
    @CsvSource(
            nullValues = "-",
            value = {
                "localhost, -, 200",
                "evil.example, -, 403",
                "localhost, http://evil.example, 403",
            })
    void oneThatAsksNobodyAnswersForNamesOfThisMachine(String host, String origin, int status) throws Exception {
        ListenMeters meters = new ListenMeters(new SimpleMeterRegistry(), "manage");
        Listener open = ManageServer.start(
                        kit.system(),
                        new ManageSettings("127.0.0.1", 0),
                        null,
                        Authenticator.DEV,
                        audit,
                        new Connections(LIMITS, List.of(), meters),
                        kit.system().executionContext(),
                        meters)
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS);
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", open.port()), 5000);
            socket.setSoTimeout(10_000);
            socket.getOutputStream()
                    .write(("GET /cluster/members HTTP/1.1\r\nHost: " + host + "\r\n"
                                    + (origin == null ? "" : "Origin: " + origin + "\r\n")
                                    + "Connection: close\r\n\r\n")
                            .getBytes(US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), US_ASCII);
            assertThat(answer).startsWith("HTTP/1.1 " + status);
            assertThat(answer.contains("authenticates nobody")).isEqualTo(status == 403);
        } finally {
            open.drain(Duration.ofSeconds(1));
        }
    }

    @ParameterizedTest(name = "{0} {1} by {2}: {3}")
    @CsvSource(
            nullValues = "-",
            value = {
                "GET,    /cluster/members,                      -,                       401",
                "GET,    /cluster/members,                      agent,                   403",
                "GET,    /cluster/members,                      viewer;region=eu-west-1, 403",
                "GET,    /cluster/members,                      viewer,                  200",
                "GET,    /cluster/members,                      admin,                   200",
                "GET,    /cluster/members/x,                    -,                       401",
                "PUT,    /cluster,                              -,                       401",
                "PUT,    /cluster/members/x,                    -,                       401",
                "PUT,    /cluster/members/x,                    admin,                   405",
                "DELETE, /cluster/members/x,                    admin,                   405",
                "POST,   /cluster/members,                      admin,                   405",
                "GET,    /nothing,                              -,                       401",
            })
    void letsInWhoMayRead(String method, String path, String role, int status) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + server.port() + path.replace('~', '/')))
                .method(method, HttpRequest.BodyPublishers.noBody());
        if (role != null) {
            request.header("X-Api-Key", role);
        }

        int answered = client.send(request.build(), HttpResponse.BodyHandlers.ofString())
                .statusCode();

        if (status == 405) {
            assertThat(answered).isBetween(400, 499).isNotIn(401, 403);
        } else {
            assertThat(answered).isEqualTo(status);
        }
    }

    private HttpResponse<String> send(String method, String path, String role) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                .method(method, HttpRequest.BodyPublishers.ofString("x".repeat(100)))
                .header("X-Request-Id", "test-" + method + "-" + role);
        if (!role.isEmpty()) {
            request.header("X-Api-Key", role);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void whoIsRefusedAndWhoTriesToChangeSomethingIsInTheAudit() throws Exception {
        audited();
        assertThat(send("GET", "/cluster/members", "agent").headers().firstValue("X-Request-Id"))
                .hasValue("test-GET-agent");
        send("GET", "/cluster/members", "viewer");
        send("PUT", "/cluster/members/x", "");
        send("DELETE", "/cluster/members/x", "admin");

        assertThat(audited())
                .filteredOn(event -> event.requestId().startsWith("test-"))
                .extracting(event -> event.who() + " " + event.from() + " " + event.method() + " " + event.path() + " "
                        + event.status())
                .containsExactlyInAnyOrder(
                        "key:x 127.0.0.1 GET /cluster/members 403",
                        "nobody 127.0.0.1 PUT /cluster/members/x 401",
                        "key:x 127.0.0.1 DELETE /cluster/members/x 405");
    }

    @Test
    void aBodyThatIsNoneIsItsSendersFault() throws Exception {
        try (Socket socket = new Socket("127.0.0.1", server.port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream()
                    .write(("POST /cluster/members HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer admin\r\n"
                                    + "Transfer-Encoding: chunked\r\n\r\nzz\r\n")
                            .getBytes(US_ASCII));
            assertThat(new String(socket.getInputStream().readNBytes(12), US_ASCII))
                    .isEqualTo("HTTP/1.1 400");
        }
    }

    @Test
    void aClientThatKeepsItWaitingIsClosedAndAnAddressHasSoManyConnections() throws Exception {
        List<Socket> open = new ArrayList<>();
        try {
            for (int i = 0; i < 8; i++) {
                Socket socket = new Socket();
                socket.bind(new InetSocketAddress("127.0.3.1", 0));
                socket.connect(new InetSocketAddress("127.0.0.1", server.port()), 10_000);
                socket.setSoTimeout(10_000);
                open.add(socket);
                try {
                    socket.getOutputStream().write("GET /cluster/members HTTP/1.1\r\nHo".getBytes(US_ASCII));
                } catch (IOException e) {
                    // Refused already.
                }
            }
            for (Socket socket : open) {
                assertThat(ended(socket)).isTrue();
            }
            assertThat(refused(ListenMeters.Refusal.CONNECTIONS_OF_ADDRESS)).isEqualTo(3);
            assertThat(refused(ListenMeters.Refusal.SLOW_HEADERS)).isGreaterThanOrEqualTo(5);
            assertThat(send("GET", "/cluster/members", "viewer").statusCode()).isEqualTo(200);
        } finally {
            for (Socket socket : open) {
                socket.close();
            }
        }
    }

    private static boolean ended(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (SocketException e) {
            return true;
        }
    }
}
