package dev.windrose.boot.part;

import akka.Done;
import dev.windrose.boot.settings.HttpSection;
import dev.windrose.boot.settings.Section;
import dev.windrose.front.manage.ManageServer;
import dev.windrose.front.web.HttpSettings;
import dev.windrose.live.listen.Connections;
import dev.windrose.live.listen.Listener;
import dev.windrose.watch.ListenMeters;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Cluster management over HTTP, while there is a control plane. */
public final class ManagePart implements Part {

    private static final Logger LOG = LoggerFactory.getLogger(ManagePart.class);

    private final TlsPart tls;
    private final AccessPart access;
    private final AuditPart audit;
    private final Slot<Listener> listener = new Slot<>("management");
    private final SetOnce<DataPlane> plane = new SetOnce<>("management");
    private final SetOnce<ListenMeters> meters = new SetOnce<>("meters of management");
    private final SetOnce<Connections> connections = new SetOnce<>("connections of management");

    public ManagePart(TlsPart tls, AccessPart access, AuditPart audit) {
        this.tls = tls;
        this.access = access;
        this.audit = audit;
    }

    @Override
    public List<Section<?>> settings() {
        return List.of(HttpSection.MANAGE);
    }

    @Override
    public void start(DataPlane data) {
        plane.set(data);
        HttpSettings http = data.settings().of(HttpSection.HTTP);
        meters.set(new ListenMeters(data.meters().registry(), "manage"));
        connections.set(new Connections(http.limits(), http.trustedProxies(), meters.get()));
    }

    @Override
    public void start(ControlPlane control) {
        control.whenStarted(() -> ManageServer.start(
                        control.system(),
                        plane.get().settings().of(HttpSection.MANAGE),
                        tls.server(),
                        access.authenticator(),
                        audit.log(),
                        connections.get(),
                        plane.get().pools().connections,
                        meters.get())
                .whenComplete((bound, failure) -> {
                    if (bound != null) {
                        control.keep(listener, bound);
                    } else {
                        LOG.warn("cluster management could not start, cause [{}]", FailureText.oneLine(failure));
                    }
                }));
    }

    @Override
    public void notReady() {
        Listener listening = listener.get();
        if (listening != null) {
            listening.lastAnswers();
        }
    }

    @Override
    public CompletionStage<Done> drain(Duration atMost) {
        Listener listening = listener.get();
        return listening == null ? CompletableFuture.completedFuture(Done.getInstance()) : listening.drain(atMost);
    }
}
