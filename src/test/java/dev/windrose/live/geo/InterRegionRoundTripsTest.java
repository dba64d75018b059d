package dev.windrose.live.geo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.decide.health.Verdict;
import dev.windrose.live.health.HealthMatrix;
import dev.windrose.model.HealthCheck;
import dev.windrose.model.HealthStatus;
import dev.windrose.model.LatencyAllowance;
import dev.windrose.model.RegionId;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class InterRegionRoundTripsTest {

    private static final RegionId EAST = new RegionId("us-east-1");

    private static HealthMatrix.Row row(HealthCheck.Type type, HealthMatrix.Sight... sights) {
        return new HealthMatrix.Row(
                "check",
                EAST,
                URI.create("http://127.0.0.1:1"),
                type,
                HealthStatus.HEALTHY,
                Verdict.Reach.values()[0],
                LatencyAllowance.NONE,
                List.of(sights));
    }

    private static HealthMatrix.Sight sight(String region, boolean live, HealthStatus status, double ms) {
        return new HealthMatrix.Sight(region + ":1", region, false, live, status, ms, 1, 0, 0, "");
    }

    @Test
    void theLowestLatencyOfLiveObserversThatSucceedCounts() {
        HealthMatrix matrix = new HealthMatrix(List.of(
                row(
                        HealthCheck.Type.HTTP,
                        sight("eu-west-1", true, HealthStatus.HEALTHY, 90),
                        sight("eu-west-1", true, HealthStatus.DEGRADED, 85),
                        sight("eu-west-1", true, HealthStatus.UNHEALTHY, 10),
                        sight("eu-west-1", true, HealthStatus.UNKNOWN, 11),
                        sight("eu-west-1", false, HealthStatus.HEALTHY, 12),
                        sight("ap-southeast-1", true, HealthStatus.HEALTHY, Double.NaN),
                        sight("us-east-1", true, HealthStatus.HEALTHY, 1)),
                row(HealthCheck.Type.TCP, sight("eu-west-1", true, HealthStatus.HEALTHY, 80)),
                row(HealthCheck.Type.DNS, sight("eu-west-1", true, HealthStatus.HEALTHY, 2))));

        assertThat(InterRegionRoundTrips.lowest(matrix))
                .isEqualTo(Map.of(new RegionId("eu-west-1"), Map.of(EAST, 80.0), EAST, Map.of(EAST, 1.0)));
    }
}
