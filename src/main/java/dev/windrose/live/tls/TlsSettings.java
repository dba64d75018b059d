package dev.windrose.live.tls;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Files for one side of TLS connections, all PEM; ranges and reasons are in {@code windrose/access.conf}.
 *
 * @param certificate and those of its issuers up to the root
 * @param key of the certificate, PKCS #8
 * @param authority that peers' certificates must be issued by; null when peers present none
 * @param mutual the certificate is issued by that authority itself, and valid for both sides of a connection
 */
public record TlsSettings(
        Path certificate, Path key, @Nullable Path authority, boolean mutual, Duration reloadEvery) {}
