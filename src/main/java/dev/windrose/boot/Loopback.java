package dev.windrose.boot;

import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * Which addresses a node may listen on. There is no authentication yet, so only this machine may talk to it, and no
 * setting opens that.
 */
final class Loopback {

    static void require(SettingsReader reader, String key, String host) {
        if (!is(host)) {
            throw reader.wrong(key, "a loopback address such as 127.0.0.1: there is no authentication yet");
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
