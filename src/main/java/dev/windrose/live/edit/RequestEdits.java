package dev.windrose.live.edit;

import dev.windrose.decide.definition.DefinitionState;
import dev.windrose.model.DefinitionKey;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The edits of one request so far: later edits build on them before the own table has them, and the audit gets them
 * when the request is answered. Safe for all threads.
 */
public final class RequestEdits {

    /** One definition before and after an edit. */
    public record Rewrite(DefinitionKey key, DefinitionState before, DefinitionState after) {}

    private final Queue<Rewrite> rewrites = new ConcurrentLinkedQueue<>();
    private final Map<DefinitionKey, Integer> edits = new ConcurrentHashMap<>();
    private volatile boolean replayed = false;

    void add(DefinitionKey key, EditOutcome.Done done) {
        if (done.repeats() == null) {
            rewrites.add(new Rewrite(key, done.before(), done.after()));
        } else {
            replayed = true;
        }
        edits.merge(key, 1, Integer::sum);
    }

    public boolean isEmpty() {
        return rewrites.isEmpty();
    }

    /** In the order in which they were made. */
    public List<Rewrite> rewrites() {
        return List.copyOf(rewrites);
    }

    /** The definitions that were written, as they are now. */
    Map<DefinitionKey, DefinitionState> states() {
        Map<DefinitionKey, DefinitionState> states = new HashMap<>();
        rewrites.forEach(rewrite -> states.put(rewrite.key(), rewrite.after()));
        return states;
    }

    /** Number of edits of the definition. */
    public int edits(DefinitionKey key) {
        return edits.getOrDefault(key, 0);
    }

    /** Whether an edit turned out to be already done by the same request. */
    public boolean isReplayed() {
        return replayed;
    }
}
