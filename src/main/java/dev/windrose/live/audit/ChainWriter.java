package dev.windrose.live.audit;

import dev.windrose.decide.audit.AuditEvent;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Appends events to the chain of this node, and drops old entries. Blocks. For one thread at a time. */
final class ChainWriter {

    private static final Duration FORGET_EVERY = Duration.ofHours(1);

    private final String chain;
    private final Duration keep;
    private final Supplier<@Nullable DataSource> database;
    private final LongSupplier epochMs;

    private long forgottenAtMs = 0;

    /**
     * @param keep how long entries are kept
     * @param database gives null while there is none
     */
    ChainWriter(String chain, Duration keep, Supplier<@Nullable DataSource> database, LongSupplier epochMs) {
        this.chain = chain;
        this.keep = keep;
        this.database = database;
        this.epochMs = epochMs;
    }

    /**
     * Appends events in one transaction.
     *
     * @param missing how many events before these were not recorded; an entry of its own reports them
     * @param perhapsThere how many of the newest entries may be among the events already, and are not repeated
     * @return how many entries were written
     * @throws SQLException when the database is not open or does not take them; nothing is written then
     */
    int append(List<AuditEvent> events, long missing, int perhapsThere) throws SQLException {
        DataSource open = database.get();
        if (open == null) {
            throw new SQLException("the database is not open");
        }
        AuditTable table = new AuditTable(open);
        List<AuditEvent> fresh = new ArrayList<>(events);
        if (perhapsThere > 0) {
            fresh.removeAll(table.newest(chain, perhapsThere));
        }
        long now = epochMs.getAsLong();
        if (missing > 0) {
            fresh.add(notRecorded(now, missing));
        }
        table.append(chain, fresh);
        return fresh.size();
    }

    /**
     * Drops what is older than entries are kept, at most once an hour.
     *
     * @throws SQLException when the database did not do it; what was appended before is there
     */
    void forget() throws SQLException {
        long now = epochMs.getAsLong();
        DataSource open = database.get();
        if (open != null && now - forgottenAtMs >= FORGET_EVERY.toMillis()) {
            forgottenAtMs = now;
            new AuditTable(open).forget(chain, now - keep.toMillis());
        }
    }

    private static AuditEvent notRecorded(long epochMs, long count) {
        return new AuditEvent(
                epochMs,
                "windrose",
                "",
                "",
                "",
                "",
                0,
                "",
                Map.of(),
                Map.of(),
                "calls that were not recorded: buffer full",
                count);
    }
}
