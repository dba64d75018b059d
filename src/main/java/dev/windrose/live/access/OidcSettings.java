package dev.windrose.live.access;

import java.net.URI;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Settings of tokens; ranges and reasons stand in {@code windrose/access.conf}.
 *
 * @param issuer empty when no tokens are believed
 * @param jwksUrl where the issuer's keys are; null: where the issuer's configuration says
 * @param algorithms by their names in JOSE
 * @param grantsClaim name of the claim with the grants
 * @param nameClaim name of the claim that says who it is
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
