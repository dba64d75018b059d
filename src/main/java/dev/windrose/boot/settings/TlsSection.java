package dev.windrose.boot.settings;

import dev.windrose.live.tls.TlsSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** The settings under {@code windrose.tls}; empty for a side without encryption. */
public final class TlsSection {

    /** The TLS settings of the routing API and cluster management. */
    public static final Section<Optional<TlsSettings>> HTTP =
            new Section<>("access", "windrose.tls.http", reader -> read(reader, "client-ca", false));

    /** The TLS settings of traffic between nodes. */
    public static final Section<Optional<TlsSettings>> NODE =
            new Section<>("access", "windrose.tls.node", reader -> read(reader, "ca", true));

    private static Optional<TlsSettings> read(SettingsReader reader, String authority, boolean mutual) {
        String certificate = reader.text("certificate");
        String key = reader.text("key");
        String others = reader.text(authority);
        Duration every = reader.time("reload-every", Duration.ofSeconds(1), Duration.ofDays(1));
        if (certificate.isEmpty()) {
            return Optional.empty();
        }
        if (key.isEmpty()) {
            throw reader.wrong("key", "a file, because a certificate is set");
        }
        if (others.isEmpty() && mutual) {
            throw reader.wrong(authority, "a file, because both sides present certificates");
        }
        return Optional.of(new TlsSettings(
                Path.of(certificate), Path.of(key), others.isEmpty() ? null : Path.of(others), mutual, every));
    }

    private TlsSection() {}
}
