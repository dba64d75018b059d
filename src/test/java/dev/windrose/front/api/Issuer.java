package dev.windrose.front.api;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import dev.windrose.live.access.Authenticators;
import dev.windrose.live.access.JwksCache;
import dev.windrose.live.access.JwtTokens;
import dev.windrose.live.access.OidcSettings;
import dev.windrose.watch.AccessMeters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;

/** Signs tokens, good ones and bad ones. */
final class Issuer {

    private static final String NAME = "https://login.example";
    private static final String AUDIENCE = "windrose";

    private final ECKey key = key("one");
    private final ECKey other = key("one");

    private static ECKey key(String id) {
        try {
            return new ECKeyGenerator(Curve.P_256).keyID(id).generate();
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }

    Authenticators.Tokens tokens(LongSupplier epochMs) {
        JwksCache cache = new JwksCache(
                () -> CompletableFuture.completedFuture(
                        new JWKSet(key).toString().getBytes(StandardCharsets.UTF_8)),
                Path.of("target", "jwks-" + System.nanoTime() + ".json"),
                Duration.ofMinutes(5),
                System::nanoTime,
                Runnable::run,
                new AccessMeters(new SimpleMeterRegistry()));
        cache.look();
        OidcSettings settings = new OidcSettings(
                NAME,
                AUDIENCE,
                null,
                Set.of("ES256"),
                "windrose",
                "sub",
                Duration.ofSeconds(30),
                Duration.ofMinutes(5));
        return new JwtTokens(settings, cache, epochMs);
    }

    private static JWTClaimsSet.Builder claims(String subject, String grants) {
        Instant now = Instant.now();
        return new JWTClaimsSet.Builder()
                .issuer(NAME)
                .audience(List.of("another", AUDIENCE))
                .subject(subject)
                .claim("windrose", List.of("role-of-another-program", grants))
                .expirationTime(Date.from(now.plusSeconds(3600)));
    }

    private static String signed(JWSHeader header, JWTClaimsSet claims, JWSSigner signer) {
        try {
            SignedJWT jwt = new SignedJWT(header, claims);
            jwt.sign(signer);
            return jwt.serialize();
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }

    private String signed(JWTClaimsSet claims, ECKey by) {
        try {
            return signed(new JWSHeader.Builder(JWSAlgorithm.ES256).keyID("one").build(), claims, new ECDSASigner(by));
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }

    String token(String subject, String grants) {
        return signed(claims(subject, grants).build(), key);
    }

    /** Tokens of an admin that must not be believed, each for one reason. */
    List<String> badOnes() {
        Instant now = Instant.now();
        JWTClaimsSet good = claims("ada", "admin").build();
        String[] parts = signed(good, key).split("\\.", -1);
        String[] viewer = signed(claims("ada", "viewer").build(), key).split("\\.", -1);
        try {
            return List.of(
                    // Forged: another key by the same name, another body under a good signature, none, and the key that
                    // everybody knows taken for a secret.
                    signed(good, other),
                    viewer[0] + "." + parts[1] + "." + viewer[2],
                    parts[0] + "." + parts[1] + ".",
                    new PlainJWT(good).serialize(),
                    signed(
                            new JWSHeader.Builder(JWSAlgorithm.HS256)
                                    .keyID("one")
                                    .build(),
                            good,
                            new MACSigner(key.toPublicJWK().toJSONString().getBytes(StandardCharsets.UTF_8))),
                    // For another service, of another issuer.
                    signed(claims("ada", "admin").audience("another").build(), key),
                    signed(claims("ada", "admin").audience((String) null).build(), key),
                    signed(claims("ada", "admin").issuer("https://evil.example").build(), key),
                    // Not in its time.
                    signed(
                            claims("ada", "admin")
                                    .expirationTime(Date.from(now.minusSeconds(31)))
                                    .build(),
                            key),
                    signed(claims("ada", "admin").expirationTime(null).build(), key),
                    signed(
                            claims("ada", "admin")
                                    .notBeforeTime(Date.from(now.plusSeconds(90)))
                                    .build(),
                            key),
                    // Of nobody.
                    signed(claims("", "admin").build(), key),
                    signed(claims(null, "admin").build(), key));
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }
}
