package dev.windrose.boot;

import dev.windrose.front.http.HttpSettings;
import dev.windrose.front.manage.ManageSettings;
import java.time.Duration;

/** Reads {@code windrose.http} and {@code windrose.manage}. */
final class HttpPart {

    static HttpSettings read(SettingsReader reader) {
        String host = reader.text("host");
        Loopback.require(reader, "host", host);
        return new HttpSettings(
                host,
                reader.number("port", 0, 65535),
                reader.size("body-bytes", 1024, 16 * 1024 * 1024),
                reader.time("body-timeout", Duration.ofMillis(100), Duration.ofMinutes(1)),
                reader.number("batch", 1, 10_000),
                reader.number("page-size", 1, 10_000));
    }

    static ManageSettings readManage(SettingsReader reader) {
        String host = reader.text("host");
        Loopback.require(reader, "host", host);
        return new ManageSettings(host, reader.number("port", 0, 65535));
    }

    private HttpPart() {}
}
