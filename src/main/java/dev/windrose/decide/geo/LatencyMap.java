package dev.windrose.decide.geo;

import dev.windrose.model.Coordinate;
import dev.windrose.model.RegionId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What was measured of the round trips from places of clients to regions. Bounded: when it is full, the places with the
 * least traffic lately are forgotten. For one thread at a time.
 */
public final class LatencyMap {

    /*
     * Per place and region a moving average (Averages); samples of an hour ago (the half-life) count half.
     *
     * The estimate shrinks from what is expected without measuring to the average as samples come:
     * (PRIOR · expected + samples · average) / (PRIOR + samples). Expected of a name or a cell is what the distance says; of
     * a block of addresses, what is estimated for the place it lies in. Where observing regions lie within a name, what they
     * measure comes in between: what is expected shrinks from the distance to what they measure, and from there to what
     * clients tell, who know better. They are kept apart, so that what clients there tell stays theirs.
     */

    /** What the word of observing regions counts for in the areas that they lie in. */
    private static final double OBSERVED_SAMPLES = 4;

    private static final double DROPPED_AT_ONCE = 0.05;

    /** What was heard counts for nothing after so many half-lives. */
    public static final int HEARD_HALF_LIVES = 8;

    /** The place of all clients of this node together, for {@link LatencyView#everywhere}; nobody can be there. */
    static final String EVERYWHERE = "*";

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

    /**
     * A leg as people look at it: from this node's samples and those of others, with what decisions go by.
     *
     * @param known NaN, NaN, 0 and 0 in it where nothing was measured
     * @param estimateMs NaN when neither a measurement nor a distance is known
     */
    public record ShownLeg(Leg known, double estimateMs, boolean measured) {}

    /** A place as people look at it. */
    public record Shown(String place, String within, double weight, List<ShownLeg> legs) {
        public Shown {
            legs = List.copyOf(legs);
        }
    }

    /** What one other node knows of a place. */
    private record Heard(Averages averages, double weight, long at) {}

    /** One place. */
    private static final class Row {
        private final long place;
        private final @Nullable String name;
        private final Averages own = new Averages();
        private long parent = PlaceKey.NONE;
        private float weight = 0;
        private long touched;
        private byte[] order = {};
        private @Nullable Map<String, Heard> heard = null;

        Row(long place, @Nullable String name, long now) {
            this.place = place;
            this.name = name;
            this.touched = now;
        }
    }

    private final RegionNumbers numbers;
    private final int mostPlaces;
    private final Fading fading;
    private final long heardSeconds;
    private final double bonusMs;
    private final Map<Long, Row> rows = new HashMap<>();
    private final Row everywhere = new Row(PlaceKey.of(EVERYWHERE), EVERYWHERE, 0);
    private final Map<String, Averages> observers = new TreeMap<>();
    private final Map<String, Set<Long>> heardFrom = new HashMap<>();
    private Gazetteer gazetteer = Gazetteer.BUILT_IN;
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
        this.fading = new Fading(halfLife);
        this.heardSeconds = HEARD_HALF_LIVES * halfLife.toSeconds();
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
        row.weight = (float) (own(row, now) + 1);
        row.touched = now;
        row.own.take(numbers.of(region), ms, now, fading);
        everywhere.own.take(numbers.of(region), ms, now, fading);
    }

    /** A region that checks the others measured a round trip. */
    public void observed(RegionId from, RegionId to, double ms, long now) {
        if (observers.containsKey(from.value()) || observers.size() < RegionNumbers.AT_MOST) {
            observers.computeIfAbsent(from.value(), region -> new Averages()).take(numbers.of(to), ms, now, fading);
        }
    }

    /** Puts what somebody else measured in the place of what is known. */
    public void put(Place told, long now) {
        Row row = row(told, now);
        row.weight = (float) Math.max(own(row, now), told.weight());
        row.touched = now;
        put(told, row.own, now);
    }

    /** What another node knows; replaces all that the same source said before. */
    public void hear(String source, Collection<Place> told, long now) {
        forget(source);
        Set<Long> places = new HashSet<>();
        for (Place place : told) {
            Averages averages = new Averages();
            put(place, averages, now);
            Row row = row(place, now);
            if (row.heard == null) {
                row.heard = new HashMap<>(2);
            }
            row.heard.put(source, new Heard(averages, place.weight(), now));
            places.add(row.place);
        }
        if (!places.isEmpty()) {
            heardFrom.put(source, places);
        }
    }

    private Row row(Place told, long now) {
        long key = PlaceKey.parse(told.place());
        long within = told.within().isEmpty() ? PlaceKey.NONE : PlaceKey.parse(told.within());
        return row(key, PlaceKey.isName(key) ? told.place() : null, within, now);
    }

    private void put(Place told, Averages into, long now) {
        for (Leg leg : told.legs()) {
            into.put(
                    numbers.of(new RegionId(leg.region())),
                    leg.meanMs(),
                    leg.spreadMs(),
                    leg.samples(),
                    now - leg.ageSeconds());
        }
    }

    /** What that source said counts no more. */
    public void forget(String source) {
        Set<Long> places = heardFrom.remove(source);
        if (places == null) {
            return;
        }
        for (Long place : places) {
            Row row = rows.get(place);
            if (row != null && row.heard != null && row.heard.remove(source) != null && row.heard.isEmpty()) {
                row.heard = null;
            }
        }
    }

    /** Forgets what was heard so long ago that it counts for nothing. */
    public void fade(long now) {
        List<String> faded = new ArrayList<>();
        heardFrom.forEach((source, places) -> {
            boolean counts = places.stream()
                    .map(rows::get)
                    .anyMatch(row -> row != null && row.heard != null && counts(row.heard.get(source), now));
            if (!counts) {
                faded.add(source);
            }
        });
        faded.forEach(this::forget);
    }

    private boolean counts(@Nullable Heard heard, long now) {
        boolean counts = false;
        for (int i = 0; heard != null && i < heard.averages().regions(); i++) {
            counts |= heard.averages().samples(i) > 0 && now - heard.averages().at(i) < heardSeconds;
        }
        return counts;
    }

    /** Forgets a place, until somebody measures it again or tells of it. False when it is not known. */
    public boolean drop(long place) {
        return rows.remove(place) != null;
    }

    /** Places that are known. */
    public int size() {
        return rows.size();
    }

    /** Places that were forgotten to make room, since the start. */
    public long dropped() {
        return dropped;
    }

    /** From now on these names are known. */
    public void know(Gazetteer known) {
        gazetteer = known;
    }

    /** The name of a place that may be learned; null when nobody knows such a name. */
    public @Nullable String name(long place) {
        Row row = rows.get(place);
        return row != null && row.name != null ? row.name : gazetteer.name(place);
    }

    /** What this node measured itself or was given, the places with the most traffic first, names before blocks. */
    public List<Place> heaviest(int atMost, long now) {
        List<RegionId> regions = numbers.all();
        return weighed(
                        rows.values().stream()
                                .filter(row -> row.own.regions() > 0)
                                .toList(),
                        now)
                .stream()
                .map(weighed -> place(weighed.row(), regions, now))
                .filter(place -> !place.legs().isEmpty())
                .limit(atMost)
                .toList();
    }

    private record Weighed(Row row, double weight) {}

    private List<Weighed> weighed(Collection<Row> some, long now) {
        List<Weighed> weighed = new ArrayList<>(some.size());
        some.forEach(row -> weighed.add(new Weighed(row, weight(row, now))));
        weighed.sort(Comparator.comparing((Weighed each) -> PlaceKey.isNetwork(each.row().place))
                .thenComparingDouble(each -> -each.weight())
                .thenComparingLong(each -> each.row().place));
        return weighed;
    }

    private Place place(Row row, List<RegionId> regions, long now) {
        List<Leg> legs = new ArrayList<>();
        for (int region = 0; region < row.own.regions(); region++) {
            if (row.own.samples(region, now, fading) >= Averages.LEAST_SAMPLES / 4) {
                legs.add(new Leg(
                        regions.get(region).value(),
                        row.own.meanMs(region),
                        row.own.spreadMs(region),
                        row.own.samples(region),
                        now - row.own.at(region)));
            }
        }
        return new Place(PlaceKey.text(row.place, row.name), within(row), own(row, now), legs);
    }

    private String within(Row row) {
        return row.parent == PlaceKey.NONE ? "" : PlaceKey.text(row.parent, name(row.parent));
    }

    /**
     * What people may look at, with what decisions go by, in the order of {@link #heaviest}.
     *
     * @param view that decisions go by
     * @param from the only place to look at, or {@link PlaceKey#NONE} for all
     */
    public List<Shown> shown(LatencyView view, long from, int offset, int limit, long now) {
        Row only = from == PlaceKey.NONE ? null : rows.get(from);
        Collection<Row> asked = from == PlaceKey.NONE ? rows.values() : only == null ? List.of() : List.of(only);
        List<RegionId> regions = numbers.all();
        Map<Long, List<String>> watched = observersWithin();
        return weighed(asked, now).stream()
                .skip(offset)
                .limit(limit)
                .map(weighed -> shown(weighed, view, watched, regions, now))
                .toList();
    }

    private Shown shown(
            Weighed weighed, LatencyView view, Map<Long, List<String>> watched, List<RegionId> regions, long now) {
        Row row = weighed.row();
        int at = view.row(row.place);
        List<ShownLeg> legs = new ArrayList<>();
        for (int region = 0; region < regions.size(); region++) {
            Known clients = known(row, region, now);
            Known known = clients.samples() > 0
                    ? clients
                    : observed(watched.getOrDefault(row.place, List.of()), row, region, now);
            boolean measured = at != LatencyView.NONE && !Double.isNaN(view.measuredMs(at, region));
            double estimate = at == LatencyView.NONE ? Double.NaN : view.ms(at, region);
            if (known.samples() > 0 || !Double.isNaN(estimate)) {
                Leg leg = new Leg(
                        regions.get(region).value(),
                        known.meanMs(),
                        known.spreadMs(),
                        known.samples(),
                        known.samples() > 0 ? known.age(now) : 0);
                legs.add(new ShownLeg(leg, estimate, measured));
            }
        }
        return new Shown(PlaceKey.text(row.place, row.name), within(row), weighed.weight(), legs);
    }

    private Row row(long place, @Nullable String name, long within, long now) {
        Row row = rows.get(place);
        if (row == null) {
            if (rows.size() >= mostPlaces) {
                makeRoom(now);
            }
            row = new Row(place, name, now);
            rows.put(place, row);
        }
        if (within != PlaceKey.NONE && within != place) {
            row.parent = within;
        }
        return row;
    }

    /** Forgets the lightest, of equally light ones the oldest; several at once, because finding them takes a look at all. */
    private void makeRoom(long now) {
        int many = Math.max(1, (int) (mostPlaces * DROPPED_AT_ONCE));
        List<Weighed> all = new ArrayList<>(rows.size());
        rows.values().forEach(row -> all.add(new Weighed(row, weight(row, now))));
        all.sort(Comparator.comparingDouble(Weighed::weight)
                .thenComparingLong(each -> each.row().touched)
                .thenComparingLong(each -> each.row().place));
        all.subList(0, Math.min(many, all.size())).forEach(each -> rows.remove(each.row().place));
        dropped += Math.min(many, all.size());
    }

    /** Traffic lately that this node saw itself. */
    private double own(Row row, long now) {
        return row.weight * fading.after(now - row.touched);
    }

    private double weight(Row row, long now) {
        double weight = own(row, now);
        if (row.heard != null) {
            for (Heard heard : row.heard.values()) {
                weight += heard.weight() * fading.after(now - heard.at());
            }
        }
        return weight;
    }

    /** Everything that is known, for deciding. Remembers in which order it put the regions of each place. */
    public LatencyView view(Gazetteer known, long now) {
        gazetteer = known;
        List<RegionId> regions = numbers.all();
        Map<Long, List<String>> watched = observersWithin();
        observers
                .keySet()
                .forEach(region ->
                        gazetteer.lineage(region).forEach(area -> row(PlaceKey.of(area), area, PlaceKey.NONE, now)));
        List<Row> ordered = new ArrayList<>(rows.values());
        if (everywhere.own.regions() > 0) {
            ordered.add(everywhere);
        }
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
                Known clients = known(row, region, now);
                Known observed = observed(watched.getOrDefault(row.place, List.of()), row, region, now);
                fromClients |= clients.samples() >= Averages.LEAST_SAMPLES;
                double expected = observed.shrunk(expected(row, region, regions.get(region), view));
                estimates[region] = clients.shrunk(expected);
                view.set(i, region, estimates[region], clients.samples() + observed.samples());
            }
            row.order = Order.next(row.order, estimates, bonusMs);
            view.setOrder(i, row.order, fromClients);
        }
        return view;
    }

    /** The observing regions within each area that they lie in, themselves included. */
    private Map<Long, List<String>> observersWithin() {
        Map<Long, List<String>> within = new HashMap<>();
        for (String region : observers.keySet()) {
            for (String area : new HashSet<>(gazetteer.lineage(region))) {
                within.computeIfAbsent(PlaceKey.of(area), each -> new ArrayList<>())
                        .add(region);
            }
        }
        return within;
    }

    private Known known(Row row, int region, long now) {
        Known known = new Known();
        known.add(row.own, region, Double.MAX_VALUE, 1, now, fading);
        if (row.heard != null) {
            for (Heard heard : row.heard.values()) {
                known.add(heard.averages(), region, Double.MAX_VALUE, 1, now, fading);
            }
        }
        return known;
    }

    /** Where a client says that it is in the observing region itself, that region's word is a measurement like any other. */
    private Known observed(List<String> within, Row row, int region, long now) {
        Known known = new Known();
        for (String name : within) {
            Averages averages = observers.get(name);
            if (averages != null) {
                boolean itself = name.equals(row.name);
                known.add(
                        averages,
                        region,
                        itself ? Double.MAX_VALUE : OBSERVED_SAMPLES,
                        itself ? 1 : 1.0 / within.size(),
                        now,
                        fading);
            }
        }
        return known;
    }

    private double expected(Row row, int region, RegionId id, LatencyView view) {
        boolean network = PlaceKey.isNetwork(row.place);
        if (network) {
            int parent = view.row(row.parent);
            double within = parent == LatencyView.NONE ? Double.NaN : view.ms(parent, region);
            if (!Double.isNaN(within)) {
                return within;
            }
        }
        long place = network ? row.parent : row.place;
        Coordinate middle = PlaceKey.middle(place);
        String name = row.name != null ? row.name : PlaceKey.isName(place) ? gazetteer.name(place) : null;
        return middle != null || name == null
                ? gazetteer.priorMs(middle, id.value())
                : gazetteer.priorMs(name, id.value());
    }
}
