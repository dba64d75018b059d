package dev.windrose.multijvm;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.windrose.live.tls.MadeCertificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a witness counts as dropped, with a server that can be told to fail. */
class SecureWitnessTest {

    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    Path dir;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private MadeCertificates made;
    private HttpsServer server;
    private SecureWitness witness;
    private volatile String answer = "{\"optimal_region\":\"us\"}";

    @BeforeEach
    void start() throws IOException {
        made = new MadeCertificates(dir.resolve("ours"), "a=127.0.0.1");
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(made.of("a").context()));
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            try (exchange) {
                byte[] body = answer.getBytes(StandardCharsets.US_ASCII);
                exchange.sendResponseHeaders(body.length == 0 ? 503 : 200, body.length == 0 ? -1 : body.length);
                exchange.getResponseBody().write(body);
            }
        });
        server.start();
        witness =
                new SecureWitness(server.getAddress().getPort(), "asia", "web", "us", CertificateFiles.believing(made));
        witness.goOn();
    }

    @AfterEach
    void end() {
        witness.close();
        server.stop(0);
        threads.shutdownNow();
    }

    private void drops(int atLeast) throws InterruptedException {
        long before = witness.dropped();
        witness.awaitMore(50, SOON);
        assertThat(witness.dropped() - before).isGreaterThanOrEqualTo(atLeast);
    }

    @Test
    void rightAnswersAreNotDroppedAndEveryTenthNeedsANewConnection() throws Exception {
        witness.awaitMore(100, SOON);
        witness.pause();

        assertThat(witness.reasons()).isEmpty();
        assertThat(witness.serial()).isNotNull();
        assertThat(witness.opened()).isEqualTo((witness.asked() + 9) / 10);
    }

    @Test
    void whatIsNotTheRightAnswerIsDropped() throws Exception {
        witness.awaitMore(10, SOON);
        answer = "{\"optimal_region\":\"eu\"}";
        drops(40);
        assertThat(witness.reasons()).containsKey("eu");
        answer = "";
        drops(40);
        assertThat(witness.reasons()).containsKey("status 503");
    }

    @Test
    void aCertificateThatIsNotBelievedIsDropped() throws Exception {
        witness.awaitMore(10, SOON);
        MadeCertificates theirs = new MadeCertificates(dir.resolve("theirs"), "a=127.0.0.1");
        witness.believe(CertificateFiles.believing(theirs));
        witness.awaitMore(10, SOON);
        drops(50);
    }

    @Test
    void aConnectionThatBreaksIsDropped() throws Exception {
        witness.awaitMore(10, SOON);
        server.stop(0);
        drops(40);
    }
}
