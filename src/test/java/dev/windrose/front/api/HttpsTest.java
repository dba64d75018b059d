package dev.windrose.front.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.windrose.live.access.Authenticators;
import dev.windrose.live.tls.MadeCertificates;
import dev.windrose.live.tls.ServerTls;
import dev.windrose.live.tls.TlsFiles;
import dev.windrose.stage.Raw;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The routing API over TLS, with certificates that are replaced while it runs, and clients that show theirs. */
class HttpsTest {

    @TempDir
    Path dir;

    private MadeCertificates made;
    private TlsFiles files;
    private RunningApi api;

    @BeforeEach
    void start() {
        made = new MadeCertificates(dir.resolve("ours"), "node=127.0.0.1,localhost", "--agent", "balancer");
        files = made.of("node");
        api = RunningApi.start(
                director -> new Authenticators(
                        director::catalog, System::currentTimeMillis, Map.of(), Authenticators.Tokens.NONE),
                new ServerTls(files));
    }

    @AfterEach
    void stop() {
        if (api != null) {
            api.close();
        }
    }

    private int status(SSLContext context, String path) throws IOException, InterruptedException {
        HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .sslContext(context)
                .build();
        HttpRequest request = HttpRequest.newBuilder(URI.create("https://localhost:" + api.port() + path))
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode();
    }

    private SSLSocket socket(SSLContext context) throws IOException {
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("localhost", api.port());
        socket.setSoTimeout(10_000);
        return socket;
    }

    private BigInteger serial(SSLContext context) throws IOException {
        try (SSLSocket socket = socket(context)) {
            socket.startHandshake();
            return ((X509Certificate) socket.getSession().getPeerCertificates()[0]).getSerialNumber();
        }
    }

    @Test
    void aCertificateOfTheAuthorityOfClientsIsAnAgentAndNoMore() throws Exception {
        SSLContext agent = made.of("balancer").context();

        assertThat(status(agent, "/api/v1/route/europe?rule_id=web")).isEqualTo(404);
        assertThat(status(agent, "/api/v1/rules")).isEqualTo(403);
        assertThat(status(agent, "/health/live")).isEqualTo(200);
    }

    @Test
    void aCertificateOfAnotherAuthorityIsNotLetIn() {
        MadeCertificates theirs = new MadeCertificates(dir.resolve("theirs"), "--agent", "balancer");

        assertThatThrownBy(() -> status(theirs.of("balancer", made).context(), "/api/v1/route/europe?rule_id=web"))
                .isInstanceOf(IOException.class);
    }

    @Test
    void aNewCertificateIsUsedWithoutARestartAndABrokenOneIsNot() throws Exception {
        SSLContext client = made.of("balancer").context();
        BigInteger before = serial(client);
        try (SSLSocket open = socket(client)) {
            open.startHandshake();
            made.make("node=127.0.0.1,localhost");
            files.look();

            BigInteger after = serial(client);
            assertThat(after).isNotEqualTo(before);
            Files.writeString(made.file("node.pem"), "-----BEGIN CERTIFICATE-----\nrubbish\n");
            files.look();
            assertThat(serial(client)).isEqualTo(after);

            open.getOutputStream()
                    .write("GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            byte[] head = open.getInputStream().readNBytes(12);
            assertThat(new String(head, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 200");
        }
    }

    @Test
    void whatKeepsNoOldRecordingSecretIsRefused() throws IOException {
        SSLContext client = made.of("balancer").context();
        for (String[] weak : new String[][] {
            {"TLSv1.2", "TLS_RSA_WITH_AES_128_GCM_SHA256"},
            {"TLSv1.2", "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA"},
        }) {
            try (SSLSocket socket = socket(client)) {
                socket.setEnabledProtocols(new String[] {weak[0]});
                socket.setEnabledCipherSuites(new String[] {weak[1]});
                assertThatThrownBy(socket::startHandshake).isInstanceOf(IOException.class);
            }
        }
    }

    @Test
    void whoSpeaksInTheOpenOrNotAtAllIsClosed() throws IOException {
        try (Raw open = new Raw(api.port(), "127.0.0.1");
                Raw silent = new Raw(api.port(), "127.0.0.1")) {
            open.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertThat(open.status()).isZero();
            silent.rest();
        }
    }

    @Test
    void thousandsOfRequestsInOneRecordAreAnswered() throws IOException {
        try (SSLSocket socket = socket(made.of("balancer").context())) {
            socket.getOutputStream()
                    .write("GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n"
                            .repeat(2000)
                            .getBytes(StandardCharsets.US_ASCII));
            int answers = 0;
            byte[] buffer = new byte[8192];
            StringBuilder text = new StringBuilder();
            while (answers < 2000) {
                int read = socket.getInputStream().read(buffer);
                assertThat(read).isPositive();
                text.append(new String(buffer, 0, read, StandardCharsets.ISO_8859_1));
                int at = text.indexOf("HTTP/1.1 200");
                while (at >= 0) {
                    answers++;
                    text.delete(0, at + 12);
                    at = text.indexOf("HTTP/1.1 200");
                }
            }
        }
    }
}
