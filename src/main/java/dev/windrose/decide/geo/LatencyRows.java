package dev.windrose.decide.geo;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The places of a {@link LatencyMap}, and which of them each other node told of. Bounded: when it is full, the places with
 * the least traffic lately make room.
 */
final class LatencyRows {

    private static final double DROPPED_AT_ONCE = 0.05;

    /** A place and its traffic lately, which takes a look at all that was heard of it. */
    record Weighed(LatencyRow row, double weight) {}

    private final int most;
    private final ExponentialDecay fading;
    private final Map<Long, LatencyRow> rows = new HashMap<>();

    /** The places that each source told of, to forget them without a look at all rows. */
    private final Map<String, Set<Long>> heardFrom = new HashMap<>();

    private long dropped = 0;

    /** @param most places that are remembered, at least 1 */
    LatencyRows(int most, ExponentialDecay fading) {
        this.most = most;
        this.fading = fading;
    }

    int size() {
        return rows.size();
    }

    /** Places that were forgotten to make room, since the start. */
    long dropped() {
        return dropped;
    }

    @Nullable
    LatencyRow get(long place) {
        return rows.get(place);
    }

    /** All of them, in no order; what changes here changes there. */
    Collection<LatencyRow> all() {
        return rows.values();
    }

    /**
     * The row of a place, a new one where there is none.
     *
     * @param name of the place when it is a name, else null
     * @param within the place that it lies in, or {@link PlaceKey#NONE}, which leaves that as it is
     */
    LatencyRow of(long place, @Nullable String name, long within, long now) {
        LatencyRow row = rows.get(place);
        if (row == null) {
            if (rows.size() >= most) {
                makeRoom(now);
            }
            row = new LatencyRow(place, name, now);
            rows.put(place, row);
        }
        if (within != PlaceKey.NONE && within != place) {
            row.parent = within;
        }
        return row;
    }

    /** Forgets the lightest, of equally light ones the oldest; several at once, because finding them takes a look at all. */
    private void makeRoom(long now) {
        int many = Math.max(1, (int) (most * DROPPED_AT_ONCE));
        List<Weighed> all = weighed(rows.values(), now);
        all.sort(Comparator.comparingDouble(Weighed::weight)
                .thenComparingLong(each -> each.row().touched())
                .thenComparingLong(each -> each.row().place));
        all.subList(0, Math.min(many, all.size())).forEach(each -> rows.remove(each.row().place));
        dropped += Math.min(many, all.size());
    }

    /** False when there is none. */
    boolean drop(long place) {
        return rows.remove(place) != null;
    }

    /** Some of them, the places with the most traffic first, names before blocks. */
    List<Weighed> heaviestFirst(Collection<LatencyRow> some, long now) {
        List<Weighed> weighed = weighed(some, now);
        weighed.sort(Comparator.comparing((Weighed each) -> PlaceKey.isNetwork(each.row().place))
                .thenComparingDouble(each -> -each.weight())
                .thenComparingLong(each -> each.row().place));
        return weighed;
    }

    private List<Weighed> weighed(Collection<LatencyRow> some, long now) {
        List<Weighed> weighed = new ArrayList<>(some.size());
        some.forEach(row -> weighed.add(new Weighed(row, row.weight(now, fading))));
        return weighed;
    }

    /** What another node knows of a place. */
    void hear(String source, LatencyRow row, RoundTripAverages averages, double weight, long now) {
        row.hear(source, averages, weight, now);
        heardFrom.computeIfAbsent(source, each -> new HashSet<>()).add(row.place);
    }

    /** What that source said counts no more. */
    void forget(String source) {
        Set<Long> places = heardFrom.remove(source);
        if (places == null) {
            return;
        }
        for (Long place : places) {
            LatencyRow row = rows.get(place);
            if (row != null) {
                row.forget(source);
            }
        }
    }

    /** Forgets each source that told of no sample after that second. */
    void forgetHeardBefore(long second) {
        List<String> silent = new ArrayList<>();
        heardFrom.forEach((source, places) -> {
            boolean counts =
                    places.stream().map(rows::get).anyMatch(row -> row != null && row.heardAfter(source, second));
            if (!counts) {
                silent.add(source);
            }
        });
        silent.forEach(this::forget);
    }
}
