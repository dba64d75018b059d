package dev.windrose.boot;

import akka.actor.typed.ActorSystem;
import akka.dispatch.ExecutionContexts;
import dev.windrose.boot.settings.WrongSetting;
import dev.windrose.live.tls.TlsFiles;
import dev.windrose.live.tls.TlsSettings;
import dev.windrose.watch.CertificateMeters;
import java.io.IOException;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** The files that {@code windrose.tls} names. */
final class TlsPart {

    /**
     * The files of the routing API, read now and again when they change; null when there are none.
     *
     * @param waiting runs what waits for files
     * @throws WrongSetting when they cannot be used, because nobody could ask the node anything
     */
    static @Nullable TlsFiles http(
            @Nullable TlsSettings settings, ActorSystem<?> system, Executor waiting, CertificateMeters meters) {
        if (settings == null) {
            return null;
        }
        try {
            return watched("http", settings, TlsFiles.read(settings, InstantSource.system()), system, waiting, meters);
        } catch (IOException e) {
            throw new WrongSetting(
                    "windrose.tls.http: " + String.valueOf(e.getMessage()).replaceAll("\\s*\n\\s*", " "));
        }
    }

    /** The files of the exchange between nodes; without ones that can be used the node decides and joins nobody. */
    static @Nullable TlsFiles node(
            @Nullable TlsSettings settings, ActorSystem<?> system, Executor waiting, CertificateMeters meters) {
        return settings == null
                ? null
                : watched("node", settings, TlsFiles.open(settings, InstantSource.system()), system, waiting, meters);
    }

    private static TlsFiles watched(
            String use,
            TlsSettings settings,
            TlsFiles files,
            ActorSystem<?> system,
            Executor waiting,
            CertificateMeters meters) {
        meters.show(use, files, TlsFiles::expires, read -> read.refused() ? 1 : 0, TlsFiles::authorities);
        system.scheduler()
                .scheduleWithFixedDelay(
                        settings.reloadEvery(),
                        settings.reloadEvery(),
                        files::look,
                        ExecutionContexts.fromExecutor(waiting));
        return files;
    }

    private TlsPart() {}
}
