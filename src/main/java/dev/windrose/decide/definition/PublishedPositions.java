package dev.windrose.decide.definition;

import java.util.HashMap;
import java.util.Map;

/**
 * Tells a reader that is ahead of a journal from one that merely keeps up. A position that the journal neither had when it was
 * opened nor published to that reader since was written before and lost: the database came back without its newest events. For
 * one thread at a time.
 */
public final class PublishedPositions {

    private final Map<String, Long> published = new HashMap<>();
    private long headAtOpen = 0;

    /** The journal was opened, and {@code head} was its highest position then. */
    public void opened(long head) {
        headAtOpen = head;
    }

    /** A reader was sent every event up to {@code upTo}. */
    public void published(String reader, long upTo) {
        published.merge(reader, upTo, Math::max);
    }

    /** Whether a reader that has read up to {@code after} has events that this journal lost. */
    public boolean isLost(String reader, long after) {
        return after > Math.max(headAtOpen, published.getOrDefault(reader, 0L));
    }

    /** The journal begins a new incarnation: what was published before belongs to the old one. */
    public void forget() {
        published.clear();
    }
}
