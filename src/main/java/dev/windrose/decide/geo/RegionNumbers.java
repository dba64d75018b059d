package dev.windrose.decide.geo;

import dev.windrose.model.RegionId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Small numbers for regions, assigned once for the life of the node. Safe for all threads; not for the decision path.
 */
public final class RegionNumbers {

    /** Sets of regions are one 64-bit word. */
    public static final int AT_MOST = 64;

    /** For a region that came after all numbers were assigned. */
    public static final int NONE = -1;

    private final Map<RegionId, Integer> numbers = new HashMap<>();
    private final List<RegionId> regions = new ArrayList<>();

    /** The number of the region, 0 to 63; {@link #NONE} when all are assigned. */
    public synchronized int of(RegionId region) {
        Integer known = numbers.get(region);
        if (known != null) {
            return known;
        }
        if (regions.size() == AT_MOST) {
            return NONE;
        }
        numbers.put(region, regions.size());
        regions.add(region);
        return regions.size() - 1;
    }

    /** All regions that have a number, by number. */
    public synchronized List<RegionId> all() {
        return List.copyOf(regions);
    }
}
