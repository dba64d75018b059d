package dev.windrose.decide.definition;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Which changes of a definition lost a merge, and to which: derived from its complete history. */
public final class SupersededChanges {

    private record Writing(Change change, String text) {}

    private static final String GONE = "";

    private static final Comparator<Writing> BY_STAMP =
            Comparator.comparing(writing -> writing.change().stamp());

    /**
     * Maps the stamp of each superseded change to the change that superseded it: the next one of a field that it wrote,
     * whose author did not know it.
     */
    public static Map<Stamp, Change> of(Collection<Change> changes) {
        Map<Stamp, Change> first = new TreeMap<>();
        for (Change change : changes) {
            // A repair has the stamp of what it brings; the change itself says more.
            first.merge(change.stamp(), change, (one, other) -> one.kind() == Change.Kind.REPAIRED ? other : one);
        }
        List<Change> removals = first.values().stream()
                .filter(change -> change.kind() == Change.Kind.REMOVED)
                .toList();
        Map<String, List<Writing>> byField = new HashMap<>();
        for (Change change : first.values()) {
            change.fields()
                    .forEach((field, text) -> byField.computeIfAbsent(field, named -> new ArrayList<>())
                            .add(new Writing(change, text)));
            if (change.kind() == Change.Kind.CREATED || change.kind() == Change.Kind.REMOVED) {
                byField.computeIfAbsent(CausalContext.LIFE, named -> new ArrayList<>())
                        .add(new Writing(change, change.kind() == Change.Kind.CREATED ? "created" : "removed"));
            }
        }
        Map<Stamp, Change> superseded = new TreeMap<>();
        byField.forEach((field, writings) -> {
            if (!Fields.recordsFailover(field)) {
                if (!field.equals(CausalContext.LIFE)) {
                    removals.forEach(removal -> writings.add(new Writing(removal, GONE)));
                }
                writings.sort(BY_STAMP);
                inOne(writings, superseded);
            }
        });
        afterTheEnd(first.values(), superseded);
        return superseded;
    }

    private static void inOne(List<Writing> writings, Map<Stamp, Change> superseded) {
        for (int i = 0; i < writings.size(); i++) {
            Writing one = writings.get(i);
            Change by = one.text().equals(GONE) && one.change().kind() == Change.Kind.REMOVED ? null : by(writings, i);
            if (by != null) {
                superseded.putIfAbsent(one.change().stamp(), by);
            }
        }
    }

    /** The first with a different text, unless a writer that knew it wrote before; null when there is none. */
    private static @Nullable Change by(List<Writing> writings, int at) {
        Writing one = writings.get(at);
        for (Writing next : writings.subList(at + 1, writings.size())) {
            if (knew(next.change(), one.change().stamp())) {
                return null;
            }
            if (!one.text().equals(next.text())) {
                return next.change();
            }
        }
        return null;
    }

    /** Edits made elsewhere after the definition had been removed. */
    private static void afterTheEnd(Collection<Change> byStamp, Map<Stamp, Change> superseded) {
        Change removal = null;
        for (Change change : byStamp) {
            removal = switch (kind(change)) {
                case REMOVED -> change;
                case CREATED -> null;
                default -> removal;
            };
            boolean edit = removal != null
                    && !removal.equals(change)
                    && !change.fields().isEmpty();
            if (edit && removal != null && change.seen() != null && !knew(change, removal.stamp())) {
                superseded.putIfAbsent(change.stamp(), removal);
            }
        }
    }

    private static Change.Kind kind(Change change) {
        Change.@Nullable Kind kind = change.kind();
        return kind == null ? Change.Kind.CHANGED : kind;
    }

    private static boolean knew(Change change, Stamp stamp) {
        Map<String, Long> seen = change.seen() == null ? CausalContext.before(change.stamp()) : change.seen();
        return CausalContext.covers(seen, stamp);
    }

    private SupersededChanges() {}
}
