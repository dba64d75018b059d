package dev.windrose.boot.settings;

import dev.windrose.live.tls.TlsSettings;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/** Which addresses a node may listen on: only loopback while it has no authentication or no encryption. */
final class Loopback {

    /**
     * The address in {@code host}; one beyond loopback requires encryption.
     *
     * @param encryption the section with its encryption settings
     */
    static String host(SettingsReader reader, Section<Optional<TlsSettings>> encryption) {
        String host = reader.text("host");
        if (!is(host) && (reader.dev() || reader.of(encryption).isEmpty())) {
            throw reader.wrong(
                    "host",
                    reader.dev()
                            ? "a loopback address such as 127.0.0.1, because --dev has no authentication"
                            : "a loopback address such as 127.0.0.1, or " + encryption + " set");
        }
        return host;
    }

    static boolean is(String host) {
        try {
            return !host.isBlank() && InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    private Loopback() {}
}
