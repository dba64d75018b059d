package dev.windrose.boot.part;

import akka.Done;
import dev.windrose.boot.settings.AccessSection;
import dev.windrose.boot.settings.HttpSection;
import dev.windrose.boot.settings.NodeSettings;
import dev.windrose.boot.settings.Section;
import dev.windrose.front.api.AuditResource;
import dev.windrose.front.web.Resource;
import dev.windrose.live.audit.AuditLog;
import dev.windrose.live.audit.WaitingEvents;
import dev.windrose.watch.AuditMeters;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Stores the audit: in the database, or in a file while the database is unavailable. */
public final class AuditPart implements Part {

    private static final Duration WRITE_EVERY = Duration.ofMillis(200);
    private static final String WAITING = "audit.waiting";

    private final JournalPart journal;
    private final SetOnce<DataPlane> plane = new SetOnce<>("audit");
    private final SetOnce<AuditLog> log = new SetOnce<>("audit");

    public AuditPart(JournalPart journal) {
        this.journal = journal;
    }

    @Override
    public List<Section<?>> settings() {
        return List.of(AccessSection.AUDIT);
    }

    @Override
    public void start(DataPlane data) {
        plane.set(data);
        NodeSettings node = data.settings().node();
        AuditLog audit = log.set(new AuditLog(
                node.region() + "/" + node.host() + ":" + node.port(),
                data.settings().of(AccessSection.AUDIT),
                new WaitingEvents(waiting()),
                journal::database,
                data.pools().audit,
                data.pools().questions,
                System::currentTimeMillis,
                new AuditMeters(data.meters().registry())));
        data.system()
                .scheduler()
                .scheduleWithFixedDelay(
                        WRITE_EVERY, WRITE_EVERY, audit::flush, data.system().executionContext());
    }

    private Path waiting() {
        return plane.get().dataDir().path().resolve(WAITING);
    }

    AuditLog log() {
        return log.get();
    }

    @Override
    public List<Resource> calls() {
        return List.of(new AuditResource(log(), plane.get().settings().of(HttpSection.HTTP)));
    }

    /** Writes into the database, or else into the file, and reports which. */
    @Override
    public CompletionStage<Done> flush(Duration atMost) {
        AuditLog open = log.orNull();
        return open == null
                ? CompletableFuture.completedFuture(Done.getInstance())
                : open.close(atMost).thenApply(left -> {
                    if (left.inFile() + left.lost() > 0) {
                        plane.get()
                                .say("stop: audit: entries left in [" + waiting() + "] [" + left.inFile()
                                        + "], which the next start writes; not in a file [" + left.lost() + "]");
                    }
                    return Done.getInstance();
                });
    }
}
