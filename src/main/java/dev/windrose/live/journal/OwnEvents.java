package dev.windrose.live.journal;

import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Distinguishes events first written in this region from replicated ones; only the former are given to others. */
final class OwnEvents {

    private static final Logger LOG = LoggerFactory.getLogger(OwnEvents.class);

    private final ReplicatedEvents replicated;
    private final String self;

    OwnEvents(ReplicatedEvents replicated, String self) {
        this.replicated = replicated;
        this.self = self;
    }

    /** Whether the event was first written in this region; all others are replicated by their own regions. */
    boolean has(StoredEvent row) {
        if (row.metadata().length == 0) {
            return false;
        }
        try {
            return replicated.origin(row).equals(self);
        } catch (RuntimeException e) {
            LOG.error("event at position [{}] cannot be read, cause [{}]", row.ordering(), e.toString());
            return false;
        }
    }

    /**
     * The batch for a page of the database.
     *
     * @param page rows after {@code after}, in order
     * @param head the highest position that may be given out
     */
    JournalServer.Batch batch(String incarnation, long after, long head, List<StoredEvent> page) {
        List<StoredEvent> ours = new ArrayList<>();
        boolean whole = page.size() < JournalReader.PAGE;
        long upTo = after;
        int bytes = 0;
        for (StoredEvent row : page) {
            if (row.ordering() > head) {
                whole = true;
                break;
            }
            if (bytes > JournalServer.BATCH_BYTES) {
                whole = false;
                break;
            }
            upTo = row.ordering();
            if (has(row)) {
                ours.add(row);
                bytes += row.size();
            }
        }
        return new JournalServer.Batch(incarnation, whole ? Math.max(after, head) : upTo, head, ours);
    }
}
