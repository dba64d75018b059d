package dev.windrose.live.health;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import dev.windrose.decide.geo.Prefix;
import dev.windrose.decide.health.CheckPlan;
import dev.windrose.decide.health.Reading;
import dev.windrose.live.reach.Outgoing;
import dev.windrose.live.tls.Authorities;
import dev.windrose.live.tls.MadeCertificates;
import dev.windrose.model.HealthCheck;
import dev.windrose.model.HealthStatus;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What origins do to connections that are kept, and how what they answer is bounded: the same by HTTP and by HTTPS. */
class KeptConnectionsTest {

    private static final ActorTestKit KIT = ActorTestKit.create();
    private static final Duration PATIENT = Duration.ofSeconds(10);
    private static final String WELL = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nwell";

    @TempDir
    private static Path files;

    private static SSLContext shown;
    private static Authorities believed;

    /** What an origin does with a connection. */
    private interface Manners {
        void serve(Socket socket, int connection) throws IOException;
    }

    private final AtomicInteger connections = new AtomicInteger();
    private final List<String> heads = new CopyOnWriteArrayList<>();
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private final List<ServerSocket> servers = new CopyOnWriteArrayList<>();
    private final Probe probe = new Probe(
            KIT.system(),
            Outgoing.by(Outgoing.outbound(
                    name -> new InetAddress[] {InetAddress.getByName("127.0.0.1")}, Prefix.parse("127.0.0.1"))),
            believed,
            Outgoing.waiting());

    @BeforeAll
    static void make() {
        MadeCertificates made = new MadeCertificates(files, "kept=kept.example");
        shown = made.of("kept").context();
        believed = new Authorities(made.file("ca.pem"), null);
    }

    @AfterEach
    void stop() throws IOException {
        for (ServerSocket server : servers) {
            server.close();
        }
        for (Socket socket : open) {
            socket.close();
        }
    }

    @AfterAll
    static void shutDown() {
        KIT.shutdownTestKit();
    }

    /** @param protocol http, or the version of TLS */
    private String origin(String protocol, Manners manners) throws IOException {
        ServerSocket server = protocol.equals("http")
                ? new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"))
                : shown.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        if (server instanceof SSLServerSocket tls) {
            tls.setEnabledProtocols(new String[] {protocol});
        }
        servers.add(server);
        thread(() -> {
            while (!server.isClosed()) {
                try {
                    Socket socket = server.accept();
                    open.add(socket);
                    int connection = connections.incrementAndGet();
                    thread(() -> {
                        try (socket) {
                            manners.serve(socket, connection);
                        } catch (IOException e) {
                            // Whoever asked has hung up.
                        }
                    });
                } catch (IOException e) {
                    // Closed, which the loop sees by itself.
                }
            }
        });
        return (protocol.equals("http") ? "http" : "https") + "://kept.example:" + server.getLocalPort();
    }

    private static void thread(Runnable work) {
        Thread thread = new Thread(work, "origin");
        thread.setDaemon(true);
        thread.start();
    }

    /** Reads one request; whether there was one. */
    private boolean request(Socket socket) throws IOException {
        StringBuilder head = new StringBuilder();
        InputStream in = socket.getInputStream();
        while (head.indexOf("\r\n\r\n") < 0) {
            int c = in.read();
            if (c < 0) {
                return false;
            }
            head.append((char) c);
        }
        heads.add(head.toString());
        return true;
    }

    private static void say(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
    }

    private Reading run(CheckPlan.Check target) throws Exception {
        return probe.run(target).toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private Reading run(String endpoint) throws Exception {
        return run(Targets.http(endpoint, Targets.request(), PATIENT));
    }

    private void well(String endpoint, int times) throws Exception {
        for (int i = 0; i < times; i++) {
            Reading reading = run(endpoint);
            assertThat(reading.status()).as("%d: %s", i, reading.cause()).isEqualTo(HealthStatus.HEALTHY);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "TLSv1.2", "TLSv1.3"})
    void anOriginThatClosesWhenItIsIdleIsWell(String protocol) throws Exception {
        AtomicInteger closed = new AtomicInteger();
        String endpoint = origin(protocol, (socket, connection) -> {
            if (request(socket)) {
                say(socket, WELL);
                socket.close();
                closed.incrementAndGet();
            }
        });
        for (int i = 1; i <= 4; i++) {
            well(endpoint, 1);
            int asked = i;
            KIT.createTestProbe().awaitAssert(() -> {
                assertThat(closed).hasValue(asked);
                return null;
            });
        }
    }

    @ParameterizedTest
    @CsvSource({
        "http, FIN", "TLSv1.2, FIN", "TLSv1.3, FIN",
        "http, RST", "TLSv1.2, RST", "TLSv1.3, RST",
        "http, 408", "TLSv1.2, 408", "TLSv1.3, 408"
    })
    void anOriginThatEndsAConnectionOnTheSecondRequestIsWell(String protocol, String how) throws Exception {
        String endpoint = origin(protocol, (socket, connection) -> {
            request(socket);
            say(socket, WELL);
            request(socket);
            if (how.equals("RST")) {
                socket.setSoLinger(true, 0);
            } else if (how.equals("408")) {
                say(socket, "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
            }
        });
        well(endpoint, 6);
        // The first, and one beside each request but the first that found a kept one.
        assertThat(connections.get()).isBetween(3, 6);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "TLSv1.2", "TLSv1.3"})
    void anOriginThatEndsEveryConnectionIsNotWellAndTheCauseSaysWhy(String protocol) throws Exception {
        String endpoint = origin(protocol, (socket, connection) -> request(socket));
        Reading reading = run(endpoint);
        assertThat(reading.success()).isFalse();
        assertThat(reading.cause()).isEqualTo("connection: closed without an answer at 127.0.0.1");
        assertThat(connections).as("a new connection is tried once").hasValue(1);
    }

    @ParameterizedTest
    @CsvSource({
        "http, 20000, ''",
        "TLSv1.2, 20000, ''",
        "TLSv1.3, 20000, ''",
        "http, 70000, headers: more than 65536 bytes at 127.0.0.1",
        "TLSv1.2, 70000, headers: more than 65536 bytes at 127.0.0.1",
        "TLSv1.3, 70000, headers: more than 65536 bytes at 127.0.0.1"
    })
    void aLongHeaderLineIsReadUpToTheSameBound(String protocol, int length, String cause) throws Exception {
        String endpoint = origin(protocol, (socket, connection) -> {
            while (request(socket)) {
                say(socket, "HTTP/1.1 200 OK\r\nX-Long: " + "x".repeat(length) + "\r\nContent-Length: 0\r\n\r\n");
            }
        });
        assertThat(run(endpoint).cause()).isEqualTo(cause);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "TLSv1.3"})
    void aCheckMakesAConnectionOfItsOwnWhereTheRuleSaysSo(String protocol) throws Exception {
        String endpoint = origin(protocol, (socket, connection) -> {
            while (request(socket)) {
                say(socket, WELL);
            }
        });
        well(endpoint, 3);
        assertThat(connections).as("kept").hasValue(1);
        for (int i = 0; i < 3; i++) {
            assertThat(run(Targets.http(endpoint, Targets.request().fresh(), PATIENT))
                            .success())
                    .isTrue();
        }
        assertThat(connections).hasValue(4);
        assertThat(heads.get(heads.size() - 1)).contains("Connection: close\r\n");
        assertThat(heads.get(0)).doesNotContain("Connection:");
    }

    /** A session that is resumed says nothing of the certificate that the origin has by now. */
    @Test
    void aConnectionOfItsOwnHasAHandshakeOfItsOwn() throws Exception {
        Set<String> sessions = ConcurrentHashMap.newKeySet();
        String endpoint = origin("TLSv1.2", (socket, connection) -> {
            while (request(socket)) {
                sessions.add(HexFormat.of()
                        .formatHex(((SSLSocket) socket).getSession().getId()));
                say(socket, WELL);
            }
        });
        for (int i = 0; i < 3; i++) {
            assertThat(run(Targets.http(endpoint, Targets.request().fresh(), PATIENT))
                            .success())
                    .isTrue();
        }
        assertThat(sessions).hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "TLSv1.3"})
    void theRequestIsWhatTheRuleSays(String protocol) throws Exception {
        String endpoint = origin(protocol, (socket, connection) -> {
            while (request(socket)) {
                String head = heads.get(heads.size() - 1);
                say(
                        socket,
                        head.startsWith("HEAD ")
                                ? "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
                                : "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
            }
        });
        assertThat(run(Targets.http(endpoint, Targets.request().method(HealthCheck.Method.HEAD), PATIENT)))
                .as("the length of a body that does not follow")
                .matches(reading -> reading.success() && reading.cause().isEmpty());
        assertThat(run(Targets.http(endpoint, Targets.request().goodStatuses("200-299,301,403"), PATIENT))
                        .success())
                .isTrue();
        assertThat(run(Targets.http(endpoint, Targets.request().goodStatuses("200-299,301"), PATIENT))
                        .cause())
                .isEqualTo("status: 403 (expected: 200-299,301) at 127.0.0.1");
        run(Targets.http(
                endpoint,
                Targets.request()
                        .method(HealthCheck.Method.POST)
                        .host("shop.example:8443")
                        .sni("kept.example"),
                PATIENT));
        assertThat(heads.get(heads.size() - 1))
                .startsWith("POST /health HTTP/1.1\r\nHost: shop.example:8443\r\n")
                .contains("Content-Length: 0\r\n");
        run(Targets.http(endpoint, Targets.request().header("user-agent", "probe/1"), PATIENT));
        assertThat(heads.get(heads.size() - 1))
                .containsIgnoringCase("user-agent: probe/1\r\n")
                .doesNotContain("windrose-health");
        assertThat(connections).as("asked on one connection").hasValue(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void theServerNameIsThatOfTheRuleAndTheCertificateMustBeOfIt(String protocol) throws Exception {
        String endpoint = origin(protocol, (socket, connection) -> {
            while (request(socket)) {
                say(socket, WELL);
            }
        });
        String other = endpoint.replace("kept.example", "other.example");
        assertThat(run(other).cause()).contains("other.example");
        assertThat(run(Targets.http(other, Targets.request().sni("kept.example"), PATIENT))
                        .success())
                .isTrue();
        assertThat(run(Targets.http(other, Targets.request().host("kept.example"), PATIENT))
                        .success())
                .as("the name that is asked for is the name that is expected")
                .isTrue();
        assertThat(run(Targets.http(endpoint, Targets.request().ca("nobody"), PATIENT))
                        .cause())
                .isEqualTo("ca: 'nobody' (expected: a file nobody.pem in windrose.health.ca-dir of this node)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "TLSv1.3"})
    void whatAForeignProtocolSaysIsNotRepeated(String protocol) throws Exception {
        String endpoint = origin(protocol, (socket, connection) -> {
            say(socket, "220 mail.internal ESMTP \u001b[31msecret\u0007\r\n");
            socket.getInputStream().read();
        });
        assertThat(run(endpoint).cause()).isEqualTo("answer: not HTTP/1.1 at 127.0.0.1");
    }
}
