package dev.windrose.live.access;

/**
 * Settings of authentication; ranges and reasons are in {@code windrose/access.conf}.
 *
 * @param dev no credentials are required
 * @param breakGlassHash hash of the break-glass key, for when no other credential works; empty when there is none
 * @param oidc the trusted issuer of tokens
 */
public record AccessSettings(boolean dev, String breakGlassHash, OidcSettings oidc) {}
