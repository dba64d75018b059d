package dev.windrose.boot;

import akka.actor.typed.ActorSystem;
import dev.windrose.decide.geo.Prefix;
import dev.windrose.decide.reach.Destinations;
import dev.windrose.live.access.AccessSettings;
import dev.windrose.live.access.Authenticator;
import dev.windrose.live.access.Doorkeeper;
import dev.windrose.live.access.FixedKey;
import dev.windrose.live.access.JwksCache;
import dev.windrose.live.access.JwksSource;
import dev.windrose.live.access.JwtTokens;
import dev.windrose.live.access.OidcSettings;
import dev.windrose.live.audit.AuditSettings;
import dev.windrose.live.reach.HttpClient;
import dev.windrose.live.reach.HttpGet;
import dev.windrose.live.reach.Names;
import dev.windrose.live.reach.Outbound;
import dev.windrose.live.reach.Wires;
import dev.windrose.live.table.Catalog;
import dev.windrose.model.ApiKey;
import dev.windrose.model.Permission;
import dev.windrose.watch.AccessMeters;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;

/** Reads {@code windrose.access}, and wires who is let in. */
final class AccessPart {

    private static final Set<String> ALGORITHMS =
            new TreeSet<>(Set.of("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"));
    private static final Duration FETCH_AT_MOST = Duration.ofSeconds(5);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
    private static final int JWKS_BYTES = 256 * 1024;

    static AccessSettings read(SettingsReader reader, boolean dev) {
        String hash = reader.text("break-glass-hash");
        if (!hash.isEmpty() && !hash.matches("[0-9a-f]{64}")) {
            throw reader.wrong("break-glass-hash", "64 hex digits, as `windrose key` prints them");
        }
        return new AccessSettings(dev, hash, oidc(reader.at("oidc")));
    }

    private static OidcSettings oidc(SettingsReader reader) {
        String issuer = reader.text("issuer");
        String audience = reader.text("audience");
        String jwksUrl = reader.text("jwks-url");
        Set<String> algorithms = new TreeSet<>(reader.texts("algorithms"));
        if (!issuer.isEmpty() && audience.isEmpty()) {
            throw reader.wrong("audience", "a text, because there is an issuer");
        }
        if (!issuer.isEmpty() && jwksUrl.isEmpty()) {
            address(reader, "issuer", issuer);
        }
        if (algorithms.isEmpty() || !ALGORITHMS.containsAll(algorithms)) {
            throw reader.wrong("algorithms", "one or more of " + String.join(", ", ALGORITHMS));
        }
        return new OidcSettings(
                issuer,
                audience,
                jwksUrl.isEmpty() ? null : address(reader, "jwks-url", jwksUrl),
                algorithms,
                reader.text("grants-claim"),
                reader.text("name-claim"),
                reader.time("clock-skew", Duration.ZERO, Duration.ofMinutes(5)),
                reader.time("refresh-every", Duration.ofSeconds(10), Duration.ofDays(1)));
    }

    private static URI address(SettingsReader reader, String key, String text) {
        try {
            URI address = URI.create(text);
            boolean http = "http".equals(address.getScheme()) && Loopback.is(String.valueOf(address.getHost()));
            if (address.getHost() != null && ("https".equals(address.getScheme()) || http)) {
                return address;
            }
        } catch (IllegalArgumentException e) {
            // Told below.
        }
        throw reader.wrong(key, "an address with https, or with http on loopback");
    }

    static AuditSettings readAudit(SettingsReader reader) {
        return new AuditSettings(reader.time("keep", Duration.ofDays(1), Duration.ofDays(3660)));
    }

    /** @param dev loopback may be connected to */
    static Destinations readReach(SettingsReader reader, boolean dev) {
        try {
            List<Prefix> allowed = new ArrayList<>(
                    reader.texts("allow").stream().map(Prefix::parse).toList());
            if (dev) {
                allowed.add(Prefix.parse("127.0.0.0/8"));
                allowed.add(Prefix.parse("::1"));
            }
            return new Destinations(allowed);
        } catch (IllegalArgumentException e) {
            throw reader.wrong("allow", "blocks of addresses, such as 10.0.0.0/8");
        }
    }

    /**
     * @param system runs the fetches of the issuer's keys
     * @param say prints one line for whoever started the node
     */
    static Authenticator start(
            Settings settings,
            DataDir dataDir,
            ActorSystem<?> system,
            NodePools pools,
            Supplier<Catalog> catalog,
            LongSupplier epochMs,
            MeterRegistry registry,
            Consumer<String> say) {
        AccessSettings access = settings.access();
        if (access.dev()) {
            say.accept("--dev: nobody is asked for a key, and everything listens on loopback only");
            return Authenticator.DEV;
        }
        return doorkeeper(access, dataDir, catalog, epochMs, tokens(settings, dataDir, system, pools, registry), say);
    }

    static Authenticator doorkeeper(
            AccessSettings access,
            DataDir dataDir,
            Supplier<Catalog> catalog,
            LongSupplier epochMs,
            Doorkeeper.Tokens tokens,
            Consumer<String> say) {
        Map<String, FixedKey> fixed = new HashMap<>();
        if (!access.breakGlassHash().isEmpty()) {
            fixed.put(FixedKey.BREAK_GLASS, FixedKey.breakGlass(access.breakGlassHash()));
        }
        Predicate<ApiKey> lasts = key -> epochMs.getAsLong() < key.expiresEpochMs();
        BooleanSupplier noAdmin = () -> !access.oidc().used() && noAdmin(catalog.get(), lasts);
        // A new key may be in nobody's hands: the answer with its secret may have been lost.
        BooleanSupplier noneUsed = untilFalse(() -> !access.oidc().used()
                && noAdmin(catalog.get(), lasts.and(key -> !key.usedHash().isEmpty())));
        fixed.put(FixedKey.FIRST, FirstKey.open(dataDir, noAdmin, noneUsed, say));
        return new Doorkeeper(catalog, epochMs, fixed, tokens);
    }

    /** What was false once stays so. */
    private static BooleanSupplier untilFalse(BooleanSupplier still) {
        AtomicBoolean over = new AtomicBoolean();
        return () -> {
            if (!over.get() && !still.getAsBoolean()) {
                over.set(true);
            }
            return !over.get();
        };
    }

    private static Doorkeeper.Tokens tokens(
            Settings settings, DataDir dataDir, ActorSystem<?> system, NodePools pools, MeterRegistry registry) {
        OidcSettings oidc = settings.access().oidc();
        if (!oidc.used()) {
            return Doorkeeper.Tokens.NONE;
        }
        SSLContext trusted = trusted();
        Wires wires = new Wires(
                "windrose-issuer",
                pools.issuer,
                new Outbound(settings.reach(), Names.Lanes.all(pools.issuer), settings.lookUpEvery()));
        pools.all.turns(wires.name(), wires::stillNanos);
        HttpGet get = new HttpGet(new HttpClient(wires, () -> trusted), FETCH_AT_MOST, JWKS_BYTES);
        JwksCache jwks = new JwksCache(
                new JwksSource(oidc, get),
                dataDir.path().resolve("jwks.json"),
                oidc.refreshEvery(),
                System::nanoTime,
                pools.files,
                new AccessMeters(registry));
        system.scheduler().scheduleWithFixedDelay(Duration.ZERO, LOOK_EVERY, jwks::look, system.executionContext());
        return new JwtTokens(oidc, jwks, System::currentTimeMillis);
    }

    private static SSLContext trusted() {
        try {
            return SSLContext.getDefault();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has TLS", e);
        }
    }

    private static boolean noAdmin(Catalog catalog, Predicate<ApiKey> counts) {
        return catalog.keys().values().stream()
                .noneMatch(key -> counts.test(key) && key.principal().mayEverywhere(Permission.ADMINISTER));
    }

    private AccessPart() {}
}
