package dev.windrose.boot.part;

import dev.windrose.boot.settings.AccessSection;
import dev.windrose.boot.settings.ReachSettings;
import dev.windrose.boot.settings.Section;
import dev.windrose.decide.definition.Catalog;
import dev.windrose.front.web.Gate;
import dev.windrose.live.access.AccessSettings;
import dev.windrose.live.access.Authenticator;
import dev.windrose.live.access.Authenticators;
import dev.windrose.live.access.FixedKey;
import dev.windrose.live.access.JwksCache;
import dev.windrose.live.access.JwksSource;
import dev.windrose.live.access.JwtTokens;
import dev.windrose.live.access.OidcSettings;
import dev.windrose.live.reach.HttpClient;
import dev.windrose.live.reach.HttpGet;
import dev.windrose.live.reach.NameResolver;
import dev.windrose.live.reach.Outbound;
import dev.windrose.live.reach.OutboundLoop;
import dev.windrose.live.table.Director;
import dev.windrose.model.ApiKey;
import dev.windrose.model.Permission;
import dev.windrose.watch.AccessMeters;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;

/** Authenticates and authorizes callers. */
public final class AccessPart implements Part {

    private static final Duration FETCH_AT_MOST = Duration.ofSeconds(5);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
    private static final int JWKS_BYTES = 256 * 1024;

    private final TablePart table;
    private final SetOnce<Authenticator> authenticator = new SetOnce<>("access");
    private final SetOnce<Gate> gate = new SetOnce<>("gate");

    public AccessPart(TablePart table) {
        this.table = table;
    }

    @Override
    public List<Section<?>> settings() {
        return List.of(AccessSection.ACCESS);
    }

    @Override
    public void start(DataPlane data) {
        Director director = table.director();
        gate.set(new Gate(director::catalog));
        AccessSettings access = data.settings().of(AccessSection.ACCESS);
        if (access.dev()) {
            data.say("--dev: no authentication, and everything listens on loopback only");
            authenticator.set(Authenticator.DEV);
            return;
        }
        authenticator.set(
                doorkeeper(access, data.dataDir(), director::catalog, data.clock()::epochMs, tokens(data), data::say));
    }

    /** Authenticates callers. */
    Authenticator authenticator() {
        return authenticator.get();
    }

    /** Authorizes calls. */
    Gate gate() {
        return gate.get();
    }

    /** Calls {@code then} for each key whose secret was used for the first time. */
    void whenUsed(Consumer<ApiKey> then) {
        if (authenticator() instanceof Authenticators doorkeeper) {
            doorkeeper.whenUsed(then);
        }
    }

    static Authenticator doorkeeper(
            AccessSettings access,
            DataDir dataDir,
            Supplier<Catalog> catalog,
            LongSupplier epochMs,
            Authenticators.Tokens tokens,
            Consumer<String> say) {
        Map<String, FixedKey> fixed = new HashMap<>();
        if (!access.breakGlassHash().isEmpty()) {
            fixed.put(FixedKey.BREAK_GLASS, FixedKey.breakGlass(access.breakGlassHash()));
        }
        Predicate<ApiKey> lasts = key -> epochMs.getAsLong() < key.expiresEpochMs();
        BooleanSupplier noAdmin = () -> !access.oidc().used() && noAdmin(catalog.get(), lasts);
        // A new key may not have been received: the answer with its secret may have been lost.
        BooleanSupplier noneUsed = untilFalse(() -> !access.oidc().used()
                && noAdmin(catalog.get(), lasts.and(key -> !key.usedHash().isEmpty())));
        fixed.put(FixedKey.FIRST, FirstKey.open(dataDir, noAdmin, noneUsed, say));
        return new Authenticators(catalog, epochMs, fixed, tokens);
    }

    /** Once false, it stays false. */
    private static BooleanSupplier untilFalse(BooleanSupplier still) {
        AtomicBoolean over = new AtomicBoolean();
        return () -> {
            if (!over.get() && !still.getAsBoolean()) {
                over.set(true);
            }
            return !over.get();
        };
    }

    private static Authenticators.Tokens tokens(DataPlane data) {
        OidcSettings oidc = data.settings().of(AccessSection.ACCESS).oidc();
        if (!oidc.used()) {
            return Authenticators.Tokens.NONE;
        }
        SSLContext trusted = trusted();
        NodePools pools = data.pools();
        ReachSettings reach = data.settings().of(AccessSection.REACH);
        OutboundLoop wires = new OutboundLoop(
                "windrose-issuer",
                pools.issuer,
                new Outbound(reach.destinations(), NameResolver.Lanes.all(pools.issuer), reach.lookUpEvery()));
        pools.all.turns(wires.name(), wires::stillNanos);
        HttpGet get = new HttpGet(new HttpClient(wires, () -> trusted), FETCH_AT_MOST, JWKS_BYTES);
        JwksCache jwks = new JwksCache(
                new JwksSource(oidc, get),
                data.dataDir().path().resolve("jwks.json"),
                oidc.refreshEvery(),
                System::nanoTime,
                pools.files,
                new AccessMeters(data.meters().registry()));
        data.system()
                .scheduler()
                .scheduleWithFixedDelay(
                        Duration.ZERO, LOOK_EVERY, jwks::look, data.system().executionContext());
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
}
