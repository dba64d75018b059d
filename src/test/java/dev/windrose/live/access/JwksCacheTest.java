package dev.windrose.live.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import dev.windrose.decide.geo.Prefix;
import dev.windrose.live.reach.HttpGet;
import dev.windrose.live.reach.Outgoing;
import dev.windrose.model.Principal;
import dev.windrose.watch.AccessMeters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys of an issuer over a real connection, and what holds while the issuer is away. */
class JwksCacheTest {

    private static RSAKey first;
    private static RSAKey second;

    @TempDir
    Path dir;

    private final AtomicLong nanos = new AtomicLong(1);
    private HttpServer server;
    private volatile String document;
    private volatile int status = 200;
    private volatile String jwksUri = null;
    private URI issuer;

    @BeforeAll
    static void keys() throws JOSEException {
        first = new RSAKeyGenerator(2048).keyID("first").generate();
        second = new RSAKeyGenerator(2048).keyID("second").generate();
    }

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        issuer = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        document = new JWKSet(first).toString();
        server.createContext("/keys", exchange -> {
            byte[] body = document.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.createContext("/.well-known/openid-configuration", exchange -> {
            byte[] body = ("{\"issuer\":\"" + issuer + "\",\"jwks_uri\":\""
                            + (jwksUri == null ? issuer + "/keys" : jwksUri) + "\"}")
                    .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private OidcSettings settings() {
        return settings("sub");
    }

    private OidcSettings settings(String nameClaim) {
        return new OidcSettings(
                issuer.toString(),
                "windrose",
                null,
                Set.of("RS256"),
                "windrose",
                nameClaim,
                Duration.ofSeconds(30),
                Duration.ofMinutes(5));
    }

    private JwksCache cache() {
        HttpGet get = new HttpGet(Outgoing.client(Prefix.parse("127.0.0.1")), Duration.ofSeconds(2), 64 * 1024);
        return new JwksCache(
                new JwksSource(settings(), get),
                dir.resolve("jwks.json"),
                Duration.ofMinutes(5),
                nanos::get,
                Runnable::run,
                new AccessMeters(new SimpleMeterRegistry()));
    }

    private static void look(JwksCache cache) {
        cache.look().toCompletableFuture().join();
    }

    private void passes(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    private String token(RSAKey key) {
        try {
            SignedJWT jwt = new SignedJWT(
                    new JWSHeader.Builder(JWSAlgorithm.RS256)
                            .keyID(key.getKeyID())
                            .build(),
                    new JWTClaimsSet.Builder()
                            .issuer(issuer.toString())
                            .audience("windrose")
                            .subject("ada")
                            .claim("preferred_username", "Ada Lovelace")
                            .claim("email", "")
                            .claim("windrose", "viewer operator;region=eu-west-1")
                            .expirationTime(Date.from(java.time.Instant.now().plusSeconds(600)))
                            .build());
            jwt.sign(new RSASSASigner(key));
            return jwt.serialize();
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }

    private Principal identify(JwksCache cache, RSAKey key) {
        return new JwtTokens(settings(), cache, System::currentTimeMillis).identify(token(key));
    }

    @Test
    void theIssuersConfigurationSaysWhereItsKeysAre() {
        JwksCache cache = cache();
        assertThat(identify(cache, first)).isEqualTo(Principal.INVALID);

        look(cache);

        assertThat(identify(cache, first).name()).isEqualTo("token:ada");
        assertThat(identify(cache, first).grants()).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource({"sub, token:ada", "preferred_username, token:Ada Lovelace", "email, token:ada", "nobody, token:ada"})
    void theCallerGoesByTheClaimThatIsSet(String claim, String name) {
        JwksCache cache = cache();
        look(cache);

        assertThat(new JwtTokens(settings(claim), cache, System::currentTimeMillis)
                        .identify(token(first))
                        .name())
                .isEqualTo(name);
    }

    @Test
    void theKeysOutliveTheIssuersOutageAndARestartInIt() throws IOException {
        look(cache());
        server.stop(0);

        JwksCache restarted = cache();
        look(restarted);
        passes(Duration.ofDays(30));
        look(restarted);

        assertThat(identify(restarted, first).name()).isEqualTo("token:ada");
        assertThat(Files.readString(dir.resolve("jwks.json"))).contains("first").doesNotContain("\"d\"");
    }

    @Test
    void rubbishChangesNothing() {
        JwksCache cache = cache();
        look(cache);
        for (String rubbish :
                List.of("", "{}", "{\"keys\":[]}", "<html>", "{\"keys\":[{\"kty\":\"oct\",\"k\":\"AA\"}]}")) {
            document = rubbish;
            passes(Duration.ofMinutes(6));
            look(cache);
            assertThat(identify(cache, first).name()).as(rubbish).isEqualTo("token:ada");
        }
        document = new JWKSet(second).toString();
        status = 302;
        passes(Duration.ofMinutes(6));
        look(cache);
        assertThat(identify(cache, first).name()).isEqualTo("token:ada");
    }

    @Test
    void aTokenByANewKeyHasTheKeysFetchedAndAWithdrawnKeyEndsWhatItSigned() {
        JwksCache cache = cache();
        look(cache);
        JwtTokens tokens = new JwtTokens(settings(), cache, System::currentTimeMillis);
        assertThat(tokens.identify(token(first)).name()).isEqualTo("token:ada");
        document = new JWKSet(second).toString();

        assertThat(tokens.identify(token(second))).isEqualTo(Principal.INVALID);
        look(cache);
        assertThat(tokens.identify(token(second)))
                .as("asked twice within ten seconds")
                .isEqualTo(Principal.INVALID);
        passes(Duration.ofSeconds(11));
        look(cache);

        assertThat(tokens.identify(token(second)).name()).isEqualTo("token:ada");
        assertThat(tokens.identify(token(first))).isEqualTo(Principal.INVALID);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://login.example/keys",
                "http://localhost.login.example/keys",
                "ftp://127.0.0.1/keys",
                "file:///etc/passwd",
                "/keys",
                "http:keys"
            })
    void keysAreNotFetchedInTheOpenWhateverTheConfigurationSays(String uri) {
        jwksUri = uri;
        HttpGet get = new HttpGet(Outgoing.client(Prefix.parse("127.0.0.1")), Duration.ofSeconds(2), 64 * 1024);

        assertThatThrownBy(() -> new JwksSource(settings(), get).fetch().join())
                .hasRootCauseMessage("jwks_uri: '" + uri + "' in the issuer's configuration (expected: https)");
    }

    @Test
    void aTokenIsGoodInOneSpellingOnly() {
        JwksCache cache = cache();
        look(cache);
        JwtTokens tokens = new JwtTokens(settings(), cache, System::currentTimeMillis);
        String token = token(first);
        String letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        int last = letters.indexOf(token.charAt(token.length() - 1));
        byte[] signature = Base64.getUrlDecoder().decode(token.substring(token.lastIndexOf('.') + 1));
        for (int spare = 1; spare < 16; spare++) {
            String other = token.substring(0, token.length() - 1) + letters.charAt(last + spare);
            assertThat(Base64.getUrlDecoder().decode(other.substring(other.lastIndexOf('.') + 1)))
                    .isEqualTo(signature);
            assertThat(tokens.identify(other)).as(other).isEqualTo(Principal.INVALID);
        }
        assertThat(tokens.identify(token + "==")).isEqualTo(Principal.INVALID);
        assertThat(tokens.identify(token + " ")).isEqualTo(Principal.INVALID);
        assertThat(tokens.identify(token).name()).isEqualTo("token:ada");
    }
}
