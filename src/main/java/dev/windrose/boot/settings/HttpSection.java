package dev.windrose.boot.settings;

import dev.windrose.decide.geo.Prefix;
import dev.windrose.front.manage.ManageSettings;
import dev.windrose.front.web.HttpSettings;
import dev.windrose.live.listen.HttpLimits;
import java.time.Duration;
import java.util.List;

/** The settings under {@code windrose.http} and {@code windrose.manage}. */
public final class HttpSection {

    public static final Section<HttpSettings> HTTP = new Section<>("http", "windrose.http", HttpSection::read);

    public static final Section<ManageSettings> MANAGE =
            new Section<>("http", "windrose.manage", HttpSection::readManage);

    private static HttpSettings read(SettingsReader reader) {
        return new HttpSettings(
                host(reader),
                reader.number("port", 0, 65535),
                reader.size("body-bytes", 1024, 16 * 1024 * 1024),
                reader.time("body-timeout", Duration.ofMillis(100), Duration.ofMinutes(1)),
                reader.number("batch", 1, 10_000),
                reader.number("page-size", 1, 10_000),
                proxies(reader),
                limits(reader));
    }

    private static String host(SettingsReader reader) {
        return Loopback.host(reader, TlsSection.HTTP);
    }

    private static HttpLimits limits(SettingsReader reader) {
        return new HttpLimits(
                reader.number("connections", 16, 1_000_000),
                reader.number("connections-per-address", 1, 1_000_000),
                reader.number("requests-per-address", 1, 10_000_000),
                reader.time("header-timeout", Duration.ofMillis(500), Duration.ofMinutes(1)),
                reader.time("idle-timeout", Duration.ofSeconds(1), Duration.ofMinutes(10)),
                reader.time("read-timeout", Duration.ofSeconds(1), Duration.ofMinutes(10)),
                reader.time("hold-slow", Duration.ZERO, Duration.ofDays(1)));
    }

    private static List<Prefix> proxies(SettingsReader reader) {
        try {
            return reader.texts("trusted-proxies").stream().map(Prefix::parse).toList();
        } catch (IllegalArgumentException e) {
            throw reader.wrong("trusted-proxies", "address blocks, such as 10.0.0.0/8");
        }
    }

    private static ManageSettings readManage(SettingsReader reader) {
        return new ManageSettings(host(reader), reader.number("port", 0, 65535));
    }

    private HttpSection() {}
}
