package dev.windrose.live.access;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.factories.DefaultJWSVerifierFactory;
import com.nimbusds.jose.jwk.AsymmetricJWK;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.windrose.model.Grant;
import dev.windrose.model.PlainText;
import dev.windrose.model.Principal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Authenticates callers by tokens of an issuer: signed by one of its keys with an allowed algorithm, for this audience,
 * and within their validity.
 *
 * <p>A verified token is cached by its SHA-256 until it expires, or the issuer's keys change.
 */
public final class JwtTokens implements Authenticators.Tokens {

    private static final int REMEMBERED_AT_MOST = 10_000;
    private static final int GRANTS_AT_MOST = 16;
    private static final int NAME_AT_MOST = 128;
    private static final Set<String> TYPES = Set.of("jwt", "at+jwt", "application/at+jwt");

    private static final Base64.Decoder READS = Base64.getUrlDecoder();
    private static final Base64.Encoder WRITES = Base64.getUrlEncoder().withoutPadding();

    private static final ThreadLocal<MessageDigest> DIGEST = ThreadLocal.withInitial(JwtTokens::sha256);

    /** A verified token, by the 32 bytes of its hash. */
    private record Hash(long a, long b, long c, long d) {}

    private record Verified(Principal principal, long untilEpochMs) {}

    /** Verified tokens, and the keys that verified them. */
    private record Remembered(JWKSet keys, Map<Hash, Verified> tokens) {}

    private final OidcSettings settings;
    private final JwksCache jwks;
    private final LongSupplier epochMs;
    private final DefaultJWSVerifierFactory verifiers = new DefaultJWSVerifierFactory();

    private volatile Remembered remembered = new Remembered(new JWKSet(), Map.of());

    public JwtTokens(OidcSettings settings, JwksCache jwks, LongSupplier epochMs) {
        this.settings = settings;
        this.jwks = jwks;
        this.epochMs = epochMs;
    }

    @Override
    @SuppressWarnings(
            "ReferenceEquality") // The same keys, not equal ones: comparing keys would cost more than verifying.
    public Principal identify(String token) {
        JWKSet keys = jwks.keys();
        Remembered of = remembered;
        if (of.keys() != keys) {
            of = new Remembered(keys, new ConcurrentHashMap<>());
            remembered = of;
        }
        Map<Hash, Verified> here = of.tokens();
        Hash hash = hash(token);
        Verified known = here.get(hash);
        long now = epochMs.getAsLong();
        if (known == null) {
            known = verified(token, keys, now);
            if (known.principal().denial() != null) {
                return known.principal();
            }
            remember(here, hash, known, now);
        }
        if (now >= known.untilEpochMs()) {
            here.remove(hash);
            return Principal.EXPIRED;
        }
        return known.principal();
    }

    private static void remember(Map<Hash, Verified> here, Hash hash, Verified verified, long now) {
        if (here.size() >= REMEMBERED_AT_MOST) {
            here.values().removeIf(one -> now >= one.untilEpochMs());
        }
        if (here.size() < REMEMBERED_AT_MOST) {
            here.put(hash, verified);
        }
    }

    private Verified verified(String token, JWKSet keys, long now) {
        if (!isExact(token)) {
            return denied(Principal.INVALID);
        }
        try {
            SignedJWT jwt = SignedJWT.parse(token);
            JWSHeader header = jwt.getHeader();
            boolean typed = header.getType() == null
                    || TYPES.contains(header.getType().getType().toLowerCase(Locale.ROOT));
            if (!typed || !settings.algorithms().contains(header.getAlgorithm().getName()) || !signed(jwt, keys)) {
                return denied(Principal.INVALID);
            }
            return claimed(jwt.getJWTClaimsSet(), now);
        } catch (ParseException | JOSEException | RuntimeException e) {
            return denied(Principal.INVALID);
        }
    }

    /**
     * Whether each part is canonically encoded (RFC 7515, appendix C). A non-canonical last letter differs in bits that
     * decoders ignore: one token would have many forms, each verified and cached.
     */
    private static boolean isExact(String token) {
        for (String part : token.split("\\.", -1)) {
            try {
                if (!WRITES.encodeToString(READS.decode(part)).equals(part)) {
                    return false;
                }
            } catch (IllegalArgumentException e) {
                return false;
            }
        }
        return true;
    }

    private boolean signed(SignedJWT jwt, JWKSet keys) throws JOSEException {
        JWKMatcher matcher = JWKMatcher.forJWSHeader(jwt.getHeader());
        List<JWK> candidates = matcher == null ? List.of() : new JWKSelector(matcher).select(keys);
        if (candidates.isEmpty()) {
            jwks.want();
        }
        for (JWK key : candidates) {
            if (key instanceof AsymmetricJWK asymmetric) {
                JWSVerifier verifier = verifiers.createJWSVerifier(jwt.getHeader(), asymmetric.toPublicKey());
                if (jwt.verify(verifier)) {
                    return true;
                }
            }
        }
        return false;
    }

    private Verified claimed(JWTClaimsSet claims, long now) {
        long skew = settings.clockSkew().toMillis();
        long expires = epochMs(claims.getExpirationTime(), Long.MIN_VALUE);
        long from = epochMs(claims.getNotBeforeTime(), 0);
        String name = name(claims);
        if (!settings.issuer().equals(claims.getIssuer())
                || !claims.getAudience().contains(settings.audience())
                || expires == Long.MIN_VALUE
                || from > now + skew
                || name == null) {
            return denied(Principal.INVALID);
        }
        if (now >= expires + skew) {
            return denied(Principal.EXPIRED);
        }
        Principal principal =
                Principal.of(Principal.Kind.TOKEN, "token:" + name, grants(claims.getClaim(settings.grantsClaim())));
        return new Verified(principal, expires + skew);
    }

    /** The caller's name; null when the token has none. */
    private @Nullable String name(JWTClaimsSet claims) {
        boolean named = isName(claims.getSubject());
        return named && claims.getClaim(settings.nameClaim()) instanceof String text && isName(text)
                ? text
                : named ? claims.getSubject() : null;
    }

    private static boolean isName(@Nullable String text) {
        return text != null && !text.isEmpty() && text.length() <= NAME_AT_MOST && PlainText.is(text);
    }

    /**
     * A list of grants, or one text separated by spaces. Unknown entries, such as roles of other programs, grant
     * nothing.
     */
    private static List<Grant> grants(@Nullable Object claim) {
        List<?> words = claim instanceof String text
                ? Arrays.asList(text.split(" ", -1))
                : claim instanceof List<?> list ? list : List.of();
        List<Grant> grants = new ArrayList<>();
        for (Object word : words) {
            if (word instanceof String text && grants.size() < GRANTS_AT_MOST) {
                try {
                    grants.add(Grant.parse(text));
                } catch (IllegalArgumentException e) {
                    // Not a grant of Windrose.
                }
            }
        }
        return grants;
    }

    private static long epochMs(java.util.@Nullable Date time, long unset) {
        return time == null ? unset : time.toInstant().toEpochMilli();
    }

    private static Verified denied(Principal nobody) {
        return new Verified(nobody, 0);
    }

    private static Hash hash(String token) {
        byte[] bytes = DIGEST.get().digest(token.getBytes(StandardCharsets.UTF_8));
        return new Hash(half(bytes, 0), half(bytes, 8), half(bytes, 16), half(bytes, 24));
    }

    private static long half(byte[] bytes, int from) {
        long half = 0;
        for (int i = from; i < from + 8; i++) {
            half = half << 8 | (bytes[i] & 0xFFL);
        }
        return half;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
