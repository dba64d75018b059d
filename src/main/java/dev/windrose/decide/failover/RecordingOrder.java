package dev.windrose.decide.failover;

import dev.windrose.decide.member.WorkAssignment;
import dev.windrose.model.RegionId;
import java.util.Collection;

/** Which region records a failover first. */
public final class RecordingOrder {

    /*
     * Every region of the majority sees the same failover at about the same time. Recording it twice does no harm,
     * because equal marks merge to one, but one event is clearer than five. The regions therefore take turns, in an
     * order that differs by target, and a region that finds the failover recorded at its turn records nothing.
     */

    /**
     * The position of a region in the order for one target, 0 for the first.
     *
     * @param regions all regions, {@code self} included or not
     */
    public static int rank(RegionId self, Collection<RegionId> regions, String target) {
        int before = 0;
        long own = WorkAssignment.score(self.value(), target);
        for (RegionId region : regions) {
            long score = WorkAssignment.score(region.value(), target);
            if (!region.equals(self) && (score > own || (score == own && region.compareTo(self) < 0))) {
                before++;
            }
        }
        return before;
    }

    private RecordingOrder() {}
}
