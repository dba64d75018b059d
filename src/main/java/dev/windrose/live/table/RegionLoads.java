package dev.windrose.live.table;

import dev.windrose.decide.route.CapacityTrack;
import dev.windrose.model.Region;
import dev.windrose.model.RegionId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Load and outcomes of each region, over all nodes, and the capacity learned from them. For one thread.
 *
 * <p>Every node learns independently from what all of them measured, so they converge within seconds.
 */
final class RegionLoads {

    private static final Logger LOG = LoggerFactory.getLogger(RegionLoads.class);

    /** Minimum outcomes per second, over all nodes, from which to learn. */
    private static final double REPORTED_AT_LEAST = 2;

    /** Load below this, in requests per second, is not shared. */
    private static final double LEAST = 0.1;

    /** The counts of a region. */
    enum Kind {
        SENT,
        REPORTED,
        FAILED
    }

    /** One count of one region. */
    record Flow(RegionId region, Kind kind) {}

    /** Rises and falls alike: failures are compared with outcomes, which come in batches. */
    private final EventRates<Flow> rates = new EventRates<>(0.3, 0.3);

    private final Map<RegionId, CapacityTrack> tracks = new HashMap<>();
    private long lastMs = -1;

    RegionLoads(Map<RegionId, CapacityTrack> learned) {
        tracks.putAll(learned);
    }

    /**
     * Reads the counters, and learns the capacity of regions for which that is enabled.
     *
     * @param serving the regions in which some target serves: elsewhere, failures say nothing about capacity
     */
    void look(Map<Flow, Long> totals, Collection<Region> regions, Set<RegionId> serving, long nowMs) {
        rates.look(totals, nowMs);
        double seconds = (nowMs - lastMs) / 1000.0;
        boolean first = lastMs < 0;
        lastMs = nowMs;
        Set<RegionId> learning = new HashSet<>();
        for (Region region : regions) {
            if (region.learnsCapacity()) {
                learning.add(region.id());
            }
        }
        tracks.keySet().retainAll(learning);
        if (first || seconds <= 0) {
            return;
        }
        for (RegionId region : learning) {
            if (serving.contains(region)) {
                CapacityTrack before = tracks.getOrDefault(region, CapacityTrack.NEW);
                CapacityTrack after = before.after(rate(region, Kind.SENT), failures(region), seconds);
                tracks.put(region, after);
                if (after.capacity() < before.capacity()) {
                    LOG.info(
                            "region [{}] capacity lowered to [{}] requests/s: it was sent [{}], of which failed [{}]",
                            region,
                            Math.round(after.capacity()),
                            Math.round(rate(region, Kind.SENT)),
                            failures(region));
                }
            }
        }
    }

    private double failures(RegionId region) {
        double reported = rate(region, Kind.REPORTED);
        return reported < REPORTED_AT_LEAST ? Double.NaN : Math.min(1, rate(region, Kind.FAILED) / reported);
    }

    private double rate(RegionId region, Kind kind) {
        return rates.everywhere().getOrDefault(new Flow(region, kind), 0.0);
    }

    void heard(String node, Map<RegionId, DemandBoard.RegionLoad> told, long nowMs) {
        told.forEach((region, load) -> tracks.computeIfPresent(region, (same, track) -> track.heard(load.capacity())));
        Map<Flow, Double> flows = new HashMap<>();
        told.forEach((region, load) -> {
            flows.put(new Flow(region, Kind.SENT), load.sent());
            flows.put(new Flow(region, Kind.REPORTED), load.reported());
            flows.put(new Flow(region, Kind.FAILED), load.failed());
        });
        rates.heard(node, flows, nowMs);
    }

    /** What this node measured, for the others. */
    Map<RegionId, DemandBoard.RegionLoad> here() {
        Map<Flow, Double> flows = rates.here();
        Map<RegionId, DemandBoard.RegionLoad> here = new HashMap<>();
        flows.forEach((flow, rate) -> {
            if (flow.kind() == Kind.SENT && rate >= LEAST) {
                here.put(
                        flow.region(),
                        new DemandBoard.RegionLoad(
                                rate,
                                flows.getOrDefault(new Flow(flow.region(), Kind.REPORTED), 0.0),
                                flows.getOrDefault(new Flow(flow.region(), Kind.FAILED), 0.0),
                                learned(flow.region())));
            }
        });
        return here;
    }

    private double learned(RegionId region) {
        double capacity = tracks.getOrDefault(region, CapacityTrack.NEW).capacity();
        return Double.isInfinite(capacity) ? 0 : capacity;
    }

    /** The regions, with their effective capacities: the declared one, or the learned one where lower. */
    List<Region> bounded(Collection<Region> regions) {
        List<Region> bounded = new ArrayList<>(regions.size());
        for (Region region : regions) {
            CapacityTrack track = tracks.get(region.id());
            bounded.add(track == null ? region : region.atMost(track.capacity()));
        }
        return bounded;
    }

    /** The learned capacities, by region. */
    Map<RegionId, CapacityTrack> tracks() {
        return Map.copyOf(tracks);
    }
}
