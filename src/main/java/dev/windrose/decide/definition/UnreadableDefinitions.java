package dev.windrose.decide.definition;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Distinguishes definitions that cannot be read from those that are read late. A failure counts against a definition
 * only when the journal answered others in the meantime; while many fail together, only failures over a longer time
 * count. For one thread at a time.
 */
public final class UnreadableDefinitions {

    /** More failures than this, and than this share of those that were read, have one common cause. */
    private static final int FEW = 3;

    private static final double FEW_SHARE = 0.1;

    /** Longer than an overloaded journal, or the breaker in front of it, needs to recover. */
    private static final long LASTING_NANOS = Duration.ofSeconds(60).toNanos();

    private record Failing(int times, long sinceNanos) {}

    private final int tries;
    private final Map<String, Failing> failing = new HashMap<>();

    /** @param tries failures of one definition after which it counts as unreadable, at least 1 */
    public UnreadableDefinitions(int tries) {
        if (tries < 1) {
            throw new IllegalArgumentException("tries: " + tries + " (expected: at least 1)");
        }
        this.tries = tries;
    }

    /**
     * Records that one definition could not be read, though the journal answered.
     *
     * @param read definitions that were read so far
     * @return whether it counts as unreadable
     */
    public boolean failed(String entity, int read, long nowNanos) {
        Failing before = failing.get(entity);
        Failing now =
                new Failing(before == null ? 1 : before.times() + 1, before == null ? nowNanos : before.sinceNanos());
        failing.put(entity, now);
        boolean few = failing.size() <= Math.max(FEW, FEW_SHARE * read);
        return now.times() >= tries && (few || nowNanos - now.sinceNanos() >= LASTING_NANOS);
    }

    /** One definition was read. */
    public void read(String entity) {
        failing.remove(entity);
    }
}
