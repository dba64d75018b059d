package dev.windrose.live.journal;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A buffer of the journal's newest events, in order, for readers that keep up: it spares them the database. */
final class RecentEvents {

    private static final int KEPT = 4_000;

    private final Deque<StoredEvent> events = new ArrayDeque<>();
    private long from;

    /** Empty; receives everything after {@code from}. */
    RecentEvents(long from) {
        this.from = from;
    }

    /** Adds the next event; the oldest is dropped when there are too many. */
    void add(StoredEvent event) {
        events.addLast(event);
        if (events.size() > KEPT) {
            from = events.removeFirst().ordering();
        }
    }

    /** Whether the buffer still has everything after that position. */
    boolean reachesBackTo(long after) {
        return after >= from;
    }

    /**
     * The next batch after a position; null when there is nothing new.
     *
     * @param complete the highest position up to which the journal has no gap
     */
    JournalServer.@Nullable Batch batch(String incarnation, long after, long complete) {
        List<StoredEvent> next = after(after);
        if (next.isEmpty()) {
            return null;
        }
        long last = next.get(next.size() - 1).ordering();
        long upTo = last == newest() ? complete : last;
        return new JournalServer.Batch(incarnation, upTo, complete, next);
    }

    /** The next events after a position, as many as one batch holds; empty when there are none. */
    private List<StoredEvent> after(long after) {
        Deque<StoredEvent> wanted = new ArrayDeque<>();
        Iterator<StoredEvent> newestFirst = events.descendingIterator();
        while (newestFirst.hasNext()) {
            StoredEvent event = newestFirst.next();
            if (event.ordering() <= after) {
                break;
            }
            wanted.addFirst(event);
        }
        List<StoredEvent> batch = new ArrayList<>();
        int bytes = 0;
        for (StoredEvent event : wanted) {
            bytes += event.size();
            if (batch.size() == JournalServer.BATCH_EVENTS || (bytes > JournalServer.BATCH_BYTES && !batch.isEmpty())) {
                break;
            }
            batch.add(event);
        }
        return batch;
    }

    /** The position of the newest event; 0 when there is none. */
    private long newest() {
        return events.isEmpty() ? 0 : events.getLast().ordering();
    }
}
