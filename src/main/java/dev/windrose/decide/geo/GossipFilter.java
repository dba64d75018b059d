package dev.windrose.decide.geo;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Which of the places that a node shares with others have changed enough to be sent again. */
public final class GossipFilter {

    /** Number of parts in which places are shared, so that each stays small. */
    public static final int BUCKETS = 128;

    private static final double MOVED_SHARE = 0.1;
    private static final double MOVED_MS = 1;
    private static final double GREW = 1.5;

    /** The part of a place. */
    public static int bucket(String place) {
        // The upper bits: the lower ones of similar names are similar.
        return Math.floorMod((place.hashCode() * 0x9E3779B9) >>> 16, BUCKETS);
    }

    /**
     * Whether others would decide differently: places were added or removed, a round trip moved by more than a tenth
     * and 1 ms or has half as many samples again, or its earlier samples have aged while new ones came.
     *
     * @param told what was last shared
     * @param agoSeconds since then
     * @param staleSeconds after which samples are old
     */
    public static boolean differs(
            List<LatencyMap.Place> told, List<LatencyMap.Place> now, long agoSeconds, long staleSeconds) {
        Map<String, LatencyMap.Place> before = new HashMap<>();
        told.forEach(place -> before.put(place.place(), place));
        if (told.size() != now.size()) {
            return true;
        }
        for (LatencyMap.Place place : now) {
            LatencyMap.Place was = before.get(place.place());
            if (was == null || differs(was, place, agoSeconds, staleSeconds)) {
                return true;
            }
        }
        return false;
    }

    private static boolean differs(LatencyMap.Place was, LatencyMap.Place is, long agoSeconds, long staleSeconds) {
        if (!was.within().equals(is.within()) || was.legs().size() != is.legs().size()) {
            return true;
        }
        for (int i = 0; i < is.legs().size(); i++) {
            LatencyMap.Leg before = was.legs().get(i);
            LatencyMap.Leg leg = is.legs().get(i);
            double moved = Math.abs(before.meanMs() - leg.meanMs());
            long newer = agoSeconds + before.ageSeconds() - leg.ageSeconds();
            if (!before.region().equals(leg.region())
                    || moved > MOVED_MS + MOVED_SHARE * before.meanMs()
                    || leg.samples() > GREW * before.samples()
                    || newer > staleSeconds) {
                return true;
            }
        }
        return false;
    }

    private GossipFilter() {}
}
