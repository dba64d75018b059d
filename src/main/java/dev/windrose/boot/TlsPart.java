package dev.windrose.boot;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.DispatcherSelector;
import dev.windrose.live.tls.TlsFiles;
import dev.windrose.live.tls.TlsSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Reads {@code windrose.tls}, and the files that it names. */
final class TlsPart {

    /** One side's files; null when it is not encrypted. */
    static @Nullable TlsSettings read(SettingsReader reader, String authority, boolean needsAuthority) {
        String certificate = reader.text("certificate");
        String key = reader.text("key");
        String others = reader.text(authority);
        Duration every = reader.time("reload-every", Duration.ofSeconds(1), Duration.ofDays(1));
        if (certificate.isEmpty()) {
            return null;
        }
        if (key.isEmpty()) {
            throw reader.wrong("key", "a file, because there is a certificate");
        }
        if (others.isEmpty() && needsAuthority) {
            throw reader.wrong(authority, "a file, because both sides show certificates");
        }
        return new TlsSettings(Path.of(certificate), Path.of(key), others.isEmpty() ? null : Path.of(others), every);
    }

    /**
     * The files, read now and again when they change; null when there are none.
     *
     * @throws WrongSetting when they cannot be used
     */
    static @Nullable TlsFiles open(@Nullable TlsSettings settings, String setting, ActorSystem<?> system) {
        if (settings == null) {
            return null;
        }
        try {
            TlsFiles files = TlsFiles.read(settings);
            system.scheduler()
                    .scheduleWithFixedDelay(
                            settings.reloadEvery(),
                            settings.reloadEvery(),
                            files::look,
                            system.dispatchers().lookup(DispatcherSelector.blocking()));
            return files;
        } catch (IOException e) {
            throw new WrongSetting(
                    setting + ": " + String.valueOf(e.getMessage()).replaceAll("\\s*\n\\s*", " "));
        }
    }

    private TlsPart() {}
}
