package dev.windrose.boot;

import akka.actor.typed.ActorSystem;
import dev.windrose.boot.settings.AccessSection;
import dev.windrose.boot.settings.Settings;
import dev.windrose.live.access.AccessSettings;
import dev.windrose.live.access.Authenticator;
import dev.windrose.live.access.Doorkeeper;
import dev.windrose.live.access.FixedKey;
import dev.windrose.live.access.JwksCache;
import dev.windrose.live.access.JwksSource;
import dev.windrose.live.access.JwtTokens;
import dev.windrose.live.access.OidcSettings;
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
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;

/** Wires who is let in. */
final class AccessPart {

    private static final Duration FETCH_AT_MOST = Duration.ofSeconds(5);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
    private static final int JWKS_BYTES = 256 * 1024;

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
        AccessSettings access = settings.of(AccessSection.ACCESS);
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
        // A key that was made is not yet one that somebody has: the answer with its secret may have been lost.
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
        OidcSettings oidc = settings.of(AccessSection.ACCESS).oidc();
        if (!oidc.used()) {
            return Doorkeeper.Tokens.NONE;
        }
        SSLContext trusted = trusted();
        Wires wires = new Wires(
                "windrose-issuer",
                pools.issuer,
                new Outbound(settings.of(AccessSection.REACH).destinations(), Names.Lanes.all(pools.issuer), settings.of(AccessSection.REACH).lookUpEvery()));
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
