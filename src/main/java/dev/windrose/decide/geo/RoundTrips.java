package dev.windrose.decide.geo;

import dev.windrose.model.RegionId;
import java.util.List;

/** The round trips from named places to regions, as known at one moment. */
public final class RoundTrips {

    private final LatencyView view;
    private final Latencies latencies;
    private final Gazetteer gazetteer;

    public RoundTrips(Latencies latencies, Gazetteer gazetteer) {
        this.view = latencies.view();
        this.latencies = latencies;
        this.gazetteer = gazetteer;
    }

    /** The round trip in ms, measured or expected for the distance; NaN when unknown. */
    public double ms(String place, RegionId region) {
        int row = view.row(PlaceKey.of(place));
        double known = row == LatencyView.NONE ? Double.NaN : view.ms(row, latencies.number(region));
        return Double.isNaN(known) ? gazetteer.priorMs(place, region.value()) : known;
    }

    /** The number of samples behind the round trip; 0 when it follows from the distance. */
    public double samples(String place, RegionId region) {
        int row = view.row(PlaceKey.of(place));
        return row == LatencyView.NONE ? 0 : view.samples(row, latencies.number(region));
    }

    /** The place and all areas around it, smallest first. */
    public List<String> lineage(String place) {
        return gazetteer.lineage(place);
    }
}
