package dev.windrose.live.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
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
import dev.windrose.model.HealthStatus;
import dev.windrose.model.RegionId;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names with several addresses, of both families, some of which do not answer. */
class AddressesTest {

    private static final ActorTestKit KIT = ActorTestKit.create();
    private static final Duration PATIENT = Duration.ofSeconds(10);

    private final Map<String, List<String>> names = new ConcurrentHashMap<>();
    private final OutboundLoop wires = Outgoing.by(Outgoing.outbound(
            name -> {
                List<String> found = names.get(name);
                if (found == null) {
                    throw new IOException("no such name");
                }
                InetAddress[] addresses = new InetAddress[found.size()];
                for (int i = 0; i < addresses.length; i++) {
                    addresses[i] = InetAddress.getByName(found.get(i));
                }
                return addresses;
            },
            Prefix.parse("127.0.0.0/8"),
            Prefix.parse("::1")));
    private final Probe probe = new Probe(KIT.system(), wires, Authorities.platform(), Outgoing.waiting());
    private HttpServer server;
    private int port;
    private volatile int status = 200;
    private volatile String host = "";

    /** At 127.0.0.1 alone: nobody listens at the other loopback addresses of that port. */
    @BeforeEach
    void serve() throws IOException {
        server = server("127.0.0.1", 0);
        port = server.getAddress().getPort();
    }

    private HttpServer server(String address, int at) throws IOException {
        HttpServer made = HttpServer.create(new InetSocketAddress(address, at), 0);
        made.createContext("/", exchange -> {
            host = exchange.getRequestHeaders().getFirst("Host");
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        made.start();
        return made;
    }

    @AfterEach
    void stop() {
        server.stop(0);
        wires.close();
    }

    @AfterAll
    static void shutDown() {
        KIT.shutdownTestKit();
    }

    private Reading run(String endpoint, Targets.Asked asked, Duration timeout) throws Exception {
        return probe.run(Targets.http(endpoint, asked, timeout))
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS);
    }

    private static void needsIpv6() throws IOException {
        assumeTrue(
                !Boolean.getBoolean("java.net.preferIPv4Stack")
                        && java.net.NetworkInterface.getByInetAddress(InetAddress.getByName("::1")) != null,
                "no IPv6 here");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "tcp"})
    void anIpv6EndpointIsChecked(String scheme) throws Exception {
        needsIpv6();
        HttpServer six = server("::1", 0);
        try {
            String endpoint = scheme + "://[::1]:" + six.getAddress().getPort();
            assertThat(run(endpoint, Targets.request(), PATIENT))
                    .matches(reading -> reading.status() == HealthStatus.HEALTHY
                            && reading.cause().isEmpty());
            if (scheme.equals("http")) {
                assertThat(host).isEqualTo("[::1]:" + six.getAddress().getPort());
            }
        } finally {
            six.stop(0);
        }
        assertThat(run("http://[::1]:" + port, Targets.request(), PATIENT).cause())
                .as("nobody listens there by IPv6")
                .isEqualTo("connection refused");
    }

    @Test
    void nodesAreStartedWithIpv6() throws Exception {
        assertThat(Files.readString(Path.of("deploy/bin/windrose"))).doesNotContain("preferIPv4Stack");
    }

    @Test
    void aProcessWithoutIpv6SaysThatAndNotThatTheTargetRefuses() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Djava.net.preferIPv4Stack=true",
                        "-cp",
                        System.getProperty("java.class.path"),
                        AddressesTest.class.getName())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        assertThat(said)
                .contains("cause [IPv6: disabled in this process (expected: no -Djava.net.preferIPv4Stack=true)]");
    }

    /** One check of an IPv6 address, in a process of its own. */
    public static void main(String[] args) throws Exception {
        Reading reading = new AddressesTest().run("http://[::1]:1", Targets.request(), PATIENT);
        System.out.println("cause [" + reading.cause() + "]");
        System.exit(0);
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP", "TCP", "GRPC"})
    void aDeadAddressBeforeALivingOneIsPassedOver(HealthCheck.Type type) throws Exception {
        names.put("dead-first.example", List.of("127.0.0.2", "127.0.0.1"));
        names.put("dead-last.example", List.of("127.0.0.1", "127.0.0.2"));
        String scheme = type == HealthCheck.Type.HTTP ? "http" : type == HealthCheck.Type.TCP ? "tcp" : "grpc";

        for (int i = 0; i < 2; i++) {
            Reading first = run(
                    scheme + "://dead-first.example:" + port, Targets.request().fresh(), PATIENT);
            Reading last = run(scheme + "://dead-last.example:" + port, Targets.request(), PATIENT);
            if (type != HealthCheck.Type.GRPC) {
                assertThat(first.status()).as(first.cause()).isEqualTo(HealthStatus.HEALTHY);
                assertThat(first.cause()).isEqualTo("answered at 127.0.0.1; failed at 127.0.0.2: connection refused");
                assertThat(last).matches(reading -> reading.cause().isEmpty() && reading.success());
            } else {
                // It speaks no gRPC, and is found all the same.
                assertThat(first.cause()).contains(" at 127.0.0.1; failed at 127.0.0.2: connection refused");
                assertThat(last.cause()).endsWith(" at 127.0.0.1");
            }
        }
    }

    @Test
    void anAddressThatSaysNothingCostsAQuarterOfASecondWhichIsNotTheTargets() throws Exception {
        try (HostileOrigins full = HostileOrigins.start(HostileOrigins.Kind.BACKLOG_FULL)) {
            // A connection to 127.0.0.1 of that port is never accepted; at 127.0.0.4 there is a server.
            int silentPort =
                    Integer.parseInt(full.endpoint().substring(full.endpoint().lastIndexOf(':') + 1));
            HttpServer living = server("127.0.0.4", silentPort);
            try {
                names.put("half.example", List.of("127.0.0.1", "127.0.0.4"));
                long began = System.nanoTime();
                Reading reading = run("http://half.example:" + silentPort, Targets.request(), PATIENT);
                double tookMs = (System.nanoTime() - began) / 1e6;

                assertThat(reading.status()).as(reading.cause()).isEqualTo(HealthStatus.HEALTHY);
                assertThat(reading.cause()).isEqualTo("answered at 127.0.0.4; failed at 127.0.0.1: no answer");
                assertThat(reading.latencyMs()).isLessThan(tookMs - 240);
            } finally {
                living.stop(0);
            }
        }
    }

    @Test
    void nothingStaysOpenOfAddressesThatLost() throws Exception {
        try (HostileOrigins full = HostileOrigins.start(HostileOrigins.Kind.BACKLOG_FULL)) {
            int silentPort =
                    Integer.parseInt(full.endpoint().substring(full.endpoint().lastIndexOf(':') + 1));
            names.put("gone.example", List.of("127.0.0.1", "127.0.0.5", "127.0.0.6"));
            Reading reading = run("http://gone.example:" + silentPort, Targets.request(), Duration.ofMillis(600));

            assertThat(reading.success()).isFalse();
            assertThat(reading.cause())
                    .isEqualTo("127.0.0.1: no answer; 127.0.0.5: connection refused; 127.0.0.6: connection refused");
            KIT.createTestProbe().awaitAssert(Duration.ofSeconds(10), () -> {
                assertThat(wires.open()).isZero();
                return null;
            });
        }
    }

    @Test
    void theCauseSaysWhichAddressAnswered() throws Exception {
        names.put("shop.example", List.of("127.0.0.1"));
        status = 503;
        assertThat(run("http://shop.example:" + port, Targets.request(), PATIENT)
                        .cause())
                .isEqualTo("status: 503 (expected: 200 to 399) at 127.0.0.1");
        names.put("shop.example", List.of("127.0.0.2"));
        assertThat(run("http://shop.example:" + port, Targets.request(), PATIENT)
                        .cause())
                .isEqualTo("connection refused at 127.0.0.2");
    }

    @Test
    void everyAddressIsCheckedWhereTheRuleSaysSo() throws Exception {
        names.put("shop.example", List.of("127.0.0.1", "127.0.0.2"));
        String endpoint = "http://shop.example:" + port;

        Reading all = run(endpoint, Targets.request().each(1), PATIENT);
        assertThat(all.status()).isEqualTo(HealthStatus.UNHEALTHY);
        assertThat(all.cause()).isEqualTo("1 of 2 addresses healthy (expected: 2); 127.0.0.2: connection refused");
        assertThat(run(endpoint, Targets.request().each(0.5), PATIENT).status()).isEqualTo(HealthStatus.HEALTHY);
        assertThat(run(endpoint, Targets.request().each(0), PATIENT).cause())
                .isEqualTo("1 of 2 addresses healthy (expected: 1); 127.0.0.2: connection refused");
        HttpServer second = server("127.0.0.2", port);
        try {
            assertThat(run(endpoint, Targets.request().each(1), PATIENT))
                    .matches(reading -> reading.status() == HealthStatus.HEALTHY
                            && reading.cause().isEmpty());
        } finally {
            second.stop(0);
        }
    }

    @Test
    void aCheckMayConnectElsewhereThanItsEndpointSays() throws Exception {
        names.put("origin.example", List.of("127.0.0.1"));
        Reading reading =
                run("http://nowhere.example:" + port, Targets.request().address("origin.example"), PATIENT);

        assertThat(reading.status()).as(reading.cause()).isEqualTo(HealthStatus.HEALTHY);
        assertThat(host).isEqualTo("nowhere.example:" + port);
        assertThat(run("http://nowhere.example:" + port, Targets.request().address("10.0.0.1"), PATIENT)
                        .cause())
                .contains("windrose.reach.allow");
    }

    @Test
    void aNameServerWithASilentAddressIsAskedAtTheNextWhichIsNoSlowerForThat() throws Exception {
        names.put("dns.example", List.of("127.0.0.2", "127.0.0.1"));
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getByName("127.0.0.1"));
                DatagramSocket silent = new DatagramSocket(socket.getLocalPort(), InetAddress.getByName("127.0.0.2"))) {
            Thread answering = new Thread(() -> DnsAnswerTest.answer(socket, "good.example"));
            answering.setDaemon(true);
            answering.start();
            HealthCheck check = Checks.of(HealthCheck.Type.DNS, Duration.ofSeconds(2));
            HealthCheck.Question asked = check.question();
            HealthCheck good = check.asking(new HealthCheck.Question(
                    HealthCheck.Type.DNS, asked.path(), 0, "good.example", 200, 399, null, 14));
            Reading reading = probe.run(new CheckPlan.Check(
                            "id",
                            new RegionId("eu-west-1"),
                            URI.create("dns://dns.example:" + silent.getLocalPort()),
                            good,
                            700))
                    .toCompletableFuture()
                    .get(20, TimeUnit.SECONDS);
            assertThat(reading.status()).as(reading.cause()).isEqualTo(HealthStatus.HEALTHY);
            assertThat(reading.cause()).isEqualTo("answered at 127.0.0.1; failed at 127.0.0.2: no answer");
        }
    }
}
