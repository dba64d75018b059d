package dev.windrose.boot;

import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * Which addresses a node may listen on: those of this machine alone while it asks nobody for a key, or says in the open
 * what it says.
 */
final class Loopback {

    /**
     * Refuses an address that others reach, unless what is said there is encrypted.
     *
     * @param encryptedBy the setting that would encrypt it
     */
    static void require(SettingsReader reader, String host, boolean dev, boolean encrypted, String encryptedBy) {
        if (!is(host) && (dev || !encrypted)) {
            throw reader.wrong(
                    "host",
                    dev
                            ? "a loopback address such as 127.0.0.1, because with --dev nobody is asked for a key"
                            : "a loopback address such as 127.0.0.1, or " + encryptedBy + " set");
        }
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
