package dev.windrose.live.audit;

import akka.Done;
import dev.windrose.decide.audit.AuditEvent;
import java.util.concurrent.CompletableFuture;

/** An event that the database does not have yet. Guarded by the lock of its {@link AuditLog}. */
final class WaitingEvent {

    final AuditEvent event;

    /** Completes when the event is in the database or in the file. */
    final CompletableFuture<Done> written;

    final long sinceNanos = System.nanoTime();

    /** How often the same happened. */
    long count;

    boolean inFile;

    WaitingEvent(AuditEvent event, CompletableFuture<Done> written, boolean inFile) {
        this.event = event;
        this.written = written;
        this.count = event.count();
        this.inFile = inFile;
    }

    AuditEvent counted() {
        return event.times(count);
    }
}
