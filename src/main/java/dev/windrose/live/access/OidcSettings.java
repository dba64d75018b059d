package dev.windrose.live.access;

import java.net.URI;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Settings of tokens; ranges and reasons are in {@code windrose/access.conf}.
 *
 * @param issuer empty when tokens are not accepted
 * @param jwksUrl URL of the issuer's keys; null: the one in the issuer's configuration document
 * @param algorithms by their names in JOSE
 * @param grantsClaim name of the claim with the grants
 * @param nameClaim name of the claim with the caller's name
 */
public record OidcSettings(
        String issuer,
        String audience,
        @Nullable URI jwksUrl,
        Set<String> algorithms,
        String grantsClaim,
        String nameClaim,
        Duration clockSkew,
        Duration refreshEvery) {

    public OidcSettings {
        algorithms = Set.copyOf(algorithms);
    }

    public boolean used() {
        return !issuer.isEmpty();
    }
}
