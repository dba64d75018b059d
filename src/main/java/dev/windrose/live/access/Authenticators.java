package dev.windrose.live.access;

import dev.windrose.decide.access.KeyText;
import dev.windrose.decide.definition.Catalog;
import dev.windrose.model.ApiKey;
import dev.windrose.model.Grant;
import dev.windrose.model.Principal;
import dev.windrose.model.Role;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import org.jspecify.annotations.Nullable;

/** Authenticates callers by their API keys, which every node has in its catalog, and delegates other credentials. */
public final class Authenticators implements Authenticator {

    /** Authenticates callers by credentials other than keys. */
    public interface Tokens {

        /** Accepts no tokens. */
        Tokens NONE = token -> Principal.INVALID;

        Principal identify(String token);
    }

    private static final List<Grant> AGENT = List.of(new Grant(Role.AGENT, Set.of(), Map.of()));
    private static final Pattern COMMON_NAME = Pattern.compile("[A-Za-z0-9 ._-]{1,64}");
    private static final int TOKEN_AT_MOST = 16 * 1024;

    private static final long TELL_AGAIN_MS = 10_000;

    private final Supplier<Catalog> catalog;
    private final LongSupplier epochMs;
    private final Map<String, FixedKey> fixed;
    private final Tokens tokens;

    private volatile Consumer<ApiKey> whenUsed = key -> {};

    /** Derived data on keys that every call needs; rebuilt by the first call after a change. */
    private volatile Known known = new Known(Map.of(), Map.of());

    private record Known(Map<String, ApiKey> of, Map<String, Holder> holders) {}

    private static final class Holder {
        private final ApiKey key;
        private final Principal principal;
        private final byte[] hash;
        private final byte[] previous;
        private final boolean used;
        private volatile long toldEpochMs = 0;

        Holder(ApiKey key) {
            this.key = key;
            this.principal = key.principal();
            this.hash = HexFormat.of().parseHex(key.hash());
            this.previous = HexFormat.of().parseHex(key.previousHash());
            this.used = key.isUsed();
        }
    }

    /** @param fixed keys that are not in the catalog, by name */
    public Authenticators(Supplier<Catalog> catalog, LongSupplier epochMs, Map<String, FixedKey> fixed, Tokens tokens) {
        this.catalog = catalog;
        this.epochMs = epochMs;
        this.fixed = Map.copyOf(fixed);
        this.tokens = tokens;
    }

    @Override
    public Principal identify(@Nullable String token, @Nullable X509Certificate certificate) {
        if (token == null) {
            return certificate == null ? Principal.MISSING : agent(certificate);
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

    /** A caller with a certificate of the clients' authority is an agent, whatever the certificate says. */
    private static Principal agent(X509Certificate certificate) {
        String name = commonName(certificate.getSubjectX500Principal().getName());
        return Principal.of(Principal.Kind.CERTIFICATE, "cert:" + (name == null ? "unnamed" : name), AGENT);
    }

    /** The CN of a subject in RFC 2253 form, the most specific of several; null when none is a valid name. */
    static @Nullable String commonName(String subject) {
        try {
            List<Rdn> parts = new LdapName(subject).getRdns();
            // They are counted from the right, where the authority is.
            for (int i = parts.size() - 1; i >= 0; i--) {
                Attribute name = parts.get(i).toAttributes().get("CN");
                if (name != null) {
                    return name.get() instanceof String text
                                    && COMMON_NAME.matcher(text).matches()
                            ? text
                            : null;
                }
            }
        } catch (NamingException e) {
            // An unparseable subject has no name.
        }
        return null;
    }

    private Principal byKey(KeyText key) {
        Holder holder = holders().get(key.name());
        if (holder == null) {
            return Principal.INVALID;
        }
        byte[] digest = key.digest();
        boolean current = MessageDigest.isEqual(digest, holder.hash);
        if (!current && !MessageDigest.isEqual(digest, holder.previous)) {
            return Principal.INVALID;
        }
        long now = epochMs.getAsLong();
        boolean over = now >= holder.key.expiresEpochMs() || (!current && now >= holder.key.previousUntilEpochMs());
        if (current && !over && !holder.used && now - holder.toldEpochMs > TELL_AGAIN_MS) {
            holder.toldEpochMs = now;
            whenUsed.accept(holder.key);
        }
        return over ? Principal.EXPIRED : holder.principal;
    }

    /** Reports the first use of a key's secret; repeats the report after a while until the key records it. */
    public void whenUsed(Consumer<ApiKey> then) {
        whenUsed = then;
    }

    @SuppressWarnings("ReferenceEquality") // The same keys, not equal ones: a change makes another map.
    private Map<String, Holder> holders() {
        Map<String, ApiKey> keys = catalog.get().keys();
        Known here = known;
        if (here.of() != keys) {
            Map<String, Holder> holders = new HashMap<>();
            keys.forEach((name, key) -> holders.put(name, new Holder(key)));
            here = new Known(keys, holders);
            known = here;
        }
        return here.holders();
    }
}
