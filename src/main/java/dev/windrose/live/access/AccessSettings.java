package dev.windrose.live.access;

/**
 * Settings of who may call; ranges and reasons stand in {@code windrose/access.conf}.
 *
 * @param dev nobody is asked for credentials
 * @param breakGlassHash of the key for the day on which nothing else works; empty when there is none
 * @param oidc whose tokens are believed
 */
public record AccessSettings(boolean dev, String breakGlassHash, OidcSettings oidc) {}
