package dev.windrose.live.geo;

import dev.windrose.live.health.HealthMatrix;
import dev.windrose.model.HealthCheck;
import dev.windrose.model.HealthStatus;
import dev.windrose.model.RegionId;
import java.util.Map;
import java.util.TreeMap;

/** The round trips between regions, measured by the checks of all observers. */
final class InterRegionRoundTrips {

    /**
     * For each observing region, the lowest latency of each region that it checks successfully: anything beyond the
     * round trip is the target's own work. Checks of DNS names query another server and do not count.
     */
    static Map<RegionId, Map<RegionId, Double>> lowest(HealthMatrix matrix) {
        Map<RegionId, Map<RegionId, Double>> lowest = new TreeMap<>();
        for (HealthMatrix.Row row : matrix.rows()) {
            for (HealthMatrix.Sight sight : row.sights()) {
                if (row.type() != HealthCheck.Type.DNS && tells(sight)) {
                    lowest.computeIfAbsent(new RegionId(sight.region()), from -> new TreeMap<>())
                            .merge(row.region(), sight.latencyMs(), Math::min);
                }
            }
        }
        return lowest;
    }

    private static boolean tells(HealthMatrix.Sight sight) {
        boolean well = sight.status() == HealthStatus.HEALTHY || sight.status() == HealthStatus.DEGRADED;
        return sight.live() && well && sight.latencyMs() > 0;
    }

    private InterRegionRoundTrips() {}
}
