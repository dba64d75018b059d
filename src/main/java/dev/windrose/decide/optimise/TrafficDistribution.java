package dev.windrose.decide.optimise;

import dev.windrose.decide.geo.RoundTrips;
import dev.windrose.model.RegionId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where the clients of each area were sent, and how much slower that is than the best region. */
public final class TrafficDistribution {

    /**
     * One area and one region.
     *
     * @param share of all decisions, 0 to 1
     * @param roundTripMs NaN when unknown
     * @param samples behind it; 0 when it follows from the distance
     * @param best the nearest of all serving regions; null when unknown
     * @param addedMs excess over the best, at least 0; NaN when unknown
     */
    public record Leg(
            String area,
            RegionId region,
            long decisions,
            double share,
            double roundTripMs,
            double samples,
            @Nullable RegionId best,
            double bestMs,
            double addedMs) {}

    /** Every leg, those with the most decisions first. */
    public static List<Leg> of(Collection<TrafficFlow> flows, Collection<RegionId> serving, RoundTrips roundTrips) {
        long all = flows.stream().mapToLong(TrafficFlow::decisions).sum();
        List<Leg> legs = new ArrayList<>();
        for (TrafficFlow flow : flows) {
            RegionId best = best(flow.area(), serving, roundTrips);
            double ms = roundTrips.ms(flow.area(), flow.region());
            double bestMs = best == null ? Double.NaN : roundTrips.ms(flow.area(), best);
            legs.add(new Leg(
                    flow.area(),
                    flow.region(),
                    flow.decisions(),
                    all == 0 ? 0 : (double) flow.decisions() / all,
                    ms,
                    roundTrips.samples(flow.area(), flow.region()),
                    best,
                    bestMs,
                    Double.isNaN(ms - bestMs) ? Double.NaN : Math.max(0, ms - bestMs)));
        }
        legs.sort(Comparator.comparingLong((Leg leg) -> -leg.decisions())
                .thenComparing(Leg::area)
                .thenComparing(Leg::region));
        return legs;
    }

    /** The mean excess of a decision over the best, in ms; NaN when none is known. */
    public static double meanAddedMs(Collection<Leg> legs) {
        double sum = 0;
        long known = 0;
        for (Leg leg : legs) {
            if (!Double.isNaN(leg.addedMs())) {
                sum += leg.addedMs() * leg.decisions();
                known += leg.decisions();
            }
        }
        return known == 0 ? Double.NaN : sum / known;
    }

    static @Nullable RegionId best(String area, Collection<RegionId> regions, RoundTrips roundTrips) {
        RegionId best = null;
        double bestMs = Double.POSITIVE_INFINITY;
        for (RegionId region : regions.stream().sorted().toList()) {
            double ms = roundTrips.ms(area, region);
            if (ms < bestMs) {
                bestMs = ms;
                best = region;
            }
        }
        return best;
    }

    private TrafficDistribution() {}
}
