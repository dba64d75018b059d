package dev.windrose.live.journal;

import akka.actor.typed.ActorSystem;
import akka.persistence.typed.ReplicaId;
import akka.persistence.typed.ReplicationId;
import dev.windrose.decide.definition.Change;
import dev.windrose.live.pool.Offload;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The history of single definitions in this region's journal: changes made here, and replicated ones. */
public final class JournalHistory {

    /**
     * One change as it was recorded.
     *
     * @param writtenEpochMs when it was recorded here, by the writing node's clock, but never later than what was
     *     recorded after it, and never in the future
     */
    public record Entry(long ordering, String origin, long writtenEpochMs, Change change) {}

    /** A definition has more changes than the limit of one read. */
    public static final class TooLong extends RuntimeException {

        private static final long serialVersionUID = 1L;

        TooLong(String message) {
            super(message);
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(JournalHistory.class);

    /** A longer write indicates a wrong clock. */
    private static final long WRITE_AT_MOST_MS = 10_000;

    private final JournalReader reader;
    private final ReplicatedEvents events;
    private final String type;
    private final ReplicaId self;
    private final LongSupplier epochMs;
    private final Executor blocking;

    /**
     * @param type of the definitions' entities
     * @param epochMs the current time
     * @param blocking runs database access
     */
    public JournalHistory(
            ActorSystem<?> control,
            Database database,
            String type,
            String self,
            LongSupplier epochMs,
            Executor blocking) {
        this.reader = new JournalReader(database.dataSource());
        this.events = new ReplicatedEvents(control);
        this.type = type;
        this.self = new ReplicaId(self);
        this.epochMs = epochMs;
        this.blocking = blocking;
    }

    /**
     * All changes of some definitions, each in the order in which they were recorded; fails with {@link TooLong} when there are more than {@code atMost}
     * altogether.
     *
     * @param entities such as {@code rule:web}
     */
    public CompletionStage<List<List<Entry>>> of(List<String> entities, int atMost) {
        return Offload.to(blocking, () -> {
            List<List<Entry>> all = new ArrayList<>();
            int left = atMost;
            for (String entity : entities) {
                List<Entry> entries = read(entity, left);
                left -= entries.size();
                all.add(entries);
            }
            return all;
        });
    }

    private List<Entry> read(String entity, int atMost) {
        String persistenceId =
                new ReplicationId(type, entity, self).persistenceId().id();
        List<Entry> entries = new ArrayList<>();
        long after = 0;
        try {
            List<StoredEvent> page;
            do {
                page = reader.page(persistenceId, after);
                for (StoredEvent event : page) {
                    after = event.ordering();
                    add(entries, event);
                }
                if (entries.size() > atMost) {
                    throw new TooLong(entity + " has more than " + atMost + " changes");
                }
            } while (page.size() == JournalReader.PAGE);
        } catch (SQLException e) {
            throw new IllegalStateException("journal cannot be read", e);
        }
        return recorded(entries, self.id(), epochMs.getAsLong());
    }

    /**
     * In recording order, at times that match it: a clock that was ahead is detected by what was recorded after it. A
     * change of this region was recorded when it was made, unless the clock was off: the duration of the write does not
     * count as a time in which it was unknown here.
     */
    static List<Entry> recorded(List<Entry> inOrder, String self, long nowMs) {
        Entry[] entries = inOrder.toArray(new Entry[0]);
        long atMost = nowMs;
        for (int i = entries.length - 1; i >= 0; i--) {
            atMost = Math.min(atMost, recordedMs(entries[i], self));
            entries[i] = new Entry(entries[i].ordering(), entries[i].origin(), atMost, entries[i].change());
        }
        return List.of(entries);
    }

    private static long recordedMs(Entry entry, String self) {
        long tookMs = entry.writtenEpochMs() - entry.change().stamp().epochMs();
        boolean madeHere = entry.origin().equals(self) && tookMs >= 0 && tookMs <= WRITE_AT_MOST_MS;
        return madeHere ? entry.change().stamp().epochMs() : entry.writtenEpochMs();
    }

    private void add(List<Entry> entries, StoredEvent event) {
        try {
            entries.add(new Entry(event.ordering(), events.origin(event), event.timestamp(), events.change(event)));
        } catch (RuntimeException e) {
            LOG.error("event at position [{}] cannot be read, cause [{}]", event.ordering(), e.toString());
        }
    }
}
