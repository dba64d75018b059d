package dev.windrose.decide.definition;

import dev.windrose.model.RegionId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Records that the optimiser changed a geographic rule, and its previous content: the text of a field of the rule, so
 * that every region can undo the change.
 *
 * @param id of the optimisation, which may have changed several rules
 * @param before the previous content
 * @param after the new content; undone only while the rule still has it
 */
public record Optimization(String id, long atEpochMs, Setting before, Setting after) {

    /** The fields of a rule that the optimiser may change. */
    public record Setting(List<RegionId> targets, double latencyThresholdMs) {
        public Setting {
            targets = List.copyOf(targets);
        }

        /** As fields of the rule. */
        public Map<String, String> fields() {
            return Map.of(
                    Fields.TARGET_REGIONS, Fields.list(targets),
                    Fields.LATENCY_THRESHOLD_MS, Double.toString(latencyThresholdMs));
        }
    }

    /**
     * The inverse of {@link #text}.
     *
     * @throws IllegalArgumentException when the text is none
     */
    public static Optimization parse(String text) {
        MapText keys = new MapText(Fields.OPTIMIZATION, text);
        Optimization optimization = new Optimization(
                keys.text("id", ""),
                keys.epochMs("at"),
                setting(keys.text("before_targets", ""), keys.text("before_threshold", "")),
                setting(keys.text("after_targets", ""), keys.text("after_threshold", "")));
        keys.end();
        return optimization;
    }

    private static Setting setting(String targets, String threshold) {
        List<RegionId> regions = new ArrayList<>();
        for (String name : targets.split(",", -1)) {
            regions.add(new RegionId(name));
        }
        return new Setting(regions, Fields.number(Fields.OPTIMIZATION, threshold));
    }

    public String text() {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("id", id);
        values.put("at", Long.toString(atEpochMs));
        put(values, "before", before);
        put(values, "after", after);
        return Fields.map(values);
    }

    private static void put(Map<String, String> values, String key, Setting setting) {
        values.put(
                key + "_targets",
                setting.targets().stream().map(RegionId::value).collect(Collectors.joining(",")));
        values.put(key + "_threshold", Double.toString(setting.latencyThresholdMs()));
    }
}
