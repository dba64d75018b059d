package dev.windrose.boot.settings;

import dev.windrose.decide.geo.Prefix;
import dev.windrose.decide.reach.Destinations;
import dev.windrose.live.access.AccessSettings;
import dev.windrose.live.access.OidcSettings;
import dev.windrose.live.audit.AuditSettings;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The settings under {@code windrose.access}, {@code windrose.reach} and {@code windrose.audit}. */
public final class AccessSection {

    public static final Section<AccessSettings> ACCESS =
            new Section<>("access", "windrose.access", AccessSection::read);

    /** Which addresses the node may connect to when outsiders name them. */
    public static final Section<ReachSettings> REACH =
            new Section<>("access", "windrose.reach", AccessSection::readReach);

    public static final Section<AuditSettings> AUDIT =
            new Section<>("access", "windrose.audit", AccessSection::readAudit);

    private static final Set<String> ALGORITHMS =
            new TreeSet<>(Set.of("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"));

    private static AccessSettings read(SettingsReader reader) {
        String hash = reader.text("break-glass-hash");
        if (!hash.isEmpty() && !hash.matches("[0-9a-f]{64}")) {
            throw reader.wrong("break-glass-hash", "64 hex digits, as `windrose key` prints them");
        }
        return new AccessSettings(reader.dev(), hash, oidc(reader.at("oidc")));
    }

    private static OidcSettings oidc(SettingsReader reader) {
        String issuer = reader.text("issuer");
        String audience = reader.text("audience");
        String jwksUrl = reader.text("jwks-url");
        Set<String> algorithms = new TreeSet<>(reader.texts("algorithms"));
        if (!issuer.isEmpty() && audience.isEmpty()) {
            throw reader.wrong("audience", "a string, because an issuer is set");
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
            // Reported below.
        }
        throw reader.wrong(key, "an https address, or http on loopback");
    }

    private static AuditSettings readAudit(SettingsReader reader) {
        return new AuditSettings(reader.time("keep", Duration.ofDays(1), Duration.ofDays(3660)));
    }

    private static ReachSettings readReach(SettingsReader reader) {
        return new ReachSettings(
                allowed(reader), reader.time("look-up-every", Duration.ofSeconds(1), Duration.ofMinutes(10)));
    }

    private static Destinations allowed(SettingsReader reader) {
        try {
            List<Prefix> allowed = new ArrayList<>(
                    reader.texts("allow").stream().map(Prefix::parse).toList());
            if (reader.dev()) {
                allowed.add(Prefix.parse("127.0.0.0/8"));
                allowed.add(Prefix.parse("::1"));
            }
            return new Destinations(allowed);
        } catch (IllegalArgumentException e) {
            throw reader.wrong("allow", "address blocks, such as 10.0.0.0/8");
        }
    }

    private AccessSection() {}
}
