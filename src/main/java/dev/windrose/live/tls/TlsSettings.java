package dev.windrose.live.tls;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Files of one side of encrypted connections, all PEM; ranges and reasons stand in {@code windrose/access.conf}.
 *
 * @param certificate and those of its issuers up to the root
 * @param key of the certificate, PKCS #8
 * @param authority whose certificates of others are believed; null when nobody else shows one
 * @param mutual the certificate is of that authority itself, and good for both sides of a connection
 */
public record TlsSettings(
        Path certificate, Path key, @Nullable Path authority, boolean mutual, Duration reloadEvery) {}
