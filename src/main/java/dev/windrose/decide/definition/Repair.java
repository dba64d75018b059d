package dev.windrose.decide.definition;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The change that a region which lacks something has to record so that its state becomes the merged one. Data from
 * other regions keeps its stamps, so a repair never wins over a change that knew more.
 */
public final class Repair {

    /**
     * The changes that turn {@code own} into {@code own.merge(other)}, one per stamp; empty when nothing is missing.
     *
     * @param reason why, for the history
     */
    public static List<Change> changes(DefinitionState own, DefinitionState other, String author, String reason) {
        DefinitionState merged = own.merge(other);
        Map<Stamp, Map<String, String>> lacking = new TreeMap<>();
        merged.fields().forEach((field, entry) -> {
            if (!entry.equals(own.fields().get(field))) {
                lacking.computeIfAbsent(entry.stamp(), stamp -> new HashMap<>()).put(field, entry.text());
            }
        });
        List<Change> changes = new ArrayList<>();
        lacking.forEach((stamp, fields) ->
                changes.add(change(Change.Kind.REPAIRED, fields, stamp, merged.causes(), author, reason)));
        Stamp created = merged.created();
        if (created != null && !created.equals(own.created())) {
            changes.add(change(Change.Kind.CREATED, Map.of(), created, merged.causes(), author, reason));
        }
        Stamp removed = merged.removed();
        if (removed != null && !removed.equals(own.removed())) {
            changes.add(change(Change.Kind.REMOVED, Map.of(), removed, merged.causes(), author, reason));
        }
        return changes;
    }

    private static Change change(
            Change.Kind kind,
            Map<String, String> fields,
            Stamp stamp,
            CausalContext causes,
            String author,
            String reason) {
        return new Change(kind, fields, stamp, author, reason, null, null, causes);
    }

    private Repair() {}
}
