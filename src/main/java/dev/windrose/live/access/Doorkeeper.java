package dev.windrose.live.access;

import dev.windrose.decide.access.KeyText;
import dev.windrose.live.table.Catalog;
import dev.windrose.model.ApiKey;
import dev.windrose.model.Principal;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Knows callers by their API keys, which every node has in its catalog, and asks others about other credentials. */
public final class Doorkeeper implements Authenticator {

    /** Knows callers by what is no key. */
    public interface Tokens {

        /** Nobody is known by a token. */
        Tokens NONE = token -> Principal.INVALID;

        Principal identify(String token);
    }

    private static final int TOKEN_AT_MOST = 16 * 1024;

    private final Supplier<Catalog> catalog;
    private final LongSupplier epochMs;
    private final Map<String, FixedKey> fixed;
    private final Tokens tokens;

    /** Principals by the record that they come from; rebuilt by whoever comes first after a change. */
    private volatile Known known = new Known(Map.of());

    private record Known(Map<String, ApiKey> keys, Map<String, Principal> principals) {
        Known(Map<String, ApiKey> keys) {
            this(keys, new ConcurrentHashMap<>());
        }
    }

    /** @param fixed keys that are not in the catalog, by name */
    public Doorkeeper(Supplier<Catalog> catalog, LongSupplier epochMs, Map<String, FixedKey> fixed, Tokens tokens) {
        this.catalog = catalog;
        this.epochMs = epochMs;
        this.fixed = Map.copyOf(fixed);
        this.tokens = tokens;
    }

    @Override
    public Principal identify(@Nullable String token, @Nullable X509Certificate certificate) {
        if (token == null) {
            return Principal.MISSING;
        }
        if (token.length() > TOKEN_AT_MOST) {
            return Principal.INVALID;
        }
        KeyText key = KeyText.parse(token);
        if (key == null) {
            return tokens.identify(token);
        }
        FixedKey own = fixed.get(key.name());
        return own == null ? byKey(key) : own.identify(key);
    }

    private Principal byKey(KeyText key) {
        Map<String, ApiKey> keys = catalog.get().keys();
        ApiKey record = keys.get(key.name());
        if (record == null) {
            return Principal.INVALID;
        }
        long now = epochMs.getAsLong();
        boolean current = key.is(record.hash());
        boolean previous = !record.previousHash().isEmpty() && key.is(record.previousHash());
        if (!current && !previous) {
            return Principal.INVALID;
        }
        if (now >= record.expiresEpochMs() || (!current && now >= record.previousUntilEpochMs())) {
            return Principal.EXPIRED;
        }
        return principal(keys, record);
    }

    private Principal principal(Map<String, ApiKey> keys, ApiKey record) {
        Known here = known;
        if (here.keys() != keys) {
            here = new Known(keys);
            known = here;
        }
        return here.principals().computeIfAbsent(record.name(), name -> record.principal());
    }
}
