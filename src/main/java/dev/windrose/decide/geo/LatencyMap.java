package dev.windrose.decide.geo;

import dev.windrose.model.Coordinate;
import dev.windrose.model.RegionId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What was measured of the round trips from places of clients to regions. Bounded: when it is full, the places with the
 * least traffic lately are forgotten. For one thread at a time.
 */
public final class LatencyMap {

    /*
     * Per place and region a moving average with the mean distance from it, over at most the last 32 samples; samples of
     * an hour ago (the half-life) count half. A sample far outside (more than four times the mean distance) is taken for the
     * edge of that range, so that one retransmission moves nothing, while a lasting change widens the range and gets through.
     *
     * The estimate shrinks from what is expected without measuring to the average as samples come:
     * (PRIOR · expected + samples · average) / (PRIOR + samples). Expected of a name or a cell is what the distance says; of
     * a block of addresses, what is estimated for the place it lies in. A name in which observing regions lie is
     * estimated from what those regions measure, too.
     */

    /** Samples that the expectation counts for: it is off by 30 ms and more, one sample by far less. */
    static final double PRIOR_SAMPLES = 0.5;

    /** Fewer are no measurement. */
    static final double LEAST_SAMPLES = 0.5;

    private static final double MOST_SAMPLES = 32;
    private static final double OUTLIER = 4;
    private static final double LEAST_SPREAD_MS = 1;
    private static final double CLIP_FROM = 5;

    /** What the word of observing regions counts for in the areas that they lie in. */
    private static final double OBSERVED_SAMPLES = 4;

    private static final double DROPPED_AT_ONCE = 0.05;

    /** The name of the place of all clients of this node together; never told to others. */
    public static final String EVERYWHERE = "*";

    private static final long EVERYWHERE_KEY = PlaceKey.of(EVERYWHERE);

    /** A leg of a place: what is known of the way to one region. */
    public record Leg(String region, double meanMs, double spreadMs, double samples, long ageSeconds) {}

    /**
     * What is known of one place.
     *
     * @param place as {@link PlaceKey#text} writes it
     * @param within the place that it lies in, likewise; empty when none is known
     * @param weight traffic lately, in samples
     */
    public record Place(String place, String within, double weight, List<Leg> legs) {
        public Place {
            legs = List.copyOf(legs);
        }
    }

    /** One place. Arrays are by the number of the region, as long as there are regions. */
    private static final class Row {
        private final long place;
        private final @Nullable String name;
        private long parent;
        private float weight = 0;
        private long touched;
        private boolean observer = false;
        private float[] mean = {};
        private float[] spread = {};
        private float[] samples = {};
        private int[] at = {};
        private byte[] order = {};
        private @Nullable Map<String, Place> heard = null;

        Row(long place, @Nullable String name, long parent, long now) {
            this.place = place;
            this.name = name;
            this.parent = parent;
            this.touched = now;
        }

        void grow(int regions) {
            if (mean.length < regions) {
                mean = Arrays.copyOf(mean, regions);
                spread = Arrays.copyOf(spread, regions);
                samples = Arrays.copyOf(samples, regions);
                at = Arrays.copyOf(at, regions);
            }
        }
    }

    private final RegionNumbers numbers;
    private final int mostPlaces;
    private final double halfLifeSeconds;
    private final double bonusMs;
    private final Map<Long, Row> rows = new HashMap<>();
    private long dropped = 0;

    /**
     * @param mostPlaces that are remembered, at least 100
     * @param halfLife after which a sample counts half
     * @param bonus by how much another region must be nearer than the one that is ahead
     */
    public LatencyMap(RegionNumbers numbers, int mostPlaces, Duration halfLife, Duration bonus) {
        if (mostPlaces < 100) {
            throw new IllegalArgumentException("mostPlaces: " + mostPlaces + " (expected: at least 100)");
        }
        this.numbers = numbers;
        this.mostPlaces = mostPlaces;
        this.halfLifeSeconds = halfLife.toMillis() / 1000.0;
        this.bonusMs = bonus.toNanos() / 1e6;
    }

    /**
     * A client in that place measured a round trip.
     *
     * @param name of the place when it is a name, else null
     * @param within the place that it lies in, or {@link PlaceKey#NONE}
     * @param ms more than 0
     * @param now in seconds, on one clock for all calls
     */
    public void sample(long place, @Nullable String name, long within, RegionId region, double ms, long now) {
        Row row = row(place, name, within, now);
        row.weight = (float) (row.weight * decay(now - row.touched) + 1);
        row.touched = now;
        take(row, numbers.of(region), ms, 1, now);
        take(row(EVERYWHERE_KEY, EVERYWHERE, PlaceKey.NONE, now), numbers.of(region), ms, 1, now);
    }

    /** A region that checks the others measured a round trip. */
    public void observed(RegionId from, RegionId to, double ms, long now) {
        Row row = row(PlaceKey.of(from.value()), from.value(), PlaceKey.NONE, now);
        row.observer = true;
        row.touched = now;
        take(row, numbers.of(to), ms, 1, now);
    }

    /** Puts what somebody else measured in the place of what is known. */
    public void put(Place told, long now) {
        long key = PlaceKey.parse(told.place());
        long within = told.within().isEmpty() ? PlaceKey.NONE : PlaceKey.parse(told.within());
        Row row = row(key, PlaceKey.isName(key) ? told.place() : null, within, now);
        row.weight = (float) Math.max(row.weight, told.weight());
        row.touched = now;
        for (Leg leg : told.legs()) {
            int region = numbers.of(new RegionId(leg.region()));
            if (region != RegionNumbers.NONE) {
                row.grow(region + 1);
                row.mean[region] = (float) leg.meanMs();
                row.spread[region] = (float) leg.spreadMs();
                row.samples[region] = (float) Math.min(MOST_SAMPLES, leg.samples());
                row.at[region] = (int) (now - leg.ageSeconds());
            }
        }
    }

    /** What another node knows; replaces all that it said before. */
    public void hear(String node, Collection<Place> told, long now) {
        forget(node);
        for (Place place : told) {
            long key = PlaceKey.parse(place.place());
            long within = place.within().isEmpty() ? PlaceKey.NONE : PlaceKey.parse(place.within());
            Row row = row(key, PlaceKey.isName(key) ? place.place() : null, within, now);
            if (row.heard == null) {
                row.heard = new HashMap<>();
            }
            place.legs().forEach(leg -> numbers.of(new RegionId(leg.region())));
            row.heard.put(node, aged(place, now));
        }
    }

    /** Ages are kept as the second in which the last sample came. */
    private static Place aged(Place place, long now) {
        List<Leg> legs = new ArrayList<>();
        place.legs()
                .forEach(leg -> legs.add(
                        new Leg(leg.region(), leg.meanMs(), leg.spreadMs(), leg.samples(), now - leg.ageSeconds())));
        return new Place(place.place(), place.within(), place.weight(), legs);
    }

    /** What that node said counts no more. */
    public void forget(String node) {
        rows.values().forEach(row -> {
            if (row.heard != null && row.heard.remove(node) != null && row.heard.isEmpty()) {
                row.heard = null;
            }
        });
    }

    /** Places that are known. */
    public int size() {
        return rows.size();
    }

    /** Places that were forgotten to make room, since the start. */
    public long dropped() {
        return dropped;
    }

    /** What this node measured itself, the places with the most traffic first, names before blocks of addresses. */
    public List<Place> heaviest(int atMost, long now) {
        List<RegionId> regions = numbers.all();
        return rows.values().stream()
                .filter(row -> row.mean.length > 0 && !row.observer && row.place != EVERYWHERE_KEY)
                .sorted(Comparator.comparing((Row row) -> !PlaceKey.isName(row.place))
                        .thenComparingDouble(row -> -weight(row, now))
                        .thenComparingLong(row -> row.place))
                .limit(atMost)
                .map(row -> place(row, regions, now))
                .filter(place -> !place.legs().isEmpty())
                .toList();
    }

    private Place place(Row row, List<RegionId> regions, long now) {
        List<Leg> legs = new ArrayList<>();
        for (int region = 0; region < row.mean.length; region++) {
            double samples = row.samples[region] * decay(now - row.at[region]);
            if (samples >= LEAST_SAMPLES / 4) {
                legs.add(new Leg(
                        regions.get(region).value(),
                        row.mean[region],
                        row.spread[region],
                        row.samples[region],
                        now - row.at[region]));
            }
        }
        Row parent = rows.get(row.parent);
        String within = row.parent == PlaceKey.NONE || (parent == null && PlaceKey.isName(row.parent))
                ? ""
                : PlaceKey.text(row.parent, parent == null ? null : parent.name);
        return new Place(PlaceKey.text(row.place, row.name), within, weight(row, now), legs);
    }

    private Row row(long place, @Nullable String name, long within, long now) {
        Row row = rows.get(place);
        if (row == null) {
            if (rows.size() >= mostPlaces) {
                makeRoom(now);
            }
            row = new Row(place, name, within, now);
            rows.put(place, row);
        } else if (within != PlaceKey.NONE) {
            row.parent = within;
        }
        return row;
    }

    /** Forgets the lightest, of equally light ones the oldest; several at once, because finding them takes a look at all. */
    private void makeRoom(long now) {
        int many = Math.max(1, (int) (mostPlaces * DROPPED_AT_ONCE));
        List<Long> lightest = rows.values().stream()
                .filter(row -> !row.observer && row.place != EVERYWHERE_KEY)
                .sorted(Comparator.comparingDouble((Row row) -> weight(row, now))
                        .thenComparingLong(row -> row.touched)
                        .thenComparingLong(row -> row.place))
                .limit(many)
                .map(row -> row.place)
                .toList();
        lightest.forEach(rows::remove);
        dropped += lightest.size();
    }

    private double weight(Row row, long now) {
        return row.weight * decay(now - row.touched);
    }

    private double decay(long seconds) {
        return seconds <= 0 ? 1 : Math.exp(-Math.log(2) * seconds / halfLifeSeconds);
    }

    private void take(Row row, int region, double ms, double count, long now) {
        if (region == RegionNumbers.NONE || !(ms > 0)) {
            return;
        }
        row.grow(region + 1);
        double samples = row.samples[region] * decay(now - row.at[region]);
        double mean = row.mean[region];
        double spread = row.spread[region];
        double taken = ms;
        if (samples >= CLIP_FROM) {
            double range = OUTLIER * Math.max(spread, LEAST_SPREAD_MS);
            taken = Math.max(mean - range, Math.min(mean + range, ms));
        }
        double total = Math.min(MOST_SAMPLES, samples + count);
        double share = count / Math.max(total, count);
        row.spread[region] =
                (float) (samples < LEAST_SAMPLES ? ms / 4 : spread + (Math.abs(taken - mean) - spread) * share);
        row.mean[region] = (float) (samples < LEAST_SAMPLES ? taken : mean + (taken - mean) * share);
        row.samples[region] = (float) total;
        row.at[region] = (int) now;
    }

    /** What one place knows of one region at present. */
    private static final class Known {
        private double sum = 0;
        private double samples = 0;

        void add(double ms, double count) {
            sum += ms * count;
            samples += count;
        }

        double shrunk(double expected) {
            if (samples <= 0) {
                return expected;
            }
            return Double.isNaN(expected)
                    ? sum / samples
                    : (PRIOR_SAMPLES * expected + sum) / (PRIOR_SAMPLES + samples);
        }
    }

    /** Everything that is known, for deciding. Remembers in which order it put the regions of each place. */
    public LatencyView view(Gazetteer gazetteer, long now) {
        List<RegionId> regions = numbers.all();
        Map<Long, List<Row>> observers = observers(gazetteer, now);
        List<Row> ordered = new ArrayList<>(rows.values());
        // A block of addresses is estimated from the place it lies in, so that comes first.
        ordered.sort(Comparator.comparing((Row row) -> PlaceKey.isNetwork(row.place)));
        long[] places = new long[ordered.size()];
        for (int i = 0; i < places.length; i++) {
            places[i] = ordered.get(i).place;
        }
        LatencyView view = new LatencyView(regions.size(), places, places.length);
        double[] estimates = new double[regions.size()];
        for (int i = 0; i < places.length; i++) {
            Row row = ordered.get(i);
            boolean fromClients = false;
            for (int region = 0; region < estimates.length; region++) {
                Known known = known(row, region, regions.get(region), now);
                fromClients |= !row.observer && known.samples >= LEAST_SAMPLES;
                observed(known, observers.getOrDefault(row.place, List.of()), row, region, now);
                estimates[region] = known.shrunk(expected(row, region, regions.get(region), view, gazetteer));
                view.set(i, region, estimates[region], known.samples);
            }
            row.order = Order.next(row.order, estimates, bonusMs);
            view.setOrder(i, row.order, fromClients);
        }
        return view;
    }

    /** The observing regions within each area that they lie in; makes rows for those areas. */
    private Map<Long, List<Row>> observers(Gazetteer gazetteer, long now) {
        Map<Long, List<Row>> within = new HashMap<>();
        Map<Long, String> areas = new HashMap<>();
        for (Row row : rows.values()) {
            if (row.observer && row.name != null) {
                Set<String> lineage = new HashSet<>(gazetteer.lineage(row.name));
                for (String area : lineage) {
                    long key = PlaceKey.of(area);
                    within.computeIfAbsent(key, each -> new ArrayList<>()).add(row);
                    areas.put(key, area);
                }
            }
        }
        areas.forEach((key, area) -> row(key, area, PlaceKey.NONE, now));
        return within;
    }

    private Known known(Row row, int region, RegionId id, long now) {
        Known known = new Known();
        if (region < row.samples.length && row.samples[region] > 0) {
            known.add(row.mean[region], row.samples[region] * decay(now - row.at[region]));
        }
        if (row.heard != null) {
            for (Place told : row.heard.values()) {
                for (Leg leg : told.legs()) {
                    if (leg.region().equals(id.value())) {
                        known.add(leg.meanMs(), leg.samples() * decay(now - leg.ageSeconds()));
                    }
                }
            }
        }
        return known;
    }

    private void observed(Known known, List<Row> observers, Row self, int region, long now) {
        for (Row observer : observers) {
            if (observer != self && region < observer.samples.length) {
                double fresh = observer.samples[region] * decay(now - observer.at[region]);
                known.add(observer.mean[region], Math.min(OBSERVED_SAMPLES, fresh) / observers.size());
            }
        }
    }

    private double expected(Row row, int region, RegionId id, LatencyView view, Gazetteer gazetteer) {
        int parent = row.parent == PlaceKey.NONE ? LatencyView.NONE : view.row(row.parent);
        double within = parent == LatencyView.NONE ? Double.NaN : view.ms(parent, region);
        if (PlaceKey.isNetwork(row.place) && !Double.isNaN(within)) {
            return within;
        }
        Coordinate at = PlaceKey.middle(PlaceKey.isNetwork(row.place) ? row.parent : row.place);
        return at != null || row.name == null
                ? gazetteer.priorMs(at, id.value())
                : gazetteer.priorMs(row.name, id.value());
    }
}
