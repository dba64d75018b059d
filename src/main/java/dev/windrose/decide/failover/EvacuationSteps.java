package dev.windrose.decide.failover;

import dev.windrose.decide.definition.Fields;
import dev.windrose.decide.definition.PolicyText;
import dev.windrose.model.Evacuation;
import dev.windrose.model.Region;
import java.util.HashMap;
import java.util.Map;

/**
 * The only writer of evacuation states: the fields of a region that change when an evacuation begins, ends, or is
 * undone. Texts by wire name.
 */
public final class EvacuationSteps {

    /**
     * The requested evacuation.
     *
     * @param approver a second person who agrees, or empty
     * @param rampMs time over which the region's share goes to zero; 0 for at once
     * @param lastsMs time after which the region's traffic returns automatically
     * @param maxErrorRate share of failed outcomes in the other regions above which it is aborted, 0 to 1
     * @param rehearsal whether no traffic is moved
     */
    public record Terms(
            String owner,
            String approver,
            String reason,
            long rampMs,
            long lastsMs,
            double maxErrorRate,
            boolean rehearsal) {}

    public static Evacuation begun(Terms terms, long nowEpochMs) {
        return new Evacuation(
                Evacuation.Phase.RUNNING,
                terms.rehearsal(),
                terms.owner(),
                terms.approver(),
                terms.reason(),
                nowEpochMs,
                terms.rampMs(),
                nowEpochMs + terms.lastsMs(),
                terms.maxErrorRate(),
                0,
                -1,
                "");
    }

    /** The fields that start it: the region is drained, unless it is a rehearsal. */
    public static Map<String, String> begin(Evacuation begun) {
        Map<String, String> fields = phase(begun);
        if (!begun.rehearsal()) {
            fields.put(Fields.OVERRIDE, PolicyText.text(begun.override()));
        }
        return fields;
    }

    /** The fields that record its automatic end: after an abort, the traffic returns. */
    public static Map<String, String> end(Evacuation ended) {
        Map<String, String> fields = phase(ended);
        if (ended.phase() == Evacuation.Phase.ABORTED && !ended.rehearsal()) {
            fields.put(Fields.OVERRIDE, "");
        }
        return fields;
    }

    /** An evacuation that is undone. */
    public static Evacuation undone(Evacuation evacuation, String author, long nowEpochMs) {
        return evacuation.ended(Evacuation.Phase.UNDONE, nowEpochMs, evacuation.tookMs(), "by " + author);
    }

    /** The fields that undo it: the traffic returns, unless the region has a different override by now. */
    public static Map<String, String> undo(Evacuation undone, Region region) {
        Map<String, String> fields = phase(undone);
        if (undone.override().equals(region.override())) {
            fields.put(Fields.OVERRIDE, "");
        }
        return fields;
    }

    private static Map<String, String> phase(Evacuation evacuation) {
        Map<String, String> fields = new HashMap<>();
        fields.put(Fields.EVACUATION, PolicyText.text(evacuation));
        return fields;
    }

    private EvacuationSteps() {}
}
