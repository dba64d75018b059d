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
     * What is asked for.
     *
     * @param approver a second person who agrees, or empty
     * @param rampMs time in which the region's share goes to nothing; 0 for at once
     * @param lastsMs time until the region's traffic comes back by itself
     * @param maxErrorRate share of failed outcomes in the other regions above which it is aborted, 0 to 1
     * @param rehearsal nothing is moved
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

    /** What begins it: the region is drained, unless it is rehearsed. */
    public static Map<String, String> begin(Evacuation begun) {
        Map<String, String> fields = phase(begun);
        if (!begun.rehearsal()) {
            fields.put(Fields.OVERRIDE, PolicyText.text(begun.override()));
        }
        return fields;
    }

    /** What records that it has ended by itself: when it was aborted, the traffic comes back. */
    public static Map<String, String> end(Evacuation ended) {
        Map<String, String> fields = phase(ended);
        if (ended.phase() == Evacuation.Phase.ABORTED && !ended.rehearsal()) {
            fields.put(Fields.OVERRIDE, "");
        }
        return fields;
    }

    /** One that somebody takes back. */
    public static Evacuation undone(Evacuation evacuation, String author, long nowEpochMs) {
        return evacuation.ended(Evacuation.Phase.UNDONE, nowEpochMs, evacuation.tookMs(), "by " + author);
    }

    /** What takes it back: the traffic comes back, unless the region's override is by now another one. */
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
