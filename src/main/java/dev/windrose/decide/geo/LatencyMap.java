package dev.windrose.decide.geo;

import dev.windrose.model.Coordinate;
import dev.windrose.model.RegionId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
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

    private final RegionNumbers numbers;
    private final ExponentialDecay fading;
    private final long halfLifeSeconds;
    private final long heardSeconds;
    private final double bonusMs;
    private final LatencyRows rows;
    private final LatencyRow everywhere = new LatencyRow(PlaceKey.of(EVERYWHERE), EVERYWHERE, 0);
    private final ObserverRegions watchers = new ObserverRegions();
    private Gazetteer gazetteer = Gazetteer.BUILT_IN;

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
        this.fading = new ExponentialDecay(halfLife);
        this.rows = new LatencyRows(mostPlaces, fading);
        this.halfLifeSeconds = halfLife.toSeconds();
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
        LatencyRow row = rows.of(place, name, within, now);
        row.weigh(row.own(now, fading) + 1, now);
        row.own.take(numbers.of(region), ms, now, fading);
        everywhere.own.take(numbers.of(region), ms, now, fading);
    }

    /** A region that checks the others measured a round trip. */
    public void observed(RegionId from, RegionId to, double ms, long now) {
        watchers.take(from.value(), numbers.of(to), ms, now, fading);
    }

    /** Puts what somebody else measured in the place of what is known. */
    public void put(Place told, long now) {
        LatencyRow row = row(told, now);
        row.weigh(Math.max(row.own(now, fading), told.weight()), now);
        put(told, row.own, now);
    }

    /**
     * Puts what somebody measured on purpose in the place of what is known. It counts in full for one half-life and fades after
     * that: else just enough samples would be too few a moment later.
     *
     * @return for how many seconds each of the round trips counts for something; the least of them
     */
    public long imported(Collection<Place> told, long now) {
        double least = Double.POSITIVE_INFINITY;
        for (Place place : told) {
            put(place, now + halfLifeSeconds);
            for (Leg leg : place.legs()) {
                double fades =
                        halfLifeSeconds * Math.log(leg.samples() / RoundTripAverages.LEAST_SAMPLES) / Math.log(2);
                least = Math.min(least, halfLifeSeconds - leg.ageSeconds() + fades);
            }
        }
        return told.isEmpty() ? 0 : Math.max(0, (long) least);
    }

    /** For how long what is imported counts in full. */
    public long fullSeconds() {
        return halfLifeSeconds;
    }

    /** What another node knows; replaces all that the same source said before. */
    public void hear(String source, Collection<Place> told, long now) {
        rows.forget(source);
        for (Place place : told) {
            RoundTripAverages averages = new RoundTripAverages();
            put(place, averages, now);
            rows.hear(source, row(place, now), averages, place.weight(), now);
        }
    }

    private LatencyRow row(Place told, long now) {
        long key = PlaceKey.parse(told.place());
        long within = told.within().isEmpty() ? PlaceKey.NONE : PlaceKey.parse(told.within());
        return rows.of(key, PlaceKey.isName(key) ? told.place() : null, within, now);
    }

    private void put(Place told, RoundTripAverages into, long now) {
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
        rows.forget(source);
    }

    /** Forgets what was heard so long ago that it counts for nothing. */
    public void fade(long now) {
        rows.forgetHeardBefore(now - heardSeconds);
    }

    /** Forgets a place, until somebody measures it again or tells of it. False when it is not known. */
    public boolean drop(long place) {
        return rows.drop(place);
    }

    /** Places that are known. */
    public int size() {
        return rows.size();
    }

    /** Places that were forgotten to make room, since the start. */
    public long dropped() {
        return rows.dropped();
    }

    /** From now on these names are known. */
    public void know(Gazetteer known) {
        gazetteer = known;
    }

    /** The name of a place that may be learned; null when nobody knows such a name. */
    public @Nullable String name(long place) {
        LatencyRow row = rows.get(place);
        return row != null && row.name != null ? row.name : gazetteer.name(place);
    }

    /** What this node measured itself or was given, the places with the most traffic first, names before blocks. */
    public List<Place> heaviest(int atMost, long now) {
        List<RegionId> regions = numbers.all();
        List<LatencyRow> measured =
                rows.all().stream().filter(row -> row.own.regions() > 0).toList();
        return rows.heaviestFirst(measured, now).stream()
                .map(weighed -> place(weighed.row(), regions, now))
                .filter(place -> !place.legs().isEmpty())
                .limit(atMost)
                .toList();
    }

    private Place place(LatencyRow row, List<RegionId> regions, long now) {
        List<Leg> legs = new ArrayList<>();
        for (int region = 0; region < row.own.regions(); region++) {
            if (row.own.samples(region, now, fading) >= RoundTripAverages.LEAST_SAMPLES / 4) {
                legs.add(new Leg(
                        regions.get(region).value(),
                        row.own.meanMs(region),
                        row.own.spreadMs(region),
                        row.own.samples(region),
                        now - row.own.at(region)));
            }
        }
        return new Place(PlaceKey.text(row.place, row.name), within(row), row.own(now, fading), legs);
    }

    private String within(LatencyRow row) {
        return row.parent == PlaceKey.NONE ? "" : PlaceKey.text(row.parent, name(row.parent));
    }

    /**
     * What people may look at, with what decisions go by, in the order of {@link #heaviest}.
     *
     * @param view that decisions go by
     * @param from the only place to look at, or {@link PlaceKey#NONE} for all
     */
    public List<Shown> shown(LatencyView view, long from, int offset, int limit, long now) {
        LatencyRow only = from == PlaceKey.NONE ? null : rows.get(from);
        Collection<LatencyRow> asked = from == PlaceKey.NONE ? rows.all() : only == null ? List.of() : List.of(only);
        List<RegionId> regions = numbers.all();
        Map<String, List<String>> watched = watchers.byArea(gazetteer);
        return rows.heaviestFirst(asked, now).stream()
                .skip(offset)
                .limit(limit)
                .map(weighed -> shown(weighed, view, watched, regions, now))
                .toList();
    }

    private Shown shown(
            LatencyRows.Weighed weighed,
            LatencyView view,
            Map<String, List<String>> watched,
            List<RegionId> regions,
            long now) {
        LatencyRow row = weighed.row();
        int at = view.row(row.place);
        List<ShownLeg> legs = new ArrayList<>();
        for (int region = 0; region < regions.size(); region++) {
            RoundTripEstimate clients = row.known(region, now, fading);
            RoundTripEstimate known = clients.samples() > 0 ? clients : watched(watched, row, region, now);
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

    /** Everything that is known, for deciding. Remembers in which order it put the regions of each place. */
    public LatencyView view(Gazetteer known, long now) {
        gazetteer = known;
        List<RegionId> regions = numbers.all();
        Map<String, List<String>> watched = watchers.byArea(gazetteer);
        watched.keySet().forEach(area -> rows.of(PlaceKey.of(area), area, PlaceKey.NONE, now));
        List<LatencyRow> ordered = new ArrayList<>(rows.all());
        if (everywhere.own.regions() > 0) {
            ordered.add(everywhere);
        }
        // A block of addresses is estimated from the place it lies in, so that comes first.
        ordered.sort(Comparator.comparing((LatencyRow row) -> PlaceKey.isNetwork(row.place)));
        long[] places = new long[ordered.size()];
        for (int i = 0; i < places.length; i++) {
            places[i] = ordered.get(i).place;
        }
        LatencyView view = new LatencyView(regions.size(), places, places.length);
        double[] estimates = new double[regions.size()];
        for (int i = 0; i < places.length; i++) {
            LatencyRow row = ordered.get(i);
            boolean fromClients = false;
            for (int region = 0; region < estimates.length; region++) {
                RoundTripEstimate clients = row.known(region, now, fading);
                RoundTripEstimate observed = watched(watched, row, region, now);
                fromClients |= clients.samples() >= RoundTripAverages.LEAST_SAMPLES;
                double expected = observed.shrunk(expected(row, region, regions.get(region), view));
                estimates[region] = clients.shrunk(expected);
                view.set(i, region, estimates[region], clients.samples() + observed.samples());
            }
            row.order = RegionOrder.next(row.order, estimates, bonusMs);
            view.setOrder(i, row.order, fromClients);
        }
        return view;
    }

    private RoundTripEstimate watched(Map<String, List<String>> watched, LatencyRow row, int region, long now) {
        List<String> within = row.name == null ? List.of() : watched.getOrDefault(row.name, List.of());
        return watchers.known(within, row.name, region, now, fading);
    }

    private double expected(LatencyRow row, int region, RegionId id, LatencyView view) {
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
