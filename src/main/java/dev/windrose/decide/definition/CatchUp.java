package dev.windrose.decide.definition;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Whether a newly started node has received everything that the other regions had at its first contact with them. A
 * region that has been caught up with is done: later changes arrive by normal replication. For one thread at a time.
 */
public final class CatchUp {

    /** After this time without news, waiting for a region would make this one depend on it. */
    static final Duration SILENT = Duration.ofSeconds(10);

    private static final class Told {
        final Map<String, DefinitionDigest> lacking;
        final long atNanos;

        Told(Map<String, DefinitionDigest> lacking, long atNanos) {
            this.lacking = new TreeMap<>(lacking);
            this.atNanos = atNanos;
        }
    }

    private final Set<String> others;
    private final boolean knewNothing;
    private final long begunNanos;
    private final Map<String, Told> told = new HashMap<>();

    /**
     * @param others the other regions
     * @param knewNothing this region's journal had no definition at the start: it is new, or was lost
     */
    public CatchUp(Set<String> others, boolean knewNothing, long nowNanos) {
        this.others = new TreeSet<>(others);
        this.knewNothing = knewNothing;
        this.begunNanos = nowNanos;
    }

    /** Whether the region has reported what it has. */
    public boolean hasTold(String region) {
        return told.containsKey(region);
    }

    /**
     * Records a region's report of definitions that this region lacks or has an older state of.
     *
     * @param lacking what the region has of each definition
     */
    public void told(String region, Map<String, DefinitionDigest> lacking, long nowNanos) {
        told.putIfAbsent(region, new Told(lacking, nowNanos));
    }

    /** Removes everything that this region has by now. */
    public void look(Function<String, DefinitionDigest> ours) {
        told.values()
                .forEach(region -> region.lacking
                        .entrySet()
                        .removeIf(entry -> ours.apply(entry.getKey()).covers(entry.getValue())));
    }

    /** Removes one definition's entries that this region has by now. */
    public void look(String entity, DefinitionDigest ours) {
        told.values().forEach(region -> {
            DefinitionDigest theirs = region.lacking.get(entity);
            if (theirs != null && ours.covers(theirs)) {
                region.lacking.remove(entity);
            }
        });
    }

    /** A definition whose changes from others this journal cannot record; an alarm reports it. */
    public void giveUp(String entity) {
        told.values().forEach(region -> region.lacking.remove(entity));
    }

    /** What is still missing of a region's definitions, reported longer ago than that. */
    public List<String> lacking(String region, Duration longerThan, long nowNanos) {
        Told known = told.get(region);
        return known == null || nowNanos - known.atNanos < longerThan.toNanos()
                ? List.of()
                : new ArrayList<>(known.lacking.keySet());
    }

    /** Everything that is missing from some regions. */
    private int lacking(Set<String> of) {
        Set<String> lacking = new HashSet<>();
        told.forEach((region, known) -> {
            if (of.contains(region)) {
                lacking.addAll(known.lacking.keySet());
            }
        });
        return lacking.size();
    }

    /**
     * What is missing until this node has caught up; null when it has.
     *
     * @param up whether this node is an Up member of the cluster
     * @param present the other regions that have members in the cluster
     */
    public @Nullable String missing(boolean up, Set<String> present, long nowNanos) {
        // What was reported by a region that has left the cluster may never come; the region is asked again when it is
        // back.
        int lacking = lacking(up ? present : others);
        if (lacking > 0) {
            return "definitions that other regions have are missing here: " + lacking;
        }
        if (knewNothing && !up) {
            return "the journal is empty and this node is not in the cluster yet";
        }
        Set<String> silent = new TreeSet<>(others);
        silent.removeAll(told.keySet());
        if (up || knewNothing) {
            silent.retainAll(present);
        }
        boolean nobodyTold = told.isEmpty();
        boolean waits = !silent.isEmpty() && ((knewNothing && nobodyTold) || nowNanos - begunNanos < SILENT.toNanos());
        return waits
                ? "still waiting to learn which definitions these regions have: " + String.join(", ", silent)
                : null;
    }
}
