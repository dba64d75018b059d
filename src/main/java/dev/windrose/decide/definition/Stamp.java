package dev.windrose.decide.definition;

import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * When and where a change was made. Total order: later wins, and the region name settles a tie.
 *
 * @param epochMs wall clock of the region that made the change, moved forward where that was needed to win
 */
public record Stamp(long epochMs, String region) implements Comparable<Stamp> {

    private static final Comparator<Stamp> ORDER =
            Comparator.comparingLong(Stamp::epochMs).thenComparing(Stamp::region);

    /** A stamp that wins over {@code heard}, even when this region's clock lags behind or two changes share one ms. */
    public static Stamp next(long nowMs, String region, @Nullable Stamp heard) {
        return new Stamp(heard == null ? nowMs : Math.max(nowMs, heard.epochMs() + 1), region);
    }

    /** The later of the two; null is earlier than everything. */
    public static @Nullable Stamp later(@Nullable Stamp a, @Nullable Stamp b) {
        if (a == null || b == null) {
            return a == null ? b : a;
        }
        return a.compareTo(b) >= 0 ? a : b;
    }

    @Override
    public int compareTo(Stamp other) {
        return ORDER.compare(this, other);
    }
}
