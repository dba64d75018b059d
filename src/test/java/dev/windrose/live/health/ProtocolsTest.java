package dev.windrose.live.health;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import dev.windrose.decide.geo.Prefix;
import dev.windrose.decide.health.CheckPlan;
import dev.windrose.decide.health.Checks;
import dev.windrose.decide.health.Reading;
import dev.windrose.live.reach.Outgoing;
import dev.windrose.live.tls.Authorities;
import dev.windrose.model.HealthCheck;
import dev.windrose.model.HealthStatus;
import dev.windrose.model.RegionId;
import io.grpc.Server;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** Checks by gRPC, DNS and TLS against real servers of these kinds. */
class ProtocolsTest {

    private static final ExecutorService WAITING = Executors.newCachedThreadPool();
    private static final ActorTestKit KIT = ActorTestKit.create();
    private static final Probe PROBE = new Probe(
            KIT.system(),
            Outgoing.to(Prefix.parse("127.0.0.0/8"), Prefix.parse("::1")),
            Authorities.platform(),
            Outgoing.waiting());
    private static final Duration PATIENT = Duration.ofSeconds(15);

    @AfterAll
    static void end() {
        KIT.shutdownTestKit();
        WAITING.shutdownNow();
    }

    private static CheckPlan.Check target(String endpoint, HealthCheck.Type type, String subject, Duration timeout) {
        HealthCheck check = Checks.of(type, timeout);
        HealthCheck.Question asked = check.question();
        return new CheckPlan.Check(
                "id",
                new RegionId("eu-west-1"),
                URI.create(endpoint),
                check.asking(new HealthCheck.Question(
                        type, asked.path(), 0, subject, asked.statusFrom(), asked.statusTo(), null, 14)),
                0);
    }

    private static Reading probe(CheckPlan.Check target) throws Exception {
        return PROBE.run(target).toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @CsvSource({
        "'',          true,  ''",
        "shop.v1,     true,  ''",
        "sick.v1,     false, 'serving status: 2 (expected: 1, SERVING)'",
        "unknown.v1,  false, 'grpc-status: 5 (expected: 0)'",
    })
    void aGrpcServiceIsAsTheServerSaysItIs(String service, boolean well, String cause) throws Exception {
        HealthStatusManager health = new HealthStatusManager();
        health.setStatus("shop.v1", ServingStatus.SERVING);
        health.setStatus("sick.v1", ServingStatus.NOT_SERVING);
        Server server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(health.getHealthService())
                .build()
                .start();
        try {
            Reading reading =
                    probe(target("grpc://127.0.0.1:" + server.getPort(), HealthCheck.Type.GRPC, service, PATIENT));
            assertThat(reading.cause()).isEqualTo(cause);
            assertThat(reading.success()).isEqualTo(well);
        } finally {
            server.shutdownNow();
        }
    }

    @Test
    void aServerThatSpeaksNoGrpcHealthIsNotWell() throws Exception {
        Server server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .build()
                .start();
        int port = server.getPort();
        try {
            Reading reading = probe(target("grpc://127.0.0.1:" + port, HealthCheck.Type.GRPC, "", PATIENT));
            assertThat(reading.cause()).isEqualTo("grpc-status: 12 (expected: 0)");
        } finally {
            server.shutdownNow();
        }
        assertThat(probe(target("grpc://127.0.0.1:" + port, HealthCheck.Type.GRPC, "", PATIENT))
                        .success())
                .as("nobody listens")
                .isFalse();
    }

    /** Answers every query for {@code good.example} with one address, and nothing else with any. */
    private static void serve(DatagramSocket socket) {
        byte[] buffer = new byte[512];
        while (!socket.isClosed()) {
            try {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                socket.receive(packet);
                Message query = new Message(Arrays.copyOf(buffer, packet.getLength()));
                Message answer = new Message(query.getHeader().getID());
                answer.getHeader().setFlag(Flags.QR);
                Record question = query.getQuestion();
                answer.addRecord(question, Section.QUESTION);
                String name = question.getName().toString(true);
                if (name.equals("good.example") && question.getType() == Type.A) {
                    answer.addRecord(
                            new ARecord(question.getName(), DClass.IN, 5, InetAddress.getLoopbackAddress()),
                            Section.ANSWER);
                } else if (name.equals("odd.example")) {
                    answer.addRecord(
                            question.getType() == Type.A
                                    ? new ARecord(question.getName(), DClass.IN, 5, InetAddress.getByName("0.0.0.0"))
                                    : new AAAARecord(
                                            question.getName(), DClass.IN, 5, InetAddress.getByName("2001:db8::1")),
                            Section.ANSWER);
                } else if (name.equals("gone.example")) {
                    answer.getHeader().setRcode(Rcode.NXDOMAIN);
                } else if (name.equals("silent.example")) {
                    continue;
                }
                byte[] bytes = answer.toWire();
                socket.send(new DatagramPacket(bytes, bytes.length, packet.getSocketAddress()));
            } catch (IOException e) {
                // Closed, which the loop sees by itself.
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "good.example,   true,  ''",
        "odd.example,    true,  ''",
        "empty.example,  false, 'answer: A was answered with no record, AAAA was answered with no record (expected: an address)'",
        "gone.example,   false, 'answer: A was answered with NXDOMAIN, AAAA was answered with NXDOMAIN (expected: an address)'",
        "silent.example, false, 'no answer within 300 ms'",
    })
    void aNameServerIsWellWhenItAnswersWithAnAddress(String name, boolean well, String cause) throws Exception {
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            WAITING.execute(() -> serve(socket));
            Duration timeout = name.startsWith("silent") ? Duration.ofMillis(300) : PATIENT;
            Reading reading =
                    probe(target("dns://127.0.0.1:" + socket.getLocalPort(), HealthCheck.Type.DNS, name, timeout));
            assertThat(reading.cause()).isEqualTo(cause);
            assertThat(reading.success()).isEqualTo(well);
        }
    }

    /** What is cut off by UDP is whole by TCP, for a client as for a check. */
    @ParameterizedTest
    @CsvSource({
        "true,  ''",
        "false, 'connection refused'",
    })
    void anAnswerThatDoesNotFitIsAskedForByTcp(boolean listens, String cause) throws Exception {
        try (ServerSocket tcp = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                DatagramSocket udp = new DatagramSocket(tcp.getLocalPort(), InetAddress.getLoopbackAddress())) {
            if (listens) {
                WAITING.execute(() -> {
                    try (Socket socket = tcp.accept()) {
                        DataInputStream in = new DataInputStream(socket.getInputStream());
                        byte[] query = in.readNBytes(in.readUnsignedShort());
                        byte[] answer = answer(new Message(query), false).toWire();
                        // In pieces, as a network may hand it over.
                        for (byte[] part :
                                new byte[][] {{(byte) (answer.length >> 8)}, {(byte) answer.length}, answer}) {
                            socket.getOutputStream().write(part);
                            socket.getOutputStream().flush();
                        }
                        in.read();
                    } catch (IOException e) {
                        // The test is over.
                    }
                });
            } else {
                tcp.close();
            }
            WAITING.execute(() -> {
                byte[] buffer = new byte[512];
                while (!udp.isClosed()) {
                    try {
                        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                        udp.receive(packet);
                        byte[] cut = answer(new Message(Arrays.copyOf(buffer, packet.getLength())), true)
                                .toWire();
                        udp.send(new DatagramPacket(cut, cut.length, packet.getSocketAddress()));
                    } catch (IOException e) {
                        // Closed, which the loop sees by itself.
                    }
                }
            });
            Reading reading = probe(
                    target("dns://127.0.0.1:" + udp.getLocalPort(), HealthCheck.Type.DNS, "good.example", PATIENT));
            assertThat(reading.cause()).isEqualTo(cause);
            assertThat(reading.success()).isEqualTo(listens);
        }
    }

    private static Message answer(Message query, boolean cut) {
        Message answer = new Message(query.getHeader().getID());
        answer.getHeader().setFlag(Flags.QR);
        answer.addRecord(query.getQuestion(), Section.QUESTION);
        if (cut) {
            answer.getHeader().setFlag(Flags.TC);
        } else {
            answer.addRecord(
                    new ARecord(query.getQuestion().getName(), DClass.IN, 5, InetAddress.getLoopbackAddress()),
                    Section.ANSWER);
        }
        return answer;
    }

    /** A certificate for 127.0.0.1 that expires in that many days, beside a file of PEM with it: a context that shows it. */
    private static SSLContext certified(Path keys, int days) throws Exception {
        String password = "changeit";
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=test",
                        "-ext",
                        "san=ip:127.0.0.1",
                        "-validity",
                        Integer.toString(days),
                        "-keystore",
                        keys.toString(),
                        "-storepass",
                        password)
                .inheritIO()
                .start();
        assertThat(keytool.waitFor()).isZero();
        KeyStore store = KeyStore.getInstance(keys.toFile(), password.toCharArray());
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(store, password.toCharArray());
        Files.writeString(
                keys.resolveSibling(keys.getFileName() + ".pem"),
                "-----BEGIN CERTIFICATE-----\n"
                        + Base64.getMimeEncoder()
                                .encodeToString(store.getCertificate("mykey").getEncoded())
                        + "\n-----END CERTIFICATE-----\n");
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), null, null);
        return context;
    }

    private static void shakeHands(SSLServerSocket server) {
        while (!server.isClosed()) {
            try (SSLSocket socket = (SSLSocket) server.accept()) {
                socket.startHandshake();
            } catch (IOException e) {
                // The client trusts somebody else, or the test is over.
            }
        }
    }

    @Test
    void aCertificateThatExpiresSoonIsSeenWhileThereIsStillTime(@TempDir Path files) throws Exception {
        SSLContext soon = certified(files.resolve("soon"), 5);
        SSLContext later = certified(files.resolve("later"), 90);
        Authorities believed = new Authorities(null, files);
        assertThat(handshake(soon, believed, "soon").status()).isEqualTo(HealthStatus.DEGRADED);
        assertThat(handshake(soon, believed, "soon").cause()).startsWith("certificate: expires 20");
        assertThat(handshake(later, believed, "later").status()).isEqualTo(HealthStatus.HEALTHY);
        assertThat(handshake(later, believed, "soon").success())
                .as("a certificate that nobody vouches for")
                .isFalse();
    }

    private static Reading handshake(SSLContext server, Authorities believed, String ca) throws Exception {
        try (SSLServerSocket socket = (SSLServerSocket)
                server.getServerSocketFactory().createServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            WAITING.execute(() -> shakeHands(socket));
            CheckPlan.Check target =
                    target("tls://127.0.0.1:" + socket.getLocalPort(), HealthCheck.Type.TLS, "", PATIENT);
            Probe probe =
                    new Probe(KIT.system(), Outgoing.to(Prefix.parse("127.0.0.0/8")), believed, Outgoing.waiting());
            return probe.run(Targets.with(target, Targets.request().ca(ca)))
                    .toCompletableFuture()
                    .get(20, TimeUnit.SECONDS);
        }
    }
}
