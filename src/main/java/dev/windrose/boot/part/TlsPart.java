package dev.windrose.boot.part;

import akka.actor.typed.ActorSystem;
import akka.dispatch.ExecutionContexts;
import akka.remote.artery.tcp.SSLEngineProviderSetup;
import dev.windrose.boot.settings.Section;
import dev.windrose.boot.settings.Settings;
import dev.windrose.boot.settings.TlsSection;
import dev.windrose.boot.settings.WrongSetting;
import dev.windrose.live.tls.NodeTls;
import dev.windrose.live.tls.ServerTls;
import dev.windrose.live.tls.TlsFiles;
import dev.windrose.live.tls.TlsSettings;
import dev.windrose.watch.CertificateMeters;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Certificates and keys for the node's listeners and for traffic between nodes. */
public final class TlsPart implements Part {

    private volatile @Nullable ServerTls server = null;
    private volatile @Nullable TlsFiles between = null;

    @Override
    public List<Section<?>> settings() {
        return List.of(TlsSection.HTTP, TlsSection.NODE);
    }

    /** @throws WrongSetting when those of the API are invalid, because no client could reach the node */
    @Override
    public void start(DataPlane data) {
        Settings settings = data.settings();
        CertificateMeters meters = new CertificateMeters(data.meters().registry());
        TlsSettings http = settings.of(TlsSection.HTTP).orElse(null);
        if (http != null) {
            server = new ServerTls(watched("http", http, http(http), data.system(), data.pools().files, meters));
        }
        TlsSettings node = settings.of(TlsSection.NODE).orElse(null);
        if (node != null) {
            // Without valid ones the node decides, but does not join the cluster.
            TlsFiles files = TlsFiles.open(node, InstantSource.system());
            between = watched("node", node, files, data.system(), data.pools().files, meters);
            files.whenRead(data.running()::startNow);
        }
    }

    private static TlsFiles http(TlsSettings settings) {
        try {
            return TlsFiles.read(settings, InstantSource.system());
        } catch (IOException e) {
            throw new WrongSetting(
                    "windrose.tls.http: " + String.valueOf(e.getMessage()).replaceAll("\\s*\n\\s*", " "));
        }
    }

    /** @param waiting runs file access */
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

    /** The TLS of the routing API and cluster management; null without encryption. */
    @Nullable
    ServerTls server() {
        return server;
    }

    /** Alone, the node would found a cluster of its own. */
    @Override
    public @Nullable String obstacle() {
        TlsFiles files = between;
        String problem = files == null ? null : files.problem();
        return problem == null ? null : "no certificate for connections to other nodes: " + problem;
    }

    @Override
    public void open(ControlPlane control) {
        TlsFiles files = between;
        if (files != null) {
            control.with(SSLEngineProviderSetup.create(system -> new NodeTls(files)));
        }
    }
}
