package dev.windrose.live.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What servers send beside their certificate, and what of it counts. */
class CertificatePathTest {

    private static final ActorTestKit KIT = ActorTestKit.create();
    private static final Duration PATIENT = Duration.ofSeconds(15);
    private static final String PASSWORD = "changeit";

    @TempDir
    private static Path files;

    private static Authorities believed;

    @BeforeAll
    static void make() throws Exception {
        pair("root", "-dname", "CN=root", "-ext", "bc:c");
        pair("old", "-dname", "CN=old", "-ext", "bc:c");
        pair("issuer", "-dname", "CN=issuer", "-ext", "bc:c");
        // The root as an older authority has signed it, which has long expired.
        sign("root", "old", "root-by-old", "-startdate", "-400d", "-validity", "30", "-ext", "bc:c");
        sign("issuer", "root", "issuer-soon", "-validity", "5", "-ext", "bc:c");
        sign("issuer", "root", "issuer-later", "-validity", "500", "-ext", "bc:c");
        for (String signer : List.of("root", "issuer")) {
            pair("leaf-of-" + signer, "-dname", "CN=leaf");
            sign("leaf-of-" + signer, signer, "leaf-of-" + signer, "-validity", "90", "-ext", "san=ip:127.0.0.1");
        }
        sign("leaf-of-root", "root", "leaf-soon", "-validity", "5", "-ext", "san=ip:127.0.0.1");
        Path directory = Files.createDirectory(files.resolve("believed"));
        keytool(
                "-exportcert",
                "-rfc",
                "-alias",
                "root",
                "-file",
                directory.resolve("root.pem").toString());
        believed = new Authorities(null, directory);
    }

    @AfterAll
    static void shutDown() {
        KIT.shutdownTestKit();
    }

    private static void pair(String name, String... more) throws Exception {
        List<String> all = new ArrayList<>(
                List.of("-genkeypair", "-keyalg", "EC", "-alias", name, "-startdate", "-500d", "-validity", "5000"));
        all.addAll(List.of(more));
        keytool(all.toArray(String[]::new));
    }

    /** The key of one, certified by the other, in a file. */
    private static void sign(String name, String by, String file, String... more) throws Exception {
        keytool("-certreq", "-alias", name, "-file", path(name + ".csr"));
        List<String> all = new ArrayList<>(
                List.of("-gencert", "-alias", by, "-infile", path(name + ".csr"), "-outfile", path(file + ".crt")));
        all.addAll(List.of(more));
        keytool(all.toArray(String[]::new));
    }

    private static String path(String file) {
        return files.resolve(file).toString();
    }

    private static void keytool(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of(arguments));
        command.addAll(List.of("-keystore", path("keys"), "-storepass", PASSWORD));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(files.resolve("keytool.log").toFile())
                .start();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue())
                .as("%s: %s", command, Files.readString(files.resolve("keytool.log")))
                .isZero();
    }

    private static SSLContext showing(String key, String... chain) throws Exception {
        KeyStore keys = KeyStore.getInstance(files.resolve("keys").toFile(), PASSWORD.toCharArray());
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        Certificate[] sent = new Certificate[chain.length];
        for (int i = 0; i < chain.length; i++) {
            try (var in = Files.newInputStream(files.resolve(chain[i] + ".crt"))) {
                sent[i] = factory.generateCertificate(in);
            }
        }
        // This kind alone takes certificates that are no chain, and sends them as they are.
        KeyStore shown = KeyStore.getInstance("JKS");
        shown.load(null, null);
        shown.setKeyEntry(
                "server", (PrivateKey) keys.getKey(key, PASSWORD.toCharArray()), PASSWORD.toCharArray(), sent);
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(shown, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }

    private static Reading check(SSLContext server) throws Exception {
        try (SSLServerSocket socket = (SSLServerSocket)
                server.getServerSocketFactory().createServerSocket(0, 5, InetAddress.getByName("127.0.0.1"))) {
            Thread serving = new Thread(() -> {
                while (!socket.isClosed()) {
                    try (SSLSocket accepted = (SSLSocket) socket.accept()) {
                        accepted.startHandshake();
                    } catch (IOException e) {
                        // The client believes somebody else, or the test is over.
                    }
                }
            });
            serving.setDaemon(true);
            serving.start();
            HealthCheck check = Checks.of(HealthCheck.Type.TLS, PATIENT);
            CheckPlan.Check target = new CheckPlan.Check(
                    "id",
                    new RegionId("eu-west-1"),
                    URI.create("tls://127.0.0.1:" + socket.getLocalPort()),
                    check,
                    5000);
            return new Probe(KIT.system(), Outgoing.to(Prefix.parse("127.0.0.1")), believed, Outgoing.waiting())
                    .run(Targets.with(target, Targets.request().ca("root")))
                    .toCompletableFuture()
                    .get(20, TimeUnit.SECONDS);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "leaf-of-root,   leaf-of-root,                                HEALTHY",
        "leaf-of-root,   leaf-soon,                                   DEGRADED",
        "leaf-of-root,   leaf-of-root root-by-old,                    HEALTHY",
        "leaf-of-issuer, leaf-of-issuer issuer-later,                 HEALTHY",
        "leaf-of-issuer, leaf-of-issuer issuer-soon,                  DEGRADED",
        "leaf-of-issuer, leaf-of-issuer issuer-soon issuer-later,     HEALTHY",
        "leaf-of-issuer, leaf-of-issuer issuer-later root-by-old,     HEALTHY",
        "leaf-of-issuer, leaf-of-issuer,                              UNHEALTHY"
    })
    void thePathThatIsBelievedIsJudged(String key, String chain, HealthStatus status) throws Exception {
        Reading reading = check(showing(key, chain.split(" ")));
        assertThat(reading.status()).as(reading.cause()).isEqualTo(status);
        if (status == HealthStatus.DEGRADED) {
            assertThat(reading.cause()).startsWith("certificate: expires 20").contains("expected: in 14 days or more");
        }
    }

    @Test
    void authoritiesAreReadAgainWhenTheirFileChangesAndStayWhenItBreaks() throws Exception {
        Path directory = Files.createDirectory(files.resolve("changing"));
        Authorities authorities = new Authorities(null, directory);
        assertThatThrownBy(() -> authorities.of("root")).hasMessageContaining("expected: a file root.pem");

        String pem = Files.readString(files.resolve("believed").resolve("root.pem"));
        Files.writeString(directory.resolve("root.pem"), pem);
        authorities.look();
        var first = authorities.of("root");
        assertThat(first.authorities()).hasSize(1);

        Files.writeString(directory.resolve("root.pem"), pem.substring(0, 100));
        authorities.look();
        assertThat(authorities.of("root")).isSameAs(first);

        Files.writeString(directory.resolve("root.pem"), pem);
        authorities.look();
        assertThat(authorities.of("root").authorities()).isEqualTo(first.authorities());
        Files.delete(directory.resolve("root.pem"));
        authorities.look();
        assertThatThrownBy(() -> authorities.of("root")).isInstanceOf(IOException.class);

        // Whom somebody has removed is not believed again because of a file that cannot be used.
        Files.writeString(directory.resolve("root.pem"), pem.substring(0, 100));
        authorities.look();
        assertThatThrownBy(() -> authorities.of("root")).isInstanceOf(IOException.class);
    }
}
