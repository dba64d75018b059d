package dev.windrose.decide.health;

import dev.windrose.model.HealthStatus;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** Combines the readings of all addresses of an endpoint's name into one. */
public final class AddressPool {

    private static final Comparator<Reading> BEST_FIRST = Comparator.comparing(
                    Reading::status, Comparator.comparingInt(AddressPool::rank))
            .thenComparingDouble(Reading::latencyMs);

    /**
     * The reading of the worst address among those that are needed, the best being taken first.
     *
     * @param byAddress at least one
     * @param share of the addresses that must be good, 0 to 1; at 0 one is enough
     */
    public static Reading of(Map<String, Reading> byAddress, double share) {
        List<Reading> ordered = new ArrayList<>(byAddress.values());
        ordered.sort(BEST_FIRST);
        int all = ordered.size();
        int needed = Math.max(1, (int) Math.ceil(share * all - 1e-9));
        Reading worst = ordered.get(needed - 1);
        List<String> odd = new ArrayList<>();
        byAddress.forEach((address, reading) -> {
            if (reading.status() != HealthStatus.HEALTHY) {
                odd.add(address + ": " + reading.cause());
            }
        });
        return odd.isEmpty()
                ? worst
                : worst.because((all - odd.size()) + " of " + all + " addresses healthy (expected: " + needed + "); "
                        + String.join("; ", odd));
    }

    private static int rank(HealthStatus status) {
        return switch (status) {
            case HEALTHY -> 0;
            case UNKNOWN, DEGRADED -> 1;
            case UNHEALTHY, DRAINING -> 2;
        };
    }

    private AddressPool() {}
}
