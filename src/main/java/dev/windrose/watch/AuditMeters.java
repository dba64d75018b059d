package dev.windrose.watch;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** The meters of the audit. */
public final class AuditMeters {

    /** Entries of the audit that were written. */
    public static final String WRITTEN = "windrose.audit.written";

    /** Calls that are missing in the audit, because the database was away for too long; the audit says how many. */
    public static final String LOST = "windrose.audit.lost";

    private final Counter written;
    private final Counter lost;

    public AuditMeters(MeterRegistry registry) {
        written = registry.counter(WRITTEN);
        lost = registry.counter(LOST);
    }

    public void written(int entries) {
        written.increment(entries);
    }

    public void lost() {
        lost.increment();
    }
}
